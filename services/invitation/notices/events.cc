#include "services/invitation/notices/events.h"

namespace partnerlink::invitation::notices {

outbox::Change ChangeOf(const std::string& event, const std::string& cause, const Notice& notice) {
  v1::QueueNoticeRequest shown = notice.request;
  shown.clear_recipient();
  outbox::Change change;
  change.account = notice.request.partner();
  change.resource = notice.request.resource();
  change.event = event;
  change.cause = cause;
  change.after = outbox::ToJson(shown);
  change.payload = shown.SerializeAsString();
  return change;
}

}  // namespace partnerlink::invitation::notices
