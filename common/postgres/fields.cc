#include "common/postgres/fields.h"

#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace partnerlink::postgres {

google::protobuf::Timestamp TimeOfMicros(int64_t micros) {
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(micros / 1000000);
  timestamp.set_nanos(static_cast<int32_t>(micros % 1000000 * 1000));
  return timestamp;
}

std::string Etag(int64_t revision) { return absl::StrCat("r", revision); }

absl::Status CheckEtag(std::string_view etag, int64_t revision) {
  if (etag.empty() || etag == Etag(revision)) return absl::OkStatus();
  return EtagMismatch();
}

}  // namespace partnerlink::postgres
