// A server on a free port whose methods do what a test says, with one worker, and its client.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "common/auth/testing/temporary_folder.h"
#include "common/auth/testing/tokens.h"
#include "common/rpc/service.h"
#include "common/rpc/wire.h"
#include "common/status/status.h"
#include "google/api/httpbody.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/server_builder.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "partnerlink/invitation/v1/invitation_service.pb.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"

namespace partnerlink::rpc {

using directory::v1::ExportCustomersRequest;
using directory::v1::ExportCustomersResponse;
using directory::v1::ImportCustomersRequest;
using directory::v1::ImportCustomersResponse;
using invitation::v1::GetInvitationRequest;
using invitation::v1::Invitation;
using invitation::v1::LookupInvitationRequest;
using invitation::v1::LookupInvitationResponse;
using invitation::v1::Redemption;
using invitation::v1::RenderInvitationRequest;
using invitation::v1::RenderInvitationResponse;
using relationship::v1::ImportPortalCustomersRequest;
using relationship::v1::ImportPortalCustomersResponse;

inline constexpr char kService[] = "partnerlink.invitation.v1.InvitationService/";
inline constexpr absl::Duration kLongestTurn = absl::Seconds(3);
inline constexpr char kRoot[] = "0197c1c2-89ab-7cde-8f01-23456789abcd";

inline const google::protobuf::ServiceDescriptor& InvitationDescriptor() {
  return *GetInvitationRequest::descriptor()->file()->FindServiceByName("InvitationService");
}

// One call of a client, started at once.
class ClientCall {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  ClientCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
             const std::string& request, const Headers& headers,
             std::optional<absl::Duration> timeout)
      : stub_(channel), request_(FromString(request)) {
    for (const auto& [name, value] : headers) context_.AddMetadata(name, value);
    if (timeout) context_.set_deadline(absl::ToChronoTime(absl::Now() + *timeout));
    stub_.UnaryCall(&context_, "/" + method, grpc::StubOptions(), &request_, &response_,
                    [this](grpc::Status status) {
                      status_ = std::move(status);
                      done_.Notify();
                    });
  }
  ~ClientCall() { done_.WaitForNotification(); }

  void Cancel() { context_.TryCancel(); }
  const grpc::Status& Await() {
    done_.WaitForNotification();
    return status_;
  }
  absl::Status Status() { return FromGrpc(Await()); }
  std::optional<ErrorReason> Reason() { return ReasonOf(Status()); }
  template <typename Detail>
  bool Has() {
    google::rpc::Status status;
    status.ParseFromString(Await().error_details());
    for (const auto& any : status.details()) {
      if (any.Is<Detail>()) return true;
    }
    return false;
  }
  template <typename Response>
  Response Get() {
    EXPECT_TRUE(Await().ok()) << Status();
    Response response;
    EXPECT_TRUE(Parse(response_, response));
    return response;
  }
  // Of the initial metadata; empty without.
  std::string Header(const std::string& name) {
    Await();
    const auto& headers = context_.GetServerInitialMetadata();
    const auto found = headers.find(name);
    return found == headers.end() ? "" : std::string(found->second.data(), found->second.size());
  }

 private:
  grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  grpc::Status status_;
  absl::Notification done_;
};

// What the served methods do, as a test sets it before it calls.
struct Behaviour {
  std::function<absl::Status(const GetInvitationRequest&)> validate;
  std::function<absl::StatusOr<Invitation>(const CallContext&, const GetInvitationRequest&)> get;
  std::function<absl::StatusOr<bool>()> is_on_its_way;
  std::function<void(std::function<void(bool may_have_arrived)>)> wait;
  bool is_repeated = false;
  std::function<absl::StatusOr<Redemption>(const Redemption&)> read_back;
  std::function<absl::Status(const CallContext&, const std::vector<outbox::CallEntry>&)> record;
  std::function<absl::StatusOr<ImportPortalCustomersResponse>(const CallContext&,
                                                              const ImportPortalCustomersRequest&)>
      import;
  std::function<ImportCustomersResponse(const ImportCustomersRequest&)> import_in_turn;
  partnerlink::Series<ExportCustomersResponse> series;
  partnerlink::Series<google::api::HttpBody> file;
};
inline Behaviour behaviour;  // validators are plain functions: what they look at has to be out here

