// The partner that has a subscription gives it to the one that asked for it. Both must serve the
// customer at that moment: the acceptance shares the locks of both relationships, so that it never
// crosses the end of one, and decides by what holds behind them. Nobody asks for the subscription
// meanwhile: all who did are refused with it.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "common/access/store.h"
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "common/status/status.h"
#include "services/directory/subscriptions/events.h"
#include "services/directory/subscriptions/rules.h"
#include "services/directory/subscriptions/store.h"
#include "services/directory/transfers/change.h"
#include "services/directory/transfers/events.h"
#include "services/directory/transfers/handlers.h"

namespace partnerlink::directory::transfers {
namespace {

// From here until the transaction ends the relationships of both partners stay as they are, and how
// the asking one stands; the account's own standing every transaction holds.
void HoldBoth(postgres::Transaction& transaction, const v1::Transfer& transfer) {
  ShareStanding(transaction, transfer.partner());
  std::vector<std::string> both = {transfer.relationship(), transfer.releasing_relationship()};
  std::sort(both.begin(), both.end());
  for (const std::string& relationship : both) access::ShareEdge(transaction, relationship);
}

// OK if both partners serve the customer.
absl::Status CheckBoth(postgres::Transaction& transaction, const Principal& caller,
                       const v1::Transfer& transfer) {
  PARTNERLINK_RETURN_IF_ERROR(
      CheckReleaser(caller, transfer, access::FindFacts(transaction, caller, transfer.customer())));
  return CheckReceiver(transfer,
                       access::FindFactsOf(transaction, transfer.partner(), transfer.customer()));
}

// The subscription, locked before any transfer of it: acceptances of it follow each other.
std::optional<subscriptions::Row> LockSubscription(postgres::Transaction& transaction,
                                                   const v1::Transfer& transfer) {
  const auto name = request::ParseChildName(transfer.subscription(), "customers", "subscriptions");
  return subscriptions::Find(transaction, name->account, name->id, {},
                             subscriptions::Lock::kForUpdate);
}

// OK if it is there to be given away.
absl::Status CheckSubscription(const v1::Transfer& transfer,
                               const std::optional<subscriptions::Row>& row) {
  PARTNERLINK_RETURN_IF_ERROR(CheckStillReleasers(transfer, row ? &row->subscription : nullptr));
  return subscriptions::CheckAction(subscriptions::Action::kHandOver, row->subscription.state());
}

absl::Status HandOver(postgres::Transaction& transaction, outbox::Changes& changes,
                      const Row& accepted, const subscriptions::Row& before) {
  const v1::Transfer& transfer = accepted.transfer;
  const std::optional<subscriptions::Row> after =
      subscriptions::HandOver(transaction, before, transfer.partner(), transfer.relationship());
  if (!after) {
    // Its last term has just ended.
    const auto now = subscriptions::Find(transaction, before.customer, before.id, {});
    PARTNERLINK_RETURN_IF_ERROR(CheckSubscription(transfer, now));
    return absl::InternalError("a locked subscription was not handed over");
  }
  subscriptions::Record(transaction, changes, v1::SubscriptionChange::TRANSFERRED, &before, *after,
                        transfer.name());
  for (const Changed& other : RefuseOthers(transaction, accepted, kOvertaken)) {
    Record(changes, &other.before, other.after);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ValidateAcceptTransfer(const v1::AcceptTransferRequest& request) {
  return CheckChange(request);
}

absl::StatusOr<v1::Transfer> AcceptTransfer(const CallContext& context, const Deps& deps,
                                            const v1::AcceptTransferRequest& request) {
  constexpr Action kAction = Action::kAccept;
  return outbox::Mutate<v1::Transfer>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Transfer> {
        PARTNERLINK_ASSIGN_OR_RETURN(const Row seen,
                                     Look(transaction, context.principal, request.name(), kAction));
        HoldBoth(transaction, seen.transfer);
        LockAsking(transaction, seen.transfer.subscription());
        const std::optional<subscriptions::Row> subscription =
            LockSubscription(transaction, seen.transfer);
        PARTNERLINK_ASSIGN_OR_RETURN(
            const Row before, OpenForChange(transaction, context.principal, request, kAction));
        PARTNERLINK_RETURN_IF_ERROR(CheckBoth(transaction, context.principal, before.transfer));
        PARTNERLINK_RETURN_IF_ERROR(CheckSubscription(before.transfer, subscription));
        PARTNERLINK_ASSIGN_OR_RETURN(
            Row after,
            Written(transaction, before, kAction,
                    SetState(transaction, before, v1::Transfer::ACCEPTED, request.reason())));
        Record(changes, &before, after);
        PARTNERLINK_RETURN_IF_ERROR(HandOver(transaction, changes, after, *subscription));
        return std::move(after.transfer);
      });
}

}  // namespace partnerlink::directory::transfers
