// The encodings of MIME that a mail needs (RFC 2045, RFC 2047). Lines end in CRLF and have at most
// 76 characters.
#pragma once

#include <string>
#include <string_view>

namespace partnerlink::invitation::message {

// UTF-8 text with LF line ends in quoted-printable: ASCII only, ends with CRLF.
std::string QuotedPrintable(std::string_view text);

// A header's line `name: value`, CRLF included. A value that is not short plain ASCII becomes
// encoded words, folded between characters. `value` is one line of UTF-8: CR, LF and NUL are
// dropped from it, so that it cannot end the header.
std::string HeaderLine(std::string_view name, std::string_view value);

}  // namespace partnerlink::invitation::message
