#include "services/directory/transfers/rules.h"

#include "common/access/permission.h"
#include "common/request/request.h"

namespace partnerlink::directory::transfers {
namespace {

using v1::Subscription;
using v1::Transfer;

constexpr char kSubscriptionField[] = "transfer.subscription";

std::string_view NameOf(Action action) {
  switch (action) {
    case Action::kAccept:
      return "accept";
    case Action::kRefuse:
      return "refuse";
    case Action::kCancel:
      return "cancel";
    case Action::kExpire:
      return "expire";
  }
  return "";
}

absl::Status RelationshipInactive(const std::string& message, const std::string& relationship) {
  return Refusal(common::v1::RELATIONSHIP_INACTIVE, message, {{"relationship", relationship}});
}

}  // namespace

std::optional<Transfer::State> After(Action action, Transfer::State state) {
  if (state != Transfer::REQUESTED) return std::nullopt;
  switch (action) {
    case Action::kAccept:
      return Transfer::ACCEPTED;
    case Action::kRefuse:
      return Transfer::REFUSED;
    case Action::kCancel:
      return Transfer::CANCELLED;
    case Action::kExpire:
      return Transfer::EXPIRED;
  }
  return std::nullopt;
}

absl::Status CheckAction(Action action, Transfer::State state) {
  if (After(action, state)) return absl::OkStatus();
  return StateTransition(NameOf(action), Transfer::State_Name(state));
}

void CheckShape(const Transfer& transfer, FieldViolations& violations) {
  if (!request::ParseChildName(transfer.subscription(), "customers", "subscriptions")) {
    violations.Add(kSubscriptionField, "is not of the form customers/{id}/subscriptions/{uuid}");
  }
  request::CheckReason("transfer.reason", transfer.reason(), violations);
}

absl::StatusOr<Transfer> ToRequest(const Principal& caller,
                                   const v1::RequestTransferRequest& request,
                                   const std::string& relationship,
                                   const Subscription& subscription) {
  if (subscription.partner() == request.parent()) {
    FieldViolations violations;
    violations.Add(kSubscriptionField, "is yours already");
    return violations.ToStatus();
  }
  Transfer transfer;
  transfer.set_subscription(subscription.name());
  transfer.set_customer(
      request::ParseChildName(subscription.name(), "customers", "subscriptions")->account);
  transfer.set_partner(request.parent());
  transfer.set_relationship(relationship);
  transfer.set_releasing_partner(subscription.partner());
  transfer.set_releasing_relationship(subscription.relationship());
  transfer.set_reason(request.transfer().reason());
  transfer.set_actor(caller.subject);
  return transfer;
}

absl::Status AskedAlready(const Transfer& present) {
  return Refusal(common::v1::TRANSFER_EXISTS, "You have asked for this subscription already.",
                 {{"transfer", present.name()}});
}

absl::Status CheckParty(const Principal& caller, const Transfer& transfer) {
  const bool is_party =
      caller.account == transfer.partner() || caller.account == transfer.releasing_partner();
  return is_party ? absl::OkStatus() : NotFound();
}

absl::Status CheckDecider(const Principal& caller, const Transfer& transfer, Action action) {
  const std::string& decider =
      action == Action::kCancel ? transfer.partner() : transfer.releasing_partner();
  if (caller.account == decider) return absl::OkStatus();
  return Refusal(common::v1::PERMISSION_MISSING, "This is for the other partner to decide.");
}

absl::Status CheckReleaser(const Principal& caller, const Transfer& transfer,
                           const access::Facts& facts) {
  const access::Decision decision = access::Decide(
      caller, {access::OrderCreate(), transfer.customer(), transfer.releasing_relationship()},
      facts);
  if (decision.allowed) return absl::OkStatus();
  switch (decision.reason) {
    case common::v1::RESOURCE_NOT_FOUND:
    case common::v1::RELATIONSHIP_MISSING:
    case common::v1::PERMISSION_MISSING:
      // It sees the transfer: what it lacks is what it sold the subscription through.
      return RelationshipInactive("Your relationship is over.", transfer.releasing_relationship());
    default:
      return access::ToStatus(decision, access::OrderCreate());
  }
}

absl::Status CheckReceiver(const Transfer& transfer, const access::Facts& facts) {
  if (access::MayPartner(transfer.partner(),
                         {access::OrderCreate(), transfer.customer(), transfer.relationship()},
                         facts)) {
    return absl::OkStatus();
  }
  return RelationshipInactive("The asking partner's relationship is not in force.",
                              transfer.relationship());
}

absl::Status CheckStillReleasers(const Transfer& transfer, const Subscription* subscription) {
  if (subscription != nullptr &&
      subscription->relationship() == transfer.releasing_relationship()) {
    return absl::OkStatus();
  }
  return Refusal(common::v1::STATE_TRANSITION,
                 "The subscription has gone to another partner since.",
                 {{"state", Transfer::State_Name(transfer.state())}});
}

}  // namespace partnerlink::directory::transfers
