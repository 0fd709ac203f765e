// Which calls the audit keeps though they changed nothing. Each change has an entry of its own,
// written with it; beside them are kept
// - every mutation that was refused by reach, role, row or rule, on the account of who asked;
// - every call of an operator that asks for its reason, refused or a read: on the account it named,
//   on those that the answer's resource names, or where there is none on `operators`.
// Not kept: calls without a token, calls whose shape is wrong or that came too often (nothing was
// asked of a row), and those that failed rather than were refused.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "common/auth/access.h"
#include "common/context/call_context.h"
#include "common/outbox/call_entry.h"
#include "common/rpc/rate_limit.h"
#include "google/protobuf/message.h"

namespace partnerlink::rpc {

// The entries of a call of sound shape that is about to get this answer. `response` is null where
// `status` is not OK.
std::vector<outbox::CallEntry> EntriesOf(const auth::AccessPolicy& access, MethodClass method_class,
                                         const CallContext& context,
                                         const google::protobuf::Message& request,
                                         const absl::Status& status,
                                         const google::protobuf::Message* response);

}  // namespace partnerlink::rpc
