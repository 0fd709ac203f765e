// The SQL of the audit, which all services append to: reading it. Every function runs inside the
// caller's transaction, under its account's row-level security; decides nothing.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/filter/filter.h"
#include "common/paging/newest_first.h"
#include "common/postgres/transact.h"
#include "partnerlink/relationship/v1/audit.pb.h"

namespace partnerlink::relationship::audit {

// The entries of the page, and one more if there is one. `parent` is that of the request.
absl::StatusOr<std::vector<v1::AuditEntry>> List(postgres::Transaction& transaction,
                                                 const paging::NewestFirst& list,
                                                 std::string_view parent);

// The fields that a list can be filtered by.
std::vector<filter::Field> ListFields();

}  // namespace partnerlink::relationship::audit
