// Update masks, the same for every update. Pure functions.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/message.h"

namespace partnerlink::request {

// What an update writes. `mask` names fields of `resource`, or fields within one, of which the
// first part is in `writable`. An empty mask means those of `writable` that `resource` has; `*` all
// of them. FIELD_INVALID, naming each path that cannot be written; into a value of google.protobuf,
// such as a duration, none can. So where there is neither a mask nor such a field.
absl::StatusOr<google::protobuf::FieldMask> WritablePaths(
    const google::protobuf::FieldMask& mask, const google::protobuf::Message& resource,
    absl::Span<const std::string_view> writable);

// Writes these fields of `source` into `target`, of the same type: messages, lists and maps are
// replaced as a whole, and what `source` leaves empty is emptied.
void WritePaths(const google::protobuf::FieldMask& paths, const google::protobuf::Message& source,
                google::protobuf::Message& target);

}  // namespace partnerlink::request
