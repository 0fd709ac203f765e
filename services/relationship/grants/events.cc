#include "services/relationship/grants/events.h"

#include <string>

namespace partnerlink::relationship::grants {

void Record(outbox::Changes& changes, std::string_view event, const Row* before, const Row* after,
            std::string_view cause) {
  const v1::Grant& grant = after != nullptr ? after->grant : before->grant;
  outbox::Change change;
  change.account = grant.partner();
  change.resource = grant.name();
  change.event = std::string(event);
  change.cause = std::string(cause);
  if (before != nullptr) change.before = outbox::ToJson(before->grant);
  if (after != nullptr) change.after = outbox::ToJson(after->grant);
  change.payload = grant.SerializeAsString();
  changes.Record(change);
  if (grant.state() == v1::Grant::CREATED) return;
  change.account = grant.customer();
  changes.Record(change);
}

}  // namespace partnerlink::relationship::grants
