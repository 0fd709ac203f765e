#include "services/invitation/invitations/provider_part.h"

#include <utility>

#include "common/postgres/fields.h"
#include "common/request/request.h"
#include "services/invitation/invitations/events.h"

namespace partnerlink::invitation::invitations {
namespace {

// The invitation that its provider decides on: RESOURCE_NOT_FOUND, ETAG_MISMATCH. Not locked: what
// the provider may not change it cannot lock; Approve and Refuse lock what they may, and guard by
// the revision.
absl::StatusOr<Row> OpenForProvider(postgres::Transaction& transaction, const Principal& principal,
                                    const std::string& name, const std::string& etag) {
  const auto parts = request::ParseChildName(name, "partners", "invitations");
  std::optional<Row> row = Find(transaction, parts->account, parts->id, Lock::kNone);
  if (!row) return NotFound();
  PARTNERLINK_RETURN_IF_ERROR(CheckProvider(principal, row->invitation));
  PARTNERLINK_RETURN_IF_ERROR(postgres::CheckEtag(etag, row->revision));
  return *std::move(row);
}

// Why Approve or Refuse has missed: STATE_TRANSITION, or CONFLICT with another change.
absl::Status MissedByProvider(postgres::Transaction& transaction, Action action, const Row& row) {
  const std::optional<Row> now = Find(transaction, row.partner, row.id, Lock::kNone);
  if (!now) return NotFound();
  PARTNERLINK_RETURN_IF_ERROR(CheckAction(action, now->invitation.state()));
  return Refusal(common::v1::CONFLICT, "The invitation has just been changed: try again.");
}

v1::Invitation AsProviderSees(const Row& row) {
  v1::Invitation invitation = row.invitation;
  MaskEmailAddress(invitation);
  return invitation;
}

}  // namespace

absl::StatusOr<v1::Invitation> DecideProviderPart(
    postgres::Transaction& transaction, outbox::Changes& changes, const Principal& principal,
    const std::string& name, const std::string& etag, const ProviderDecision& decision,
    const std::function<absl::StatusOr<std::optional<Row>>(const Row& before)>& decide) {
  PARTNERLINK_ASSIGN_OR_RETURN(const Row before,
                               OpenForProvider(transaction, principal, name, etag));
  PARTNERLINK_RETURN_IF_ERROR(CheckAction(decision.action, before.invitation.state()));
  PARTNERLINK_ASSIGN_OR_RETURN(const std::optional<Row> after, decide(before));
  if (!after) return MissedByProvider(transaction, decision.action, before);
  changes.Record(ChangeOf(decision.event, &before, &*after, decision.cause));
  return AsProviderSees(*after);
}

}  // namespace partnerlink::invitation::invitations
