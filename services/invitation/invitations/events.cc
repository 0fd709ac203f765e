#include "services/invitation/invitations/events.h"

namespace partnerlink::invitation::invitations {
namespace {

constexpr int kMostExpiredOnTheWay = 100;

}  // namespace

outbox::Change ChangeOf(const std::string& event, const Row* before, const Row* after,
                        const std::string& cause) {
  const Row& row = after != nullptr ? *after : *before;
  outbox::Change change;
  change.account = row.partner;
  change.resource = row.invitation.name();
  change.event = event;
  change.cause = cause;
  if (before != nullptr) change.before = outbox::ToJson(before->invitation);
  if (after != nullptr) change.after = outbox::ToJson(after->invitation);
  change.payload = row.invitation.SerializeAsString();
  return change;
}

void ExpireDueOf(postgres::Transaction& transaction, outbox::Changes& changes,
                 const std::string& partner) {
  for (const Row& row : ExpireDue(transaction, partner, kMostExpiredOnTheWay)) {
    changes.Record(ChangeOf("invitation.expired", nullptr, &row, "time"));
  }
}

}  // namespace partnerlink::invitation::invitations
