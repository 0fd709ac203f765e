// How customers are told of what partners do, by mails of fixed words that Invitation sends. Pure.
#pragma once

#include <string>
#include <string_view>

#include "partnerlink/invitation/v1/invitation_service.pb.h"

namespace partnerlink::relationship::notices {

// The events of a notice of the kind: Invitation is asked to send it, or the customer's contact has
// no mail address.
struct Events {
  std::string_view requested;
  std::string_view skipped;
};
Events EventsOf(invitation::v1::QueueNoticeRequest::Kind kind);

// Whether the event's delivery is a QueueNotice of Invitation.
bool IsNotice(std::string_view event);

// The locale of a notice to a customer of that country: where it is one of the languages that
// notices are written in, its own; otherwise `en`. Nothing else is known of who reads it.
std::string NoticeLocale(std::string_view country);

}  // namespace partnerlink::relationship::notices
