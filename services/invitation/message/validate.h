// The shape of the texts that a partner writes. Pure functions; every violation is added under the
// field's name in requests (`invitation.subject`, `invitation.note`, `invitation.body_text`).
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "common/status/status.h"

namespace partnerlink::invitation::message {

// Where the link goes in a body text.
inline constexpr std::string_view kLinkMarker = "{{link}}";

// One line of 1 to 200 characters, not blank, without control, format (bidi, zero-width) characters
// and `{{`.
void ValidateSubject(std::string_view subject, FieldViolations& violations);

// At most 2,000 characters of one paragraph in NFC, without control and format characters, `{{`,
// web and mail addresses. Empty is fine.
void ValidateNote(std::string_view note, FieldViolations& violations);

// 1 to 10,000 characters, not blank, without format characters and control characters other than
// `\n` and `\t`.
void ValidateBody(std::string_view body_text, FieldViolations& violations);

// The rule of the link, for a text in which ValidateBody finds nothing: LINK_MISSING or
// LINK_DUPLICATED unless it holds kLinkMarker exactly once, LINK_FOREIGN if it holds a web address
// (see FindWebAddress; mail addresses are fine), FIELD_INVALID if a mail program could take what
// stands beside the marker into the link: before it may be a space, the beginning of a line or one
// of `(<"'`; behind it any of `.,;:!?)>"'` and then a space or the end of a line. BadRequest and
// the metadata `field` name `invitation.body_text`.
absl::Status ValidateBodyLink(std::string_view body_text);

}  // namespace partnerlink::invitation::message
