// The customer gives what was asked for, or less: the grant is in force from now on, and what it
// renews ends at the same moment. Only while the partner may act and has a relationship with the
// customer, and both stay so until the approval is there.
#include "common/access/store.h"
#include "common/outbox/mutate.h"
#include "services/relationship/grants/change.h"
#include "services/relationship/grants/events.h"
#include "services/relationship/grants/handlers.h"

namespace partnerlink::relationship::grants {
namespace {

// Keeps the relationship that the approval rests on, if there is one. What was found without its
// lock is looked for once more behind it.
std::optional<v1::Relationship> HoldForApproval(postgres::Transaction& transaction,
                                                const v1::Grant& grant) {
  std::string held;
  while (true) {
    std::optional<v1::Relationship> found =
        FindRelationship(transaction, grant.partner(), grant.customer());
    if (!found || found->name() == held) return found;
    partnerlink::access::ShareEdge(transaction, found->name());
    held = found->name();
  }
}

// Ends the grant that `renewal` has taken over from, unless it is over.
void EndRenewed(postgres::Transaction& transaction, outbox::Changes& changes, const Row& renewal,
                const Row& renewed) {
  const std::optional<Row> ended = EndAtStartOf(transaction, renewal, renewed, kRenewed);
  if (ended) Record(changes, EventOf(Action::kTerminate), &renewed, &*ended, kRenewed);
}

// The grant that `grant` takes over from, locked behind it; none if there is none.
absl::StatusOr<std::optional<Row>> OpenRenewed(postgres::Transaction& transaction,
                                               const Principal& caller, const v1::Grant& grant) {
  if (grant.renews().empty()) return std::nullopt;
  PARTNERLINK_ASSIGN_OR_RETURN(const Row seen, Look(transaction, caller, grant.renews()));
  LockRow(transaction, seen.grant.partner(), seen.id);
  PARTNERLINK_ASSIGN_OR_RETURN(Row row, Look(transaction, caller, grant.renews()));
  return row;
}

}  // namespace

absl::Status ValidateApproveGrant(const v1::ApproveGrantRequest& request) {
  FieldViolations violations;
  CheckApproval(request, violations);
  return CheckNamed(request.name(), request.request_id(), std::move(violations));
}

absl::StatusOr<v1::Grant> ApproveGrant(const CallContext& context, const Deps& deps,
                                       const v1::ApproveGrantRequest& request) {
  return outbox::Mutate<v1::Grant>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Grant> {
        // Locks in one order everywhere: the partner's standing, edge, grant.
        PARTNERLINK_ASSIGN_OR_RETURN(const Row seen,
                                     Look(transaction, context.principal, request.name()));
        KeepActing(transaction, seen.grant.partner());
        const auto relationship = HoldForApproval(transaction, seen.grant);
        PARTNERLINK_ASSIGN_OR_RETURN(const Row before,
                                     OpenForChange(transaction, context.principal, request.name(),
                                                   request.etag(), Action::kApprove));
        PARTNERLINK_RETURN_IF_ERROR(CheckRelationship(relationship));
        Row given = before;
        PARTNERLINK_ASSIGN_OR_RETURN(given.grant, Approved(before.grant, request));
        PARTNERLINK_ASSIGN_OR_RETURN(const std::optional<Row> renewed,
                                     OpenRenewed(transaction, context.principal, before.grant));
        PARTNERLINK_ASSIGN_OR_RETURN(
            Row after, Written(transaction, before, Action::kApprove, Approve(transaction, given)));
        Record(changes, EventOf(Action::kApprove), &before, &after);
        if (renewed) EndRenewed(transaction, changes, after, *renewed);
        return std::move(after.grant);
      });
}

}  // namespace partnerlink::relationship::grants
