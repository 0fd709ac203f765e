#include "common/validation/email_address.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "common/validation/domain.h"

namespace partnerlink::validation {
namespace {

constexpr size_t kMaxLocalPart = 64;
constexpr size_t kMaxAddress = 254;
constexpr std::string_view kAtomMarks = "!#$%&'*+-/=?^_`{|}~";  // RFC 5322, atext

bool IsAtom(std::string_view atom) {
  return !atom.empty() && std::all_of(atom.begin(), atom.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           kAtomMarks.find(c) != std::string_view::npos;
  });
}

bool IsDotAtom(const std::string& text) {
  const std::vector<std::string> atoms = absl::StrSplit(text, '.');
  return std::all_of(atoms.begin(), atoms.end(), IsAtom);
}

}  // namespace

std::optional<std::string> NormaliseEmailAddress(std::string_view text) {
  const size_t at = text.find('@');
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view local = text.substr(0, at);
  if (local.size() > kMaxLocalPart || !IsDotAtom(std::string(local))) return std::nullopt;
  const auto domain = NormaliseDomain(text.substr(at + 1));
  if (!domain) return std::nullopt;
  std::string address = std::string(local) + "@" + *domain;
  if (address.size() > kMaxAddress) return std::nullopt;
  return address;
}

}  // namespace partnerlink::validation
