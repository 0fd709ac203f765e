#include "tests/bench/calls.h"

#include <algorithm>
#include <atomic>
#include <optional>

#include "absl/strings/str_format.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/bench/links.h"
#include "tests/bench/new_customers.h"

namespace partnerlink::bench {
namespace {

constexpr uint64_t kReplayEvery = 20;
// Calls for ten invitations: the last one is asked for twice.
constexpr uint64_t kInvitations = 10;
constexpr uint64_t kAcceptances = kInvitations + 1;

std::optional<Links> links;
std::atomic<uint64_t> acceptances = 0;

}  // namespace

Caller CreateInvitation::Ask(uint64_t random, Request& request) {
  if (random % kReplayEvery == 0 && !request.request_id().empty()) return Caller::kOwn;
  request.set_parent("partners/contoso");
  request.set_request_id(
      absl::StrFormat("%08x-0000-4000-8000-%012x", random >> 32, random & 0xffffffff));
  auto& invitation = *request.mutable_invitation();
  auto& hint = *invitation.mutable_customer_hint();
  hint.set_company_name("Customer");
  hint.set_email_address(absl::StrCat("admin", random, "@customer.example"));
  hint.set_country("DE");
  invitation.set_note("We are glad to work with you.");
  invitation.set_channel(common::v1::OWN_MARKETING);
  return Caller::kOwn;
}

Caller CreateCustomer::Ask(uint64_t random, Request& request) {
  request.Clear();
  FillNewCustomer(random, *request.mutable_customer());
  FillFirstAdmin(random, *request.mutable_initial_admin());
  return Caller::kOwn;
}

Caller AcceptInvitation::Ask(uint64_t, Request& request) {
  const uint64_t number = acceptances++;
  const uint64_t place = number % kAcceptances;
  request.set_token(
      links->TokenOf(number / kAcceptances * kInvitations + std::min(place, kInvitations - 1)));
  request.set_agreement_version("2026-11");
  request.set_confirm(true);
  return place < kInvitations ? Caller::kOwn : Caller::kRival;
}

bool AcceptInvitation::IsRightRefusal(const grpc::Status& status) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  return details.ParseFromString(status.error_details()) && details.details_size() > 0 &&
         details.details(0).UnpackTo(&info) && info.reason() == "INVITATION_USED";
}

Caller BatchCheckAccess::Ask(uint64_t random, Request& request) {
  while (request.questions_size() < kQuestions) {
    request.add_questions()->set_permission("user.manage");
  }
  for (auto& question : *request.mutable_questions()) {
    question.set_customer(CustomerAt(random));
    random += 1'000'003;
  }
  return Caller::kOwn;
}

bool BatchCheckAccess::IsRight(const Request&, const Response& response) {
  return response.decisions_size() == kQuestions &&
         std::all_of(response.decisions().begin(), response.decisions().end(),
                     [](const auto& decision) { return decision.allowed(); });
}

bool PrepareAcceptances(const std::string& link_key_file, uint64_t first) {
  links = Links::FromFile(link_key_file, first);
  return links.has_value();
}

}  // namespace partnerlink::bench
