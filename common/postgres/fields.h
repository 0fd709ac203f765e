// What every store writes into a message: times, and etags from a row's revision.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/timestamp.pb.h"
#include "pqxx/pqxx"

namespace partnerlink::postgres {

// SQL that prints a timestamptz so that SetTime reads it: microseconds since 1970, or null.
#define PARTNERLINK_MICROS(column) "(extract(epoch FROM " column ") * 1000000)::bigint"

// Writes the time of a PARTNERLINK_MICROS column; leaves the message's field unset for null.
template <typename Mutable>
void SetTime(const pqxx::field& micros, Mutable mutable_timestamp) {
  if (micros.is_null()) return;
  const auto value = micros.as<int64_t>();
  google::protobuf::Timestamp* timestamp = mutable_timestamp();
  timestamp->set_seconds(value / 1000000);
  timestamp->set_nanos(static_cast<int32_t>(value % 1000000 * 1000));
}

// The etag of a row in this revision.
std::string Etag(int64_t revision);

// OK if the caller gave no etag or this revision's.
absl::Status CheckEtag(std::string_view etag, int64_t revision);

}  // namespace partnerlink::postgres
