#include "services/invitation/message/mime.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace partnerlink::invitation::message {
namespace {

constexpr size_t kMaxLine = 76;
// In base64 and with the marks around it 64 characters: fits beside a header's name, too.
constexpr size_t kMaxEncodedWordBytes = 39;

bool IsPrintableAscii(char c) { return c >= ' ' && c <= '~'; }

bool StartsCharacter(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

// One line of text, without its end.
std::string QuotedPrintableLine(std::string_view line) {
  std::string out;
  size_t column = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool last = i + 1 == line.size();
    const bool blank = c == ' ' || c == '\t';
    const bool plain = (IsPrintableAscii(c) && c != '=' && c != ' ') || (blank && !last);
    const std::string code =
        plain ? std::string(1, c) : absl::StrFormat("=%02X", static_cast<unsigned char>(c));
    // The last column of a line that goes on is the soft break's.
    if (column + code.size() > (last ? kMaxLine : kMaxLine - 1)) {
      out += "=\r\n";
      column = 0;
    }
    out += code;
    column += code.size();
  }
  return out;
}

// The encoded words of `value`, on a line each.
std::string EncodedWords(std::string_view value) {
  std::string out;
  while (!value.empty()) {
    size_t length = std::min(value.size(), kMaxEncodedWordBytes);
    while (length > 1 && length < value.size() && !StartsCharacter(value[length])) --length;
    if (!out.empty()) out += "\r\n ";
    absl::StrAppend(&out, "=?UTF-8?B?", absl::Base64Escape(std::string(value.substr(0, length))),
                    "?=");
    value.remove_prefix(length);
  }
  return out;
}

}  // namespace

std::string QuotedPrintable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    absl::StrAppend(&out, QuotedPrintableLine(text.substr(0, end)), "\r\n");
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return out;
}

std::string HeaderLine(std::string_view name, std::string_view value) {
  std::string safe(value);
  std::erase_if(safe, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
  const bool plain = std::all_of(safe.begin(), safe.end(), IsPrintableAscii) &&
                     !safe.starts_with(' ') && !safe.ends_with(' ') &&
                     safe.find("=?") == std::string::npos &&
                     name.size() + 2 + safe.size() <= kMaxLine;
  return absl::StrCat(std::string(name), ": ", plain ? safe : EncodedWords(safe), "\r\n");
}

}  // namespace partnerlink::invitation::message