inline absl::Status ValidateGet(const GetInvitationRequest& request) {
  return behaviour.validate ? behaviour.validate(request) : absl::OkStatus();
}
inline absl::Status ValidateImport(const ImportPortalCustomersRequest& request) {
  return request.position() >= 0 ? absl::OkStatus()
                                 : Refusal(common::v1::FIELD_INVALID, "It is negative.");
}
inline absl::Status ValidateExport(const ExportCustomersRequest& request) {
  return request.filter() != "bad" ? absl::OkStatus()
                                   : Refusal(common::v1::FILTER_INVALID, "It is bad.");
}
template <typename Request>
absl::Status Anything(const Request&) {
  return absl::OkStatus();
}

class RpcTest : public ::testing::Test {
 protected:
  RpcTest() : RpcTest(1e6) {}
  explicit RpcTest(double rate, absl::Duration longest_write = absl::Minutes(1))
      : rate_limit_(rate, rate), workers_("public", 1), peer_workers_("peer", 1) {
    behaviour = Behaviour();
    folder_.Write("jwks.json", auth::testing::Jwks({&key_}));
    verifier_ = *auth::JwtVerifier::Create(
        {.jwks_file = folder_.PathOf("jwks.json"), .issuer = "https://issuer.test"});
    const Edge edge = {
        .verifier = verifier_.get(),
        .workers = &workers_,
        .peer_workers = &peer_workers_,
        .rate_limit = &rate_limit_,
        .series_limit = &series_limit_,
        .is_on_its_way =
            [](const std::string& root, absl::Time) {
              EXPECT_EQ(root, kRoot);
              return behaviour.is_on_its_way();
            },
        .record_call =
            [](const CallContext& context, const std::vector<outbox::CallEntry>& entries) {
              return behaviour.record ? behaviour.record(context, entries) : absl::OkStatus();
            },
        .longest_write = longest_write};
    service_ = std::make_unique<Service>(InvitationDescriptor(), edge);
    AddMethods();
    peers_ = std::make_unique<Service>(
        *relationship::v1::GetGrantRequest::descriptor()->file()->FindServiceByName(
            "RelationshipService"),
        edge);
    peers_->Unary<relationship::v1::EstablishRelationshipsRequest,
                  relationship::v1::EstablishRelationshipsResponse>(
        "EstablishRelationships", Anything,
        [](auto&, auto&) { return relationship::v1::EstablishRelationshipsResponse(); });
    peers_->Exchange<ImportPortalCustomersRequest, ImportPortalCustomersResponse>(
        "ImportPortalCustomers", ValidateImport,
        [](const CallContext& context, const ImportPortalCustomersRequest& request) {
          return behaviour.import(context, request);
        });
    exports_ =
        std::make_unique<Service>(*ExportCustomersRequest::descriptor()->file()->FindServiceByName(
                                      "CustomerDirectoryService"),
                                  edge);
    exports_->Series<ExportCustomersRequest, ExportCustomersResponse>(
        "ExportCustomers", ValidateExport,
        [](const CallContext&, const ExportCustomersRequest&) { return behaviour.series; });
    exports_->Series<directory::v1::ExportCustomersCsvRequest, google::api::HttpBody>(
        "ExportCustomersCsv", Anything, [](const CallContext&, auto&) { return behaviour.file; });
    exports_->ExchangeInTurn<ImportCustomersRequest, ImportCustomersResponse>(
        "ImportCustomers", Anything,
        [](const ImportCustomersRequest& request) { return request.rows().empty(); },
        [](const CallContext& context,
           const ImportCustomersRequest& request) -> absl::StatusOr<ImportCustomersResponse> {
          context.outcome->root_event = kRoot;
          return behaviour.import_in_turn(request);
        },
        [](const std::string& root, absl::Time, std::function<void(bool)> done) {
          EXPECT_EQ(root, kRoot);
          behaviour.wait(std::move(done));
        },
        kLongestTurn);
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(service_.get());
    builder.RegisterService(peers_.get());
    builder.RegisterService(exports_.get());
    server_ = builder.BuildAndStart();
    channel_ =
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", port_), grpc::InsecureChannelCredentials());
  }
  // Before a test's own members go, which what is still being served may ask for.
  void TearDown() override { server_->Shutdown(); }

