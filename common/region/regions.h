// Which countries a relationship may span: partner and customer must be of the same region. The
// deployer's file says which country is of which region.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace partnerlink::region {

// Immutable: any thread may use it.
class Regions {
 public:
  // All countries are of one region.
  Regions() = default;

  // Reads lines of the form `PL EU`: a country (ISO 3166-1 alpha-2, upper case) and its region
  // (letters, digits, hyphens). `#` starts a comment; empty lines are skipped. The countries that
  // the file does not name are together a region of their own. NOT_FOUND if the file cannot be
  // read; INVALID_ARGUMENT, naming the line, if one has another form or a country is there twice.
  static absl::StatusOr<Regions> FromFile(const std::string& path);

  // Whether both countries are of the same region. An unknown (empty) country is of every region.
  bool Same(std::string_view a, std::string_view b) const;

 private:
  std::string_view Of(std::string_view country) const;

  std::map<std::string, std::string, std::less<>> region_of_country_;
};

}  // namespace partnerlink::region
