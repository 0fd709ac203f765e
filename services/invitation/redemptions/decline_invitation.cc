// The refusal: ends the invitation, or of one for several this account's part in it, and tells the
// partner why. The same account again gets the same answer.
#include "common/outbox/mutate.h"
#include "common/postgres/fields.h"
#include "common/request/request.h"
#include "services/invitation/invitations/events.h"
#include "services/invitation/redemptions/handlers.h"
#include "services/invitation/redemptions/opening.h"
#include "services/invitation/redemptions/rules.h"
#include "services/invitation/redemptions/store.h"

namespace partnerlink::invitation::redemptions {
namespace {

v1::DeclineInvitationResponse AnswerFor(const invitations::Row& row, int64_t decline_micros) {
  v1::DeclineInvitationResponse response;
  response.set_invitation(row.invitation.name());
  response.set_state(row.invitation.state());
  *response.mutable_decline_time() = postgres::TimeOfMicros(decline_micros);
  return response;
}

// What the same account was answered before.
std::optional<v1::DeclineInvitationResponse> Repeated(postgres::Transaction& transaction,
                                                      const invitations::Row& row,
                                                      const std::string& account) {
  if (row.invitation.mode() == v1::Invitation::OPEN) {
    const std::optional<int64_t> declined = FindDecline(transaction, row, account);
    return declined ? std::optional(AnswerFor(row, *declined)) : std::nullopt;
  }
  const bool same = row.invitation.state() == v1::Invitation::DECLINED && row.decided_by == account;
  return same ? std::optional(AnswerFor(row, row.decide_micros)) : std::nullopt;
}

// The link stays for the others.
absl::StatusOr<v1::DeclineInvitationResponse> DeclineOpen(postgres::Transaction& transaction,
                                                          outbox::Changes& changes,
                                                          const Principal& principal,
                                                          const invitations::Row& row,
                                                          const std::string& reason) {
  // Who has accepted has nothing left to decline.
  if (FindRedemption(transaction, row, principal.account)) {
    return CheckDeclinable(v1::Invitation::ACCEPTED);
  }
  const int64_t micros = Decline(transaction, row, principal.account, principal.subject, reason);
  changes.Record(
      invitations::ChangeOf("invitation.declined_by_one", &row, &row, principal.account));
  return AnswerFor(row, micros);
}

}  // namespace

absl::Status ValidateDeclineInvitation(const v1::DeclineInvitationRequest& request) {
  FieldViolations violations;
  CheckToken(request.token(), violations);
  request::CheckReason("reason", request.reason(), violations);
  request::CheckRequestId(request.request_id(), violations);
  return violations.ToStatus();
}

absl::StatusOr<v1::DeclineInvitationResponse> DeclineInvitation(
    const CallContext& context, const Deps& deps, const v1::DeclineInvitationRequest& request) {
  return outbox::Mutate<v1::DeclineInvitationResponse>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::DeclineInvitationResponse> {
        PARTNERLINK_ASSIGN_OR_RETURN(const invitations::Row opened,
                                     OpenLink(transaction, deps, request.token()));
        PARTNERLINK_ASSIGN_OR_RETURN(const invitations::Row row, LockOpened(transaction, opened));
        const std::string& account = context.principal.account;
        if (const auto repeated = Repeated(transaction, row, account)) return *repeated;
        PARTNERLINK_RETURN_IF_ERROR(CheckDeclinable(row.invitation.state()));
        PARTNERLINK_RETURN_IF_ERROR(CheckAccount(
            row.invitation, row.partner, row.email_key, context.principal,
            SituationOf(deps, context.principal, FindParties(transaction, row, account), {})));
        if (row.invitation.mode() == v1::Invitation::OPEN) {
          return DeclineOpen(transaction, changes, context.principal, row, request.reason());
        }
        const auto declined = invitations::Decline(transaction, row, account, request.reason());
        // Its time has run out since it was read.
        if (!declined) return CheckDeclinable(v1::Invitation::EXPIRED);
        changes.Record(invitations::ChangeOf("invitation.declined", &row, &*declined));
        return AnswerFor(*declined, declined->decide_micros);
      });
}

}  // namespace partnerlink::invitation::redemptions
