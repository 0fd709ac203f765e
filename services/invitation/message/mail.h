// The mail of an invitation: as a person would send it, which RenderInvitation answers, and as the
// service sends it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "services/invitation/message/default_text.h"
#include "services/invitation/message/eml.h"

namespace partnerlink::invitation::message {

// What a row holds, as this folder's validation took it, and the link.
struct Content {
  std::string locale;         // that was asked for, BCP-47; anything else counts as kDefaultLocale
  std::string subject;        // as ValidateSubject wants it
  std::string body_text;      // holds kLinkMarker exactly once
  std::string link;           // `https://…#…` or `http://…#…`
  std::string recipient;      // as NormaliseEmailAddress wants it, or empty
  std::string invitation_id;  // UUID
  int32_t generation = 0;     // from 1
  // What the default text speaks of. A body that is just that is in the language of its words,
  // which may be another than was asked for, and the names in it are parted from them by <bdi> in
  // the HTML. Any other body is the partner's own, in the language that was asked for.
  std::optional<Draft> draft = std::nullopt;
};

// The same mail in four forms; each holds the secret link.
struct Mail {
  std::string text;        // the body with the link in it; without marks of direction, which are
                           // control characters that some mail programs show
  std::string html;        // a whole document: the text escaped, the link as an anchor; each
                           // paragraph in the direction of its own words
  std::string mailto_uri;  // empty where it would be longer than kMaxMailtoUri
  std::string eml;         // Message-ID `<invitation_id.generation@host of the link>`
};

// The same content gives the same mail, byte for byte. INTERNAL for what no validated row can hold:
// a subject with control characters, no or a second marker, another kind of link, a recipient that
// is no mail address, an id that is no UUID, a generation below 1.
absl::StatusOr<Mail> Render(const Content& content);

// What the service hands over: FormatSent of the same mail, with Message-ID
// `<invitation_id.generation@host of the sender>`. INTERNAL like Render, without a recipient, and
// where the bytes, read again, are not one message to it with the link as their only web address.
absl::StatusOr<std::string> RenderSent(const Content& content, const Sending& sending);

}  // namespace partnerlink::invitation::message
