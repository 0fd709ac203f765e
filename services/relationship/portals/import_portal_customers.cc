// Internal systems say which customers a partner number serves in which portal. Each chunk is one
// transaction; a record whose shape is wrong is rejected by itself. Those of a partner that is
// enrolled are carried out at once, the others when one is.
#include <set>
#include <string>
#include <vector>

#include "common/outbox/mutate.h"
#include "common/status/status.h"
#include "services/relationship/portals/handlers.h"
#include "services/relationship/portals/rules.h"
#include "services/relationship/portals/store.h"

namespace partnerlink::relationship::portals {
namespace {

using v1::ImportPortalCustomersRequest;
using v1::ImportPortalCustomersResponse;

struct Judged {
  std::vector<v1::PortalRecord> taken;
  ImportPortalCustomersResponse response;  // once they are committed
};

Judged Judge(const ImportPortalCustomersRequest& request) {
  Judged judged;
  judged.response.set_committed_position(request.position() + request.records_size());
  for (int i = 0; i < request.records_size(); ++i) {
    const absl::Status status = CheckRecord(request.records(i));
    if (status.ok()) {
      judged.taken.push_back(ToKeep(request.records(i)));
      continue;
    }
    auto& rejected = *judged.response.add_rejected();
    rejected.set_row(request.position() + i);
    *rejected.mutable_status() = ToRpcStatus(status);
  }
  judged.response.set_accepted(static_cast<int32_t>(judged.taken.size()));
  return judged;
}

// One entry for the chunk; each relationship has its own.
outbox::Change ChangeOf(const ImportPortalCustomersResponse& response) {
  outbox::Change change;
  change.account = std::string(kOperators);
  change.resource = "portalRecords";
  change.event = "portal_records.imported";
  change.after = outbox::ToJson(response);
  change.payload = response.SerializeAsString();
  return change;
}

}  // namespace

absl::Status ValidateImportPortalCustomers(const ImportPortalCustomersRequest& request) {
  FieldViolations violations;
  CheckChunk(request, violations);
  return violations.ToStatus();
}

absl::StatusOr<ImportPortalCustomersResponse> ImportPortalCustomers(
    const CallContext& context, const Deps& deps, const ImportPortalCustomersRequest& request) {
  const Judged judged = Judge(request);
  std::set<std::string> numbers;  // in order, so that two imports do not wait for each other
  for (const auto& record : judged.taken) numbers.insert(record.partner_number());
  return outbox::Mutate<ImportPortalCustomersResponse>(
      context, deps.pool, request, {},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<ImportPortalCustomersResponse> {
        for (const std::string& number : numbers) SharePartnerNumber(transaction, number);
        for (const auto& record : judged.taken) Keep(transaction, record);
        StartJobs(transaction, {numbers.begin(), numbers.end()});
        changes.Record(ChangeOf(judged.response));
        return judged.response;
      });
}

}  // namespace partnerlink::relationship::portals
