// What every store writes into a message: times, enums, and etags from a row's revision.
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

// The SQL the other way round.
#define PARTNERLINK_TIME_OF_MICROS(number) \
  "(timestamptz 'epoch' + " number " * interval '1 microsecond')"

google::protobuf::Timestamp TimeOfMicros(int64_t micros);

// Writes the time of a PARTNERLINK_MICROS column; leaves the message's field unset for null.
template <typename Mutable>
void SetTime(const pqxx::field& micros, Mutable mutable_timestamp) {
  if (micros.is_null()) return;
  *mutable_timestamp() = TimeOfMicros(micros.as<int64_t>());
}

// The value of an enum by its name; its zero for what is none.
template <typename Enum>
Enum ParseEnum(const std::string& name, bool (*parse)(google::protobuf::ConstStringParam, Enum*)) {
  Enum value{};
  parse(name, &value);
  return value;
}
template <typename Enum>
Enum ParseEnum(const pqxx::field& name, bool (*parse)(google::protobuf::ConstStringParam, Enum*)) {
  return ParseEnum(name.as<std::string>(), parse);
}

// The etag of a row in this revision.
std::string Etag(int64_t revision);

// OK if the caller gave no etag or this revision's.
absl::Status CheckEtag(std::string_view etag, int64_t revision);

}  // namespace partnerlink::postgres
