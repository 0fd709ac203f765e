#include "services/invitation/invitations/events.h"

namespace partnerlink::invitation::invitations {

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

}  // namespace partnerlink::invitation::invitations
