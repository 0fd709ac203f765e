#include "services/invitation/invitations/issuing.h"

#include "common/postgres/fields.h"
#include "common/request/request.h"
#include "services/invitation/invitations/expiry.h"
#include "services/invitation/invitations/wording.h"
#include "services/invitation/link/token.h"
#include "services/invitation/message/default_text.h"

namespace partnerlink::invitation::invitations {
namespace {

absl::Status CheckDailyQuota(postgres::Transaction& transaction, const Deps& deps,
                             const std::string& partner) {
  const int64_t issued = CountIssuedToday(transaction, partner);
  const int64_t too_many = issued - deps.daily_issues + 1;
  return CheckQuota(
      partner, issued, deps.daily_issues,
      too_many > 0 ? TimeUntilForgotten(transaction, partner, too_many) : absl::ZeroDuration());
}

}  // namespace

absl::StatusOr<std::optional<parties::Provider>> CheckMayInvite(
    postgres::Transaction& transaction, const Deps& deps,
    const std::optional<parties::Partner>& partner, const Row& row) {
  const v1::Invitation& invitation = row.invitation;
  std::optional<parties::Provider> provider;
  if (invitation.kind() == v1::Invitation::CUSTOMER_WITH_PROVIDER) {
    // Without the lock one that is written beside the partnership's end would stay open behind it.
    parties::SharePartnership(transaction, invitation.provider(), row.partner);
    provider = parties::FindProvider(transaction, row.invitation.provider(), row.partner);
  }
  Standing standing;
  if (partner) {
    standing.partner_is_active = partner->active;
    standing.partner_is_reseller = partner->is_reseller;
    standing.partner_is_provider = partner->is_provider;
    standing.same_region =
        deps.regions.Same(partner->country, invitation.customer_hint().country()) &&
        (!provider || deps.regions.Same(partner->country, provider->partner.country));
  }
  if (provider) {
    standing.provider_is_active = provider->partner.active;
    standing.partnership = provider->partnership;
    standing.partnership_is_active = provider->partnership_is_active;
  }
  PARTNERLINK_RETURN_IF_ERROR(CheckInviter(standing, row.partner, invitation));
  return provider;
}

absl::Status MakeLink(const link::Keys& keys, int32_t generation, Row& row) {
  row.key_id = keys.current();
  row.invitation.set_generation(generation);
  PARTNERLINK_ASSIGN_OR_RETURN(const link::Token token,
                               keys.Derive(row.key_id, row.salt, row.id, generation,
                                           static_cast<uint8_t>(row.invitation.kind())));
  PARTNERLINK_ASSIGN_OR_RETURN(row.secret_hash, keys.StoredHash(row.key_id, token));
  return absl::OkStatus();
}

void WriteDefaultTexts(const Deps& deps, const parties::Partner& partner,
                       const std::optional<parties::Provider>& provider, Row& row) {
  v1::Invitation& invitation = row.invitation;
  if (!invitation.subject().empty() && !invitation.body_text().empty()) return;
  const message::Draft draft = DraftOf(row, partner, provider, !deps.sign_up_url.empty());
  if (invitation.subject().empty()) invitation.set_subject(message::DefaultSubject(draft));
  if (invitation.body_text().empty()) invitation.set_body_text(message::DefaultBody(draft));
}

void RenewDefaultTexts(const Deps& deps, const parties::Partner& partner,
                       const std::optional<parties::Provider>& provider, const Row& before,
                       Row& row) {
  Row ours = before;
  ours.invitation.clear_subject();
  ours.invitation.clear_body_text();
  WriteDefaultTexts(deps, partner, provider, ours);
  const auto is_ours = [&](const std::string& (v1::Invitation::*text)() const) {
    return (row.invitation.*text)() == (before.invitation.*text)() &&
           (before.invitation.*text)() == (ours.invitation.*text)();
  };
  if (is_ours(&v1::Invitation::subject)) row.invitation.clear_subject();
  if (is_ours(&v1::Invitation::body_text)) row.invitation.clear_body_text();
  WriteDefaultTexts(deps, partner, provider, row);
}

void ChangeTtl(const Deps& deps, const parties::Partner& partner,
               const std::optional<parties::Provider>& provider,
               const google::protobuf::Duration& ttl, Row& row) {
  const Row before = row;
  *row.invitation.mutable_ttl() = ttl;
  RenewDefaultTexts(deps, partner, provider, before, row);
}

absl::StatusOr<Row> IssueDraft(postgres::Transaction& transaction, outbox::Changes& changes,
                               const Deps& deps, const Ground& ground, const Row& draft) {
  PARTNERLINK_RETURN_IF_ERROR(CheckAction(Action::kIssue, draft.invitation.state()));
  PARTNERLINK_RETURN_IF_ERROR(CheckTtl(draft.invitation, deps.min_ttl));
  PARTNERLINK_ASSIGN_OR_RETURN(const std::optional<parties::Provider> provider,
                               CheckMayInvite(transaction, deps, ground.partner, draft));
  PARTNERLINK_RETURN_IF_ERROR(CheckNoEqual(ground.open_equal));
  if (ground.is_some_due) RecordExpiredInTheWay(transaction, changes.actor(), draft);
  PARTNERLINK_RETURN_IF_ERROR(CheckDailyQuota(transaction, deps, draft.partner));
  const Action action =
      provider && provider->wants_to_confirm ? Action::kAskProvider : Action::kIssue;
  std::optional<Row> issued =
      Issue(transaction, draft, *After(action, v1::Invitation::DRAFT), ground.agreement_version);
  if (!issued) return absl::InternalError("a locked draft was not issued");
  changes.Record(ChangeOf("invitation.issued", &draft, &*issued));
  return *std::move(issued);
}

absl::StatusOr<Row> OpenForChange(postgres::Transaction& transaction, const std::string& name,
                                  const std::string& etag) {
  const auto parts = request::ParseChildName(name, "partners", "invitations");
  std::optional<Row> row = Find(transaction, parts->account, parts->id, Lock::kForUpdate);
  if (!row) return NotFound();
  PARTNERLINK_RETURN_IF_ERROR(postgres::CheckEtag(etag, row->revision));
  return *std::move(row);
}

}  // namespace partnerlink::invitation::invitations
