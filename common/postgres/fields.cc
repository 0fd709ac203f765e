#include "common/postgres/fields.h"

#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace partnerlink::postgres {

std::string Etag(int64_t revision) { return absl::StrCat("r", revision); }

absl::Status CheckEtag(std::string_view etag, int64_t revision) {
  if (etag.empty() || etag == Etag(revision)) return absl::OkStatus();
  return EtagMismatch();
}

}  // namespace partnerlink::postgres
