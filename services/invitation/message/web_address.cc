#include "services/invitation/message/web_address.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "common/validation/text.h"

namespace partnerlink::invitation::message {
namespace {

constexpr size_t kMaxShown = 100;
constexpr char32_t kIdeographicStop = 0x3002;  // a dot of host names in UTS 46

using Labels = std::vector<std::u32string>;

// Top-level domains in any case.
const std::set<std::string>& Generic() {
  static const auto& domains = *new std::set<std::string>{"com", "net", "org", "info", "biz",
                                                          "edu", "gov", "mil", "mobi", "xyz"};
  return domains;
}

// In lower case only, as are those of countries: in title case they begin a sentence.
const std::set<std::string>& LowerCase() {
  static const auto& domains = *new std::set<std::string>{
      "app",    "club", "click", "cloud", "dev",   "eu",   "example", "link", "live",
      "online", "page", "shop",  "site",  "store", "tech", "top",     "uk"};
  return domains;
}

bool IsAsciiDigit(char32_t c) { return c >= '0' && c <= '9'; }

bool IsDot(char32_t c) { return c == '.' || c == kIdeographicStop; }

bool IsHostCharacter(char32_t c) { return c == '-' || IsDot(c) || validation::IsWordCharacter(c); }

bool IsSpace(char32_t c) { return c == ' ' || c == '\t' || c == '\n' || c == 0; }

std::u32string WithoutOuterHyphens(std::u32string label) {
  const size_t begin = label.find_first_not_of(U'-');
  if (begin == std::u32string::npos) return U"";
  return label.substr(begin, label.find_last_not_of(U'-') + 1 - begin);
}

bool IsTopLevel(const std::u32string& label) {
  const std::string text = validation::ToUtf8(label);
  const std::string lower = absl::AsciiStrToLower(text);
  if (Generic().contains(lower) || lower.starts_with("xn--")) return true;
  return text == lower &&
         (LowerCase().contains(text) || validation::IsCountryCode(absl::AsciiStrToUpper(text)));
}

bool AllDigits(const std::u32string& label) {
  return std::all_of(label.begin(), label.end(), IsAsciiDigit);
}

// Whether a host with these labels is a web address; `more`: a path or the like follows it.
bool IsWebHost(const Labels& labels, bool more) {
  const std::string first = absl::AsciiStrToLower(validation::ToUtf8(labels.front()));
  if (labels.size() == 1) return more && first == "localhost";
  if (first == "www") return true;
  const std::u32string& last = labels.back();
  if (!more) return labels[labels.size() - 2].size() >= 2 && IsTopLevel(last);
  if (labels.size() == 4 && std::all_of(labels.begin(), labels.end(), AllDigits)) return true;
  const bool letters = std::none_of(last.begin(), last.end(),
                                    [](char32_t c) { return c == '-' || IsAsciiDigit(c); });
  return (last.size() >= 2 && letters) || IsTopLevel(last);
}

// The text in compatibility form, and what stands at a place of it.
class CodePoints {
 public:
  explicit CodePoints(std::string_view text) : points_(validation::CompatibilityForm(text)) {}

  size_t size() const { return points_.size(); }

  // 0 outside of the text.
  char32_t At(size_t i) const { return i < points_.size() ? points_[i] : 0; }
  char32_t Before(size_t i) const { return i == 0 ? 0 : points_[i - 1]; }

  // The end of the host characters that start at `begin`.
  size_t HostEnd(size_t begin) const {
    while (IsHostCharacter(At(begin))) ++begin;
    return begin;
  }

  size_t Find(std::u32string_view part) const { return points_.find(part); }

  // The word around `i`.
  std::string Word(size_t i) const {
    size_t begin = i;
    while (!IsSpace(Before(begin))) --begin;
    size_t end = i;
    while (!IsSpace(At(end))) ++end;
    return validation::ToUtf8(points_.substr(begin, std::min(end - begin, kMaxShown)));
  }

  bool IsScheme(size_t begin, size_t end) const {
    if (At(end) != ':' || !validation::IsWordCharacter(At(end + 1))) return false;
    const std::string scheme =
        absl::AsciiStrToLower(validation::ToUtf8(points_.substr(begin, end - begin)));
    return scheme == "mailto" || scheme == "javascript" || scheme == "vbscript";
  }

  // Whether a path, port, query or fragment starts at `i`.
  bool MoreFollows(size_t i) const {
    const char32_t c = At(i);
    return c == '/' || c == '#' || (c == ':' && IsAsciiDigit(At(i + 1))) ||
           (c == '?' && validation::IsWordCharacter(At(i + 1)));
  }

  // Whether the host characters of [begin, end) are, or hold, a web address.
  bool HoldsWebHost(size_t begin, size_t end) const {
    const bool more = MoreFollows(end);
    if (IsMailAt(end) || (!more && begin > 0 && IsMailAt(begin - 1))) return false;
    const std::vector<Labels> hosts = Hosts(begin, end);
    for (const Labels& labels : hosts) {
      if (IsWebHost(labels, more && &labels == &hosts.back())) return true;
    }
    return false;
  }

 private:
  // Whether the `@` of a mail address stands at `i`.
  bool IsMailAt(size_t i) const {
    if (At(i) != '@' || IsSpace(Before(i))) return false;
    const std::vector<Labels> hosts = Hosts(i + 1, HostEnd(i + 1));
    return !hosts.empty() && hosts.front().size() >= 2;
  }

  // The labels of [begin, end), host by host: an ellipsis parts two hosts, one dot may end one.
  std::vector<Labels> Hosts(size_t begin, size_t end) const {
    std::vector<Labels> hosts(1);
    for (size_t i = begin; i <= end; ++i) {
      if (i < end && !IsDot(At(i))) continue;
      std::u32string label = WithoutOuterHyphens(points_.substr(begin, i - begin));
      if (!label.empty()) {
        hosts.back().push_back(std::move(label));
      } else if (!hosts.back().empty()) {
        hosts.emplace_back();
      }
      begin = i + 1;
    }
    if (hosts.back().empty()) hosts.pop_back();
    return hosts;
  }

  std::u32string points_;
};

}  // namespace

std::optional<std::string> FindWebAddress(std::string_view text) {
  const CodePoints points(text);
  if (const size_t found = points.Find(U"://"); found != std::u32string_view::npos) {
    return points.Word(found);
  }
  for (size_t begin = 0; begin < points.size();) {
    const size_t end = points.HostEnd(begin);
    if (end == begin) {
      ++begin;
      continue;
    }
    if (points.IsScheme(begin, end) || points.HoldsWebHost(begin, end)) return points.Word(begin);
    begin = end;
  }
  return std::nullopt;
}

bool HasMailAddress(std::string_view text) {
  const CodePoints points(text);
  for (size_t i = 0; i < points.size(); ++i) {
    if (points.At(i) == '@' && !IsSpace(points.Before(i)) &&
        validation::IsWordCharacter(points.At(i + 1))) {
      return true;
    }
  }
  return false;
}

}  // namespace partnerlink::invitation::message
