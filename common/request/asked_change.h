// A change of a resource's state that is asked for by its name, with a reason: what such requests
// have in common.
#pragma once

#include <string>

#include "google/protobuf/message.h"

namespace partnerlink::request {

// Views of the request.
struct AskedChange {
  template <typename Request>
  AskedChange(const Request& asked)  // NOLINT: any such request is one
      : request(asked),
        name(asked.name()),
        reason(asked.reason()),
        etag(asked.etag()),
        request_id(asked.request_id()) {}

  const google::protobuf::Message& request;
  const std::string& name;
  const std::string& reason;
  const std::string& etag;
  const std::string& request_id;
};

}  // namespace partnerlink::request
