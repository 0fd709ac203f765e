// What suspending, resuming and ending a partnership share.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "google/protobuf/message.h"
#include "partnerlink/relationship/v1/relationship.pb.h"
#include "services/relationship/deps.h"
#include "services/relationship/partnerships/rules.h"

namespace partnerlink::relationship::partnerships {

// What such a request says.
struct Change {
  template <typename Request>
  explicit Change(const Request& asked)
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

// FIELD_INVALID with every violation.
absl::Status CheckChange(const Change& change);

// In this order: RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_TRANSITION. Waits for the transactions
// that rest on the partnership: nothing that needs it to be ACTIVE comes after the answer.
absl::StatusOr<v1::Partnership> ChangeState(const CallContext& context, const Deps& deps,
                                            const Change& change, Action action);

}  // namespace partnerlink::relationship::partnerships
