// What the load client can call: how each call asks, and which answer is right. Keys are uniform.
// Requests are asked for again and again in the same message; a call that leaves it as it is
// repeats itself. Knows the rows of invitations.sql and customers.sql.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/empty.pb.h"
#include "grpcpp/support/status.h"
#include "partnerlink/invitation/v1/invitation_service.pb.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"
#include "probe_service.pb.h"
#include "tests/bench/caller.h"
#include "tests/bench/lists.h"

namespace partnerlink::bench {

struct Empty {
  static constexpr char kMethod[] = "/partnerlink.bench.v1.EmptyService/Call";
  using Request = google::protobuf::Empty;
  using Response = google::protobuf::Empty;
  static Caller Ask(uint64_t, Request&) { return Caller::kOwn; }
  static bool IsRight(const Request&, const Response& response) {
    return response.ByteSizeLong() == 0;
  }
};

struct Probe {
  static constexpr char kMethod[] = "/partnerlink.bench.v1.ProbeService/GetProbe";
  using Request = v1::GetProbeRequest;
  using Response = v1::Probe;
  static Caller Ask(uint64_t random, Request& request) {
    request.set_name(absl::StrCat("partners/contoso/probes/", random % 1000));
    return Caller::kOwn;
  }
  static bool IsRight(const Request& request, const Response& response) {
    return response.name() == request.name();
  }
};

struct QueuedProbe : Probe {
  static constexpr char kMethod[] = "/partnerlink.bench.v1.ProbeService/GetQueuedProbe";
};

// The last 12 digits of an id are those of its mail address.
struct GetInvitation {
  static constexpr char kMethod[] = "/partnerlink.invitation.v1.InvitationService/GetInvitation";
  static constexpr char kName[] = "partners/contoso/invitations/01900000-0000-7000-8000-";
  static constexpr uint64_t kFirst = 100'000'000'000;
  static constexpr uint64_t kRows = 10'000;
  using Request = invitation::v1::GetInvitationRequest;
  using Response = invitation::v1::Invitation;
  static Caller Ask(uint64_t random, Request& request) {
    request.set_name(absl::StrCat(kName, kFirst + random % kRows));
    return Caller::kOwn;
  }
  static bool IsRight(const Request& request, const Response& response) {
    const std::string digits = request.name().substr(sizeof(kName) - 1);
    return response.name() == request.name() && response.state() == Response::PENDING &&
           response.customer_hint().email_address() ==
               absl::StrCat("admin", digits, "@customer.example");
  }
};

// A draft for a new address each time; every twentieth call repeats the one before.
struct CreateInvitation {
  static constexpr char kMethod[] = "/partnerlink.invitation.v1.InvitationService/CreateInvitation";
  using Request = invitation::v1::CreateInvitationRequest;
  using Response = invitation::v1::Invitation;
  static Caller Ask(uint64_t random, Request& request);
  static bool IsRight(const Request& request, const Response& response) {
    return response.state() == Response::DRAFT && !response.name().empty() &&
           response.customer_hint().email_address() ==
               request.invitation().customer_hint().email_address();
  }
};

// A new customer, as a row of an import is one.
struct CreateCustomer {
  static constexpr char kMethod[] =
      "/partnerlink.directory.v1.CustomerDirectoryService/CreateCustomer";
  using Request = directory::v1::CreateCustomerRequest;
  using Response = directory::v1::Customer;
  static Caller Ask(uint64_t random, Request& request);
  static bool IsRight(const Request& request, const Response& response) {
    return response.display_name() == request.customer().display_name() &&
           response.domains_size() == 1 && response.name().starts_with("customers/");
  }
};

// One invitation after the other of pending_invitations.sql; each tenth is wanted by two customers.
struct AcceptInvitation {
  static constexpr char kMethod[] = "/partnerlink.invitation.v1.InvitationService/AcceptInvitation";
  using Request = invitation::v1::AcceptInvitationRequest;
  using Response = invitation::v1::Redemption;
  static Caller Ask(uint64_t random, Request& request);
  static bool IsRight(const Request&, const Response& response) {
    return response.relationships_size() == 1;
  }
  // Another customer was first.
  static bool IsRightRefusal(const grpc::Status& status);
};

// A customer of customers.sql.
inline std::string CustomerAt(uint64_t random) {
  return CustomerName(kFirstCustomer + random % kCustomers);
}

struct CheckAccess {
  static constexpr char kMethod[] = "/partnerlink.relationship.v1.RelationshipService/CheckAccess";
  using Request = relationship::v1::CheckAccessRequest;
  using Response = relationship::v1::CheckAccessResponse;
  static Caller Ask(uint64_t random, Request& request) {
    request.set_permission("user.manage");
    request.set_customer(CustomerAt(random));
    return Caller::kOwn;
  }
  static bool IsRight(const Request&, const Response& response) {
    return response.allowed() && !response.basis().empty();
  }
};

struct BatchCheckAccess {
  static constexpr char kMethod[] =
      "/partnerlink.relationship.v1.RelationshipService/BatchCheckAccess";
  static constexpr int kQuestions = 50;
  using Request = relationship::v1::BatchCheckAccessRequest;
  using Response = relationship::v1::BatchCheckAccessResponse;
  static Caller Ask(uint64_t random, Request& request);
  static bool IsRight(const Request&, const Response& response);
};

// Reads what AcceptInvitation needs: the keys of links, and the number of the first invitation.
bool PrepareAcceptances(const std::string& link_key_file, uint64_t first);

}  // namespace partnerlink::bench
