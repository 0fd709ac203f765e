#include "services/directory/offers/events.h"

#include "common/context/call_context.h"

namespace partnerlink::directory::offers {

outbox::Change ChangeOf(const std::string& event, const v1::Offer* before, const v1::Offer& after) {
  outbox::Change change;
  change.account = std::string(kOperators);
  change.resource = after.name();
  change.event = event;
  if (before != nullptr) change.before = outbox::ToJson(*before);
  change.after = outbox::ToJson(after);
  change.payload = after.SerializeAsString();
  return change;
}

}  // namespace partnerlink::directory::offers
