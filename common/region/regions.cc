#include "common/region/regions.h"

#include <algorithm>
#include <fstream>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/validation/text.h"

namespace partnerlink::region {
namespace {

bool IsRegion(const std::string& word) {
  return std::all_of(word.begin(), word.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-';
  });
}

absl::Status Wrong(const std::string& path, int line_number, const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat(path, ", line ", line_number, ": ", what));
}

}  // namespace

absl::StatusOr<Regions> Regions::FromFile(const std::string& path) {
  std::ifstream file(path);
  Regions regions;
  int line_number = 0;
  for (std::string line; std::getline(file, line);) {
    ++line_number;
    const std::vector<std::string> words =
        absl::StrSplit(line.substr(0, line.find('#')), absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
    if (words.empty()) continue;
    if (words.size() != 2 || !validation::IsCountryCode(words[0]) || !IsRegion(words[1])) {
      return Wrong(path, line_number, "is not a country and its region, such as `PL EU`");
    }
    if (!regions.region_of_country_.emplace(words[0], words[1]).second) {
      return Wrong(path, line_number, absl::StrCat(words[0], " is there twice"));
    }
  }
  if (!file.eof()) return absl::NotFoundError(absl::StrCat(path, " cannot be read"));
  return regions;
}

bool Regions::Same(std::string_view a, std::string_view b) const {
  return a.empty() || b.empty() || Of(a) == Of(b);
}

std::string_view Regions::Of(std::string_view country) const {
  const auto found = region_of_country_.find(country);
  return found == region_of_country_.end() ? std::string_view() : found->second;
}

}  // namespace partnerlink::region
