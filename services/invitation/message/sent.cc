#include "services/invitation/message/sent.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/status/status.h"
#include "services/invitation/message/validate.h"
#include "services/invitation/message/web_address.h"

namespace partnerlink::invitation::message {
namespace {

// All that templates/mail.html.tpl and notice.html.tpl are made of.
constexpr std::string_view kTags[] = {
    "<!DOCTYPE html>",  "<html lang=\"", "<head>",  "<meta charset=\"utf-8\">",
    "<title>",          "</title>",      "</head>", "<body>",
    "<p dir=\"auto\">", "</p>",          "<br>",    "<bdi>",
    "</bdi>",           "<a href=\"",    "</a>",    "</body>",
    "</html>"};

absl::Status Wrong(std::string_view what) {
  return absl::InternalError(absl::StrCat("a mail that must not be sent: ", std::string(what)));
}

size_t Count(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

// What stands before and behind the first empty line.
std::pair<std::string, std::string> SplitHead(std::string_view text) {
  const size_t end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) return {std::string(text), ""};
  return {std::string(text.substr(0, end)), std::string(text.substr(end + 4))};
}

// Names and values, folded lines joined.
std::vector<std::pair<std::string, std::string>> Headers(const std::string& head) {
  std::vector<std::pair<std::string, std::string>> headers;
  const std::string unfolded = absl::StrReplaceAll(head, {{"\r\n ", " "}, {"\r\n\t", " "}});
  const std::vector<std::string> lines = absl::StrSplit(unfolded, "\r\n");
  for (const std::string& line : lines) {
    const size_t colon = line.find(": ");
    headers.emplace_back(line.substr(0, colon),
                         colon == std::string::npos ? "" : line.substr(colon + 2));
  }
  return headers;
}

std::string FromQuotedPrintable(const std::string& quoted) {
  const std::string joined = absl::StrReplaceAll(quoted, {{"=\r\n", ""}});
  std::string text;
  for (size_t i = 0; i < joined.size(); ++i) {
    if (joined[i] == '=' && i + 2 < joined.size() &&
        absl::ascii_isxdigit(static_cast<unsigned char>(joined[i + 1])) &&
        absl::ascii_isxdigit(static_cast<unsigned char>(joined[i + 2]))) {
      text += absl::HexStringToBytes(joined.substr(i + 1, 2));
      i += 2;
    } else {
      text += joined[i];
    }
  }
  return absl::StrReplaceAll(text, {{"\r\n", "\n"}});
}

absl::Status CheckHeaders(const std::string& head, std::string_view recipient,
                          std::string& boundary) {
  static constexpr const char* kNames[] = {
      "From",           "To",         "Subject",      "Date",
      "Auto-Submitted", "Message-ID", "MIME-Version", "Content-Type"};
  const auto headers = Headers(head);
  if (headers.size() != std::size(kNames)) return Wrong("it has other headers");
  for (size_t i = 0; i < headers.size(); ++i) {
    if (headers[i].first != kNames[i] || headers[i].second.empty()) {
      return Wrong("it has other headers");
    }
    if (headers[i].second.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      return Wrong("a header goes on where it should end");
    }
  }
  if (headers[1].second != recipient) return Wrong("it goes to somebody else");
  const std::vector<std::string> type = absl::StrSplit(headers.back().second, '"');
  if (type.size() != 3 || type[0] != "multipart/alternative; boundary=") {
    return Wrong("it is of another type");
  }
  boundary = type[1];
  return absl::OkStatus();
}

absl::Status CheckText(std::string text, std::string_view link) {
  if (Count(text, link) != 1) return Wrong("its text does not hold the link once");
  text.replace(text.find(link), link.size(), kLinkMarker);
  if (!ValidateBodyLink(text).ok()) return Wrong("its text holds another web address");
  return absl::OkStatus();
}

// Nothing but the templates' own tags.
absl::Status CheckTags(const std::string& html) {
  for (size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
    const std::string_view rest = std::string_view(html).substr(at);
    if (std::none_of(std::begin(kTags), std::end(kTags),
                     [&](std::string_view tag) { return rest.starts_with(tag); })) {
      return Wrong("its HTML holds more than text");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckHtml(const std::string& html, std::string_view link) {
  // The link is printable ASCII; of what HTML escapes a URL can hold these two.
  const std::string escaped =
      absl::StrReplaceAll(std::string(link), {{"&", "&amp;"}, {"'", "&#39;"}});
  const std::string anchor = absl::StrCat("<a href=\"", escaped, "\">", escaped, "</a>");
  if (Count(html, anchor) != 1 || Count(html, "://") != 2) {
    return Wrong("its HTML does not hold the link alone");
  }
  return CheckTags(html);
}

// The text and the HTML of a message to the recipient alone.
struct Parts {
  std::string text;
  std::string html;
};

absl::StatusOr<Parts> PartsOf(std::string_view bytes, std::string_view recipient) {
  const auto [head, body] = SplitHead(bytes);
  std::string boundary;
  PARTNERLINK_RETURN_IF_ERROR(CheckHeaders(head, recipient, boundary));
  const std::vector<std::string> parts =
      absl::StrSplit(absl::StrCat("\r\n", body), absl::StrCat("\r\n--", boundary));
  if (parts.size() != 4 || !parts[0].empty() || parts[3] != "--\r\n") {
    return Wrong("it has other parts");
  }
  const auto [text_head, text] = SplitHead(parts[1]);
  const auto [html_head, html] = SplitHead(parts[2]);
  if (Count(text_head, "text/plain; charset=utf-8") != 1 ||
      Count(html_head, "text/html; charset=utf-8") != 1) {
    return Wrong("its parts are of other types");
  }
  return Parts{FromQuotedPrintable(text), FromQuotedPrintable(html)};
}

}  // namespace

absl::Status CheckSent(std::string_view bytes, std::string_view recipient, std::string_view link) {
  PARTNERLINK_ASSIGN_OR_RETURN(const Parts parts, PartsOf(bytes, recipient));
  PARTNERLINK_RETURN_IF_ERROR(CheckText(parts.text, link));
  return CheckHtml(parts.html, link);
}

absl::Status CheckSentWithoutLink(std::string_view bytes, std::string_view recipient) {
  PARTNERLINK_ASSIGN_OR_RETURN(const Parts parts, PartsOf(bytes, recipient));
  if (FindWebAddress(parts.text)) return Wrong("its text holds a web address");
  if (Count(parts.html, "://") != 0 || Count(parts.html, "<a ") != 0) {
    return Wrong("its HTML holds a web address");
  }
  return CheckTags(parts.html);
}

}  // namespace partnerlink::invitation::message
