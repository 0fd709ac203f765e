#include "services/invitation/message/mailto.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace partnerlink::invitation::message {
namespace {

// All but RFC 3986's unreserved characters, and those in `also`, become %XX.
std::string Encoded(std::string_view text, std::string_view also = "") {
  constexpr std::string_view kUnreservedMarks = "-._~";
  std::string out;
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
        kUnreservedMarks.find(c) != std::string_view::npos ||
        also.find(c) != std::string_view::npos) {
      out.push_back(c);
    } else if (c == '\n') {
      out += "%0D%0A";
    } else {
      absl::StrAppendFormat(&out, "%%%02X", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace

std::string MailtoUri(std::string_view recipient, std::string_view subject, std::string_view text) {
  std::string uri = absl::StrCat("mailto:", Encoded(recipient, "@"), "?subject=", Encoded(subject),
                                 "&body=", Encoded(text));
  if (uri.size() > kMaxMailtoUri) uri.clear();
  return uri;
}

}  // namespace partnerlink::invitation::message
