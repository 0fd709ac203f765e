#include "services/invitation/link/link_base.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/invitation/link/token.h"

namespace partnerlink::invitation::link {
namespace {

constexpr std::string_view kHttps = "https://";
constexpr std::string_view kHttp = "http://";
constexpr size_t kMaxBase = kMaxTokenText - kTokenLength - 1;
constexpr std::string_view kPathMarks = "-._~!$&'()*+,;=:@/%";  // RFC 3986, pchar and `/`

absl::Status Refused(const std::string& why) {
  return absl::InvalidArgumentError(absl::StrCat("the address ", why));
}

bool IsLoopback(std::string_view host) {
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

// Letters, digits and inner hyphens between dots.
bool IsHostName(std::string_view host) {
  char before = '.';
  for (const char c : host) {
    const bool mark = c == '.' || c == '-';
    if (!mark && !absl::ascii_islower(c) && !absl::ascii_isdigit(c)) return false;
    if (c == '.' && (before == '.' || before == '-')) return false;
    if (c == '-' && before == '.') return false;
    before = c;
  }
  return before != '.' && before != '-';
}

// The authority's host and port; the port keeps its colon and may be empty.
std::pair<std::string_view, std::string_view> SplitAuthority(std::string_view authority) {
  const size_t bracket = authority.find(']');
  const size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon == std::string_view::npos) return {authority, ""};
  return {authority.substr(0, colon), authority.substr(colon)};
}

bool IsPort(std::string_view port) {
  int number = 0;
  return port.empty() ||
         (port.size() > 1 && std::all_of(port.begin() + 1, port.end(), absl::ascii_isdigit) &&
          absl::SimpleAtoi(std::string(port.substr(1)), &number) && number > 0 && number < 65536);
}

bool IsPath(std::string_view path) {
  return std::all_of(path.begin(), path.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           kPathMarks.find(c) != std::string_view::npos;
  });
}

}  // namespace

absl::Status ValidateLinkBase(std::string_view base) {
  if (base.size() > kMaxBase) {
    return Refused(absl::StrCat("is longer than ", kMaxBase, " characters"));
  }
  const bool https = base.starts_with(kHttps);
  if (!https && !base.starts_with(kHttp)) return Refused("must start with https://");
  const std::string_view rest = base.substr(https ? kHttps.size() : kHttp.size());
  if (rest.find('#') != std::string_view::npos) return Refused("must have no fragment (#)");
  if (rest.find('?') != std::string_view::npos) return Refused("must have no query (?)");
  const std::string_view authority = rest.substr(0, rest.find('/'));
  if (authority.find('@') != std::string_view::npos) return Refused("must name no user (@)");
  const auto [host, port] = SplitAuthority(authority);
  if (!IsLoopback(host)) {
    if (!https) return Refused("must start with https:// unless it is on localhost");
    if (!IsHostName(host)) return Refused("must name a host in lower-case ASCII form");
  }
  if (!IsPort(port)) return Refused("has a wrong port");
  if (!IsPath(rest.substr(authority.size()))) {
    return Refused("has characters in its path that must be percent-encoded");
  }
  return absl::OkStatus();
}

absl::Status ValidateSignUpUrl(std::string_view url) {
  if (url.empty()) return absl::OkStatus();
  const size_t query = std::min(url.find('?'), url.size());
  if (query < url.size() && !IsPath(url.substr(query + 1))) {
    return Refused("has characters in its query that must be percent-encoded");
  }
  return ValidateLinkBase(url.substr(0, query));
}

std::string LinkOf(std::string_view base, std::string_view token_text) {
  return std::string(base) + "#" + std::string(token_text);
}

}  // namespace partnerlink::invitation::link
