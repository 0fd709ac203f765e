#include "common/validation/text.h"

#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace partnerlink::validation {
namespace {

// ISO 3166-1, the officially assigned codes; each is followed by a space.
constexpr std::string_view kCountries =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO "
    "BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ "
    "DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP "
    "GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG "
    "KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML "
    "MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE "
    "PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL "
    "SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM "
    "US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW ";

constexpr size_t kUuidLength = 36;
constexpr size_t kMaxLanguageTag = 35;

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};

const uint8_t* Bytes(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

// Calls `test` for each code point until it answers true; whether it did.
template <typename Test>
bool AnyCodePoint(std::string_view text, Test test) {
  while (!text.empty()) {
    ucs4_t c = 0;
    const int length = u8_mbtouc(&c, Bytes(text), text.size());
    if (test(c)) return true;
    text.remove_prefix(static_cast<size_t>(length));
  }
  return false;
}

std::string Normalised(std::string_view text, uninorm_t form) {
  if (text.empty()) return "";
  size_t length = 0;
  const std::unique_ptr<uint8_t, Free> bytes(
      u8_normalize(form, Bytes(text), text.size(), nullptr, &length));
  // Only out of memory fails, as the text is valid.
  if (bytes == nullptr) std::abort();
  return std::string(reinterpret_cast<const char*>(bytes.get()), length);
}

bool IsLowerAlphanumeric(char c) { return absl::ascii_islower(c) || absl::ascii_isdigit(c); }

bool IsLowerHex(char c) { return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f'); }

bool IsBlank(std::string_view text) {
  return !AnyCodePoint(text, [](ucs4_t c) { return !uc_is_property_white_space(c); });
}

}  // namespace

bool IsValidUtf8(std::string_view text) { return u8_check(Bytes(text), text.size()) == nullptr; }

size_t CodePoints(std::string_view text) { return u8_mbsnlen(Bytes(text), text.size()); }

bool HasControl(std::string_view text, std::string_view allowed) {
  return AnyCodePoint(text, [&](ucs4_t c) {
    if (c < 0x80 && allowed.find(static_cast<char>(c)) != std::string_view::npos) return false;
    return c == 0x2028 || c == 0x2029 || uc_is_general_category(c, UC_CONTROL);
  });
}

bool HasFormat(std::string_view text) {
  return AnyCodePoint(text, [](ucs4_t c) { return uc_is_general_category(c, UC_FORMAT); });
}

bool IsNfc(std::string_view text) { return Normalised(text, UNINORM_NFC) == text; }

std::u32string CompatibilityForm(std::string_view text) {
  std::u32string points;
  AnyCodePoint(Normalised(text, UNINORM_NFKC), [&](ucs4_t c) {
    points.push_back(c);
    return false;
  });
  return points;
}

std::string ToUtf8(std::u32string_view points) {
  std::string text;
  for (const char32_t c : points) {
    uint8_t bytes[4];
    const int length = u8_uctomb(bytes, c, sizeof(bytes));
    text.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(length));
  }
  return text;
}

bool IsWordCharacter(char32_t c) {
  return uc_is_general_category_withtable(
      c, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_M | UC_CATEGORY_MASK_N);
}

std::string TextProblem(std::string_view text, size_t min, size_t max,
                        std::string_view allowed_controls) {
  if (!IsValidUtf8(text)) return "is not valid UTF-8";
  if (const size_t length = CodePoints(text); length < min || length > max) {
    if (min == 0) return absl::StrCat("must have at most ", max, " characters");
    return absl::StrCat("must have ", min, " to ", max, " characters");
  }
  if (min > 0 && IsBlank(text)) return "must not be blank";
  if (HasControl(text, allowed_controls)) {
    return allowed_controls.empty() ? "must be one line without control characters"
                                    : "must not hold control characters";
  }
  if (HasFormat(text)) return "must not hold invisible or text-direction characters";
  return "";
}

bool IsCountryCode(std::string_view text) {
  return text.size() == 2 && absl::ascii_isupper(text[0]) && absl::ascii_isupper(text[1]) &&
         kCountries.find(std::string(text) + " ") != std::string_view::npos;
}

bool IsAccountId(std::string_view text) {
  return text.size() >= 3 && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return c == '-' || IsLowerAlphanumeric(c); });
}

bool IsUuid(std::string_view text) {
  if (text.size() != kUuidLength) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !IsLowerHex(text[i])) return false;
  }
  return true;
}

bool IsLanguageTag(std::string_view text) {
  if (text.size() > kMaxLanguageTag) return false;
  const std::vector<std::string> subtags = absl::StrSplit(std::string(text), '-');
  const std::string& language = subtags.front();
  if (language.size() < 2 || language.size() > 3 ||
      !std::all_of(language.begin(), language.end(), absl::ascii_isalpha)) {
    return false;
  }
  return std::all_of(subtags.begin(), subtags.end(), [](const std::string& subtag) {
    return !subtag.empty() && subtag.size() <= 8 &&
           std::all_of(subtag.begin(), subtag.end(), absl::ascii_isalnum);
  });
}

}  // namespace partnerlink::validation
