// What suspending a partner and resuming it share.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "google/protobuf/message.h"
#include "partnerlink/relationship/v1/relationship.pb.h"
#include "services/relationship/deps.h"
#include "services/relationship/partners/rules.h"

namespace partnerlink::relationship::partners {

// What such a request says.
struct StandingChange {
  template <typename Request>
  explicit StandingChange(const Request& asked)
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
absl::Status CheckStandingChange(const StandingChange& change);

// In this order: RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_TRANSITION. Waits for the transactions of
// the partner that are writing: nothing of a suspended one comes after the answer.
absl::StatusOr<v1::Partner> ChangeStanding(const CallContext& context, const Deps& deps,
                                           const StandingChange& change, Action action);

}  // namespace partnerlink::relationship::partners
