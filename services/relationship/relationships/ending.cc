#include "services/relationship/relationships/ending.h"

#include <utility>

#include "common/postgres/fields.h"
#include "common/request/request.h"
#include "common/status/status.h"
#include "services/relationship/grants/termination.h"
#include "services/relationship/relationships/rules.h"

namespace partnerlink::relationship::relationships {
namespace {

constexpr char kCustomerEnded[] = "customer_ended";

}  // namespace

absl::Status CheckEndChange(const request::AskedChange& change) {
  FieldViolations violations;
  if (!ParseName(change.name)) violations.Add("name", kNameProblem);
  request::CheckReason("reason", change.reason, violations);
  request::CheckRequestId(change.request_id, violations);
  return violations.ToStatus();
}

absl::StatusOr<Row> LockAsCustomer(postgres::Transaction& transaction, const Principal& caller,
                                   const request::AskedChange& change) {
  const std::string id = *ParseName(change.name);
  std::optional<Row> row = Find(transaction, id);
  if (!row) return NotFound();
  PARTNERLINK_RETURN_IF_ERROR(CheckEnder(caller, row->relationship));
  row = Lock(transaction, id);
  if (!row) return NotFound();
  PARTNERLINK_RETURN_IF_ERROR(postgres::CheckEtag(change.etag, row->revision));
  return *std::move(row);
}

void EndGrantsWith(postgres::Transaction& transaction, outbox::Changes& changes, const Row& ended) {
  if (!ended.relationship.revoke_grants()) return;
  grants::TerminateAllOf(transaction, changes, ended.relationship.partner(),
                         ended.relationship.customer(), kCustomerEnded);
}

}  // namespace partnerlink::relationship::relationships
