// Finds what a mail program would show as a link.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace partnerlink::invitation::message {

// The first web address in plain text, valid UTF-8, as it stands there, cut at 100 characters; none
// if there is none. One is
// - anything with `://`, or behind `mailto:`, `javascript:` or `vbscript:`;
// - a host that starts with `www.`;
// - a host name, `localhost` or IPv4 address with a path, port, query or fragment;
// - a host name alone, if its last label is a common top-level domain.
// Abbreviations (`e.g.`, `m.in.`), numbers, sentences without a space between them and mail
// addresses are none.
std::optional<std::string> FindWebAddress(std::string_view text);

// Whether text, valid UTF-8, holds a mail address or what looks like one.
bool HasMailAddress(std::string_view text);

}  // namespace partnerlink::invitation::message
