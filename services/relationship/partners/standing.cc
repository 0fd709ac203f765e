#include "services/relationship/partners/standing.h"

#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "common/status/status.h"
#include "services/relationship/partners/store.h"

namespace partnerlink::relationship::partners {

absl::Status CheckStandingChange(const request::AskedChange& change) {
  FieldViolations violations;
  if (!request::IsAccountName(change.name, "partners")) {
    violations.Add("name", "is not of the form partners/{id}");
  }
  request::CheckReason("reason", change.reason, violations);
  request::CheckRequestId(change.request_id, violations);
  return violations.ToStatus();
}

absl::StatusOr<v1::Partner> ChangeStanding(const CallContext& context, const Deps& deps,
                                           const request::AskedChange& change, Action action) {
  return outbox::Mutate<v1::Partner>(
      context, deps.pool, change.request, {change.request_id},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Partner> {
        LockStanding(transaction, change.name);
        const std::optional<v1::Partner> before = FindForUpdate(transaction, change.name);
        if (!before) return NotFound();
        if (!change.etag.empty() && change.etag != before->etag()) return EtagMismatch();
        PARTNERLINK_RETURN_IF_ERROR(CheckAction(action, before->state()));
        std::optional<v1::Partner> after =
            SetState(transaction, *before, *After(action, before->state()));
        if (!after) return absl::InternalError("a locked partner has changed its state");
        outbox::Change record = ChangeOf(EventOf(action), &*before, *after);
        record.cause = change.reason;
        changes.Record(record);
        return *std::move(after);
      });
}

}  // namespace partnerlink::relationship::partners
