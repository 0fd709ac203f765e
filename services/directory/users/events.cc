#include "services/directory/users/events.h"

namespace partnerlink::directory::users {

outbox::Change ChangeOf(const std::string& event, const Row* before, const Row* after) {
  const Row& row = after != nullptr ? *after : *before;
  outbox::Change change;
  change.account = row.customer;
  change.resource = row.user.name();
  change.event = event;
  if (before != nullptr) change.before = outbox::ToJson(before->user);
  if (after != nullptr) change.after = outbox::ToJson(after->user);
  change.payload = row.user.SerializeAsString();
  return change;
}

}  // namespace partnerlink::directory::users
