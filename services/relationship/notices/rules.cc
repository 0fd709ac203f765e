#include "services/relationship/notices/rules.h"

namespace partnerlink::relationship::notices {

using invitation::v1::QueueNoticeRequest;

Events EventsOf(QueueNoticeRequest::Kind kind) {
  switch (kind) {
    case QueueNoticeRequest::RELATIONSHIP_REMOVED:
      return {"relationship.removal_notice_requested", "relationship.removal_notice_skipped"};
    case QueueNoticeRequest::GRANT_APPROVAL_REQUESTED:
      return {"grant.request_notice_requested", "grant.request_notice_skipped"};
    default:
      return {};
  }
}

bool IsNotice(std::string_view event) {
  return event == EventsOf(QueueNoticeRequest::RELATIONSHIP_REMOVED).requested ||
         event == EventsOf(QueueNoticeRequest::GRANT_APPROVAL_REQUESTED).requested;
}

std::string NoticeLocale(std::string_view country) {
  if (country == "AT" || country == "DE" || country == "LI") return "de";
  return country == "PL" ? "pl" : "en";
}

}  // namespace partnerlink::relationship::notices
