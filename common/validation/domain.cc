#include "common/validation/domain.h"

#include <idn2.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "common/validation/text.h"

namespace partnerlink::validation {
namespace {

// More than any domain of 253 ASCII characters needs; bounds the work of the mapping.
constexpr size_t kMaxInputBytes = 1024;
constexpr size_t kMaxDomain = 253;
constexpr size_t kMaxLabel = 63;

bool IsLabel(std::string_view label) {
  return !label.empty() && label.size() <= kMaxLabel && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
         });
}

}  // namespace

std::optional<std::string> NormaliseDomain(std::string_view text) {
  if (text.empty() || text.size() > kMaxInputBytes) return std::nullopt;
  // libidn2 reads up to the first NUL, and drops what UTS 46 calls ignorable.
  if (!IsValidUtf8(text) || HasControl(text) || HasFormat(text)) return std::nullopt;
  char* output = nullptr;
  // Without IDN2_USE_STD3_ASCII_RULES: 2.3.3 removes such characters instead of refusing them.
  const int result =
      idn2_to_ascii_8z(std::string(text).c_str(), &output, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  const std::unique_ptr<char, decltype(&idn2_free)> owner(output, idn2_free);
  if (result != IDN2_OK) return std::nullopt;

  const std::string domain(output);
  const std::vector<std::string> labels = absl::StrSplit(domain, '.');
  if (domain.size() > kMaxDomain || labels.size() < 2) return std::nullopt;
  if (!std::all_of(labels.begin(), labels.end(), IsLabel)) return std::nullopt;
  if (std::all_of(labels.back().begin(), labels.back().end(), absl::ascii_isdigit)) {
    return std::nullopt;
  }
  return domain;
}

}  // namespace partnerlink::validation
