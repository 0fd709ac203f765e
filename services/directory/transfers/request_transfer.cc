// A partner asks for a subscription that another has sold to a customer of both. It shares the lock
// of the relationship through which it is to have it, and the one of those who ask, so that it is
// not given away meanwhile, and decides by what holds behind them.
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "services/directory/orders/holding.h"
#include "services/directory/subscriptions/rules.h"
#include "services/directory/subscriptions/sight.h"
#include "services/directory/transfers/events.h"
#include "services/directory/transfers/handlers.h"
#include "services/directory/transfers/rules.h"
#include "services/directory/transfers/store.h"

namespace partnerlink::directory::transfers {
namespace {

// One that waits is in the way; one whose time is over makes room, at its asker's or the sweep's
// hand.
absl::Status MakeRoom(postgres::Transaction& transaction, outbox::Changes& changes,
                      const v1::Transfer& wanted) {
  while (const std::optional<Row> asked = FindAsked(transaction, wanted)) {
    if (asked->transfer.state() == v1::Transfer::REQUESTED) return AskedAlready(asked->transfer);
    // Whoever was quicker has written and recorded what became of it.
    if (const std::optional<Changed> expired = Expire(transaction, *asked)) {
      Record(changes, &expired->before, expired->after);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ValidateRequestTransfer(const v1::RequestTransferRequest& request) {
  FieldViolations violations;
  if (!request::IsAccountName(request.parent(), "partners")) {
    violations.Add("parent", "is not of the form partners/{id}");
  }
  if (!request.has_transfer()) violations.Add("transfer", "is required");
  request::CheckRequestId(request.request_id(), violations);
  CheckShape(request.transfer(), violations);
  orders::CheckRelationshipName(kRelationshipField, request.transfer().relationship(), violations);
  return violations.ToStatus();
}

absl::StatusOr<v1::Transfer> RequestTransfer(const CallContext& context, const Deps& deps,
                                             const v1::RequestTransferRequest& request) {
  const v1::Transfer& asked = request.transfer();
  const auto name = request::ParseChildName(asked.subscription(), "customers", "subscriptions");
  return outbox::Mutate<v1::Transfer>(
      context, deps.pool, request, {request.request_id(), request.validate_only()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Transfer> {
        PARTNERLINK_ASSIGN_OR_RETURN(
            const std::string relationship,
            // Through which the subscription is to come.
            orders::HoldRelationship(transaction, context.principal, name->account,
                                     asked.relationship(), kRelationshipField));
        ShareAsking(transaction, asked.subscription());
        PARTNERLINK_ASSIGN_OR_RETURN(
            const subscriptions::Row seen,
            subscriptions::FindSeen(transaction, context.principal, *name));
        const v1::Subscription& subscription = seen.subscription;
        PARTNERLINK_ASSIGN_OR_RETURN(
            const v1::Transfer wanted,
            ToRequest(context.principal, request, relationship, subscription));
        PARTNERLINK_RETURN_IF_ERROR(
            subscriptions::CheckAction(subscriptions::Action::kHandOver, subscription.state()));
        PARTNERLINK_RETURN_IF_ERROR(MakeRoom(transaction, changes, wanted));
        Row made = Insert(transaction, wanted);
        Record(changes, nullptr, made);
        if (request.validate_only()) made.transfer.clear_name();
        return std::move(made.transfer);
      });
}

}  // namespace partnerlink::directory::transfers
