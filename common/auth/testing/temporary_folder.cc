#include "common/auth/testing/temporary_folder.h"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace partnerlink::auth::testing {

TemporaryFolder::TemporaryFolder() {
  std::string name = std::filesystem::temp_directory_path() / "partnerlink-auth-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::Write(std::string_view name, std::string_view text) const {
  const std::string path = PathOf(name);
  const std::string next = path + ".next";
  std::ofstream(next, std::ios::binary) << text;
  std::filesystem::rename(next, path);
  return path;
}

}  // namespace partnerlink::auth::testing