  void AddMethods() {
    service_->Unary<GetInvitationRequest, Invitation>(
        "GetInvitation", ValidateGet,
        [](const CallContext& context,
           const GetInvitationRequest& request) -> absl::StatusOr<Invitation> {
          if (behaviour.get) return behaviour.get(context, request);
          return Invitation();
        });
    service_->Unary<LookupInvitationRequest, LookupInvitationResponse>(
        "LookupInvitation", Anything, [](const CallContext& context, auto&) {
          LookupInvitationResponse response;
          response.set_sign_up_url(context.client_address);  // any text of the answer
          return response;
        });
    service_->UnaryInMemory<RenderInvitationRequest, RenderInvitationResponse>(
        "RenderInvitation", Anything, [](auto&, auto&) { return RenderInvitationResponse(); });
    service_->UnaryThenWait<invitation::v1::AcceptInvitationRequest, Redemption>(
        "AcceptInvitation", Anything,
        [](const CallContext& context, auto&) {
          *context.outcome = {kRoot, behaviour.is_repeated};
          Redemption first;
          first.set_name("first");
          return first;
        },
        [](const std::string& root, absl::Time, std::function<void(bool)> done) {
          EXPECT_EQ(root, kRoot);
          behaviour.wait(std::move(done));
        },
        [](const CallContext&, const Redemption& first) { return behaviour.read_back(first); });
  }

  std::string Bearer(const std::string& account = "partners/contoso",
                     const std::string& role = "admin_agent",
                     absl::Duration age = absl::ZeroDuration()) {
    auto claims = auth::testing::GoodClaims(absl::Now() - age);
    claims["account"] = account;
    claims["roles"] = {role};
    return "Bearer " + key_.Token(auth::testing::GoodHeader(key_).dump(), claims.dump());
  }
  // Good for 2 to 3 seconds more.
  ClientCall::Headers ExpiringToken() {
    return {{"authorization", Bearer("partners/contoso", "admin_agent", absl::Seconds(327))}};
  }
  ClientCall::Headers Token() { return {{"authorization", Bearer()}}; }

  static std::string GetRequest(const std::string& token = "") {
    GetInvitationRequest request;
    request.set_name(absl::StrCat("partners/contoso/invitations/", kRoot));
    request.set_consistency_token(token);
    return request.SerializeAsString();
  }

  ClientCall Call(const std::string& method, const std::string& request,
                  const ClientCall::Headers& headers,
                  std::optional<absl::Duration> timeout = absl::Seconds(10)) {
    return ClientCall(channel_, kService + method, request, headers, timeout);
  }
  ClientCall Get(std::optional<absl::Duration> timeout = absl::Seconds(10)) {
    return Call("GetInvitation", GetRequest(), Token(), timeout);
  }
  ClientCall Accept() {
    return Call("AcceptInvitation", "",
                {{"authorization", Bearer("customers/northwind", "global_admin")}});
  }
  // Waits until so many calls stand in the queue.
  void AwaitQueue(int length) {
    while (metrics::QueueLength("public").Value() < length) std::this_thread::yield();
  }

  auth::testing::TemporaryFolder folder_;
  const auth::testing::SigningKey key_{"one"};
  std::unique_ptr<auth::JwtVerifier> verifier_;
  RateLimit rate_limit_;
  SeriesLimit series_limit_{16};
  Workers workers_;
  Workers peer_workers_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<Service> peers_;
  std::unique_ptr<Service> exports_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

// The one worker, kept busy.
class BusyWorker {
 public:
  explicit BusyWorker(Workers& workers) {
    // Shared, as the worker may still be waking up when this has gone.
    workers.Run([running = running_, release = release_] {
      running->Notify();
      release->WaitForNotification();
    });
    running_->WaitForNotification();
  }
  ~BusyWorker() { Release(); }
  void Release() {
    if (!release_->HasBeenNotified()) release_->Notify();
  }

 private:
  const std::shared_ptr<absl::Notification> running_ = std::make_shared<absl::Notification>();
  const std::shared_ptr<absl::Notification> release_ = std::make_shared<absl::Notification>();
};

}  // namespace partnerlink::rpc
