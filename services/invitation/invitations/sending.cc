#include "services/invitation/invitations/sending.h"

#include "services/invitation/invitations/events.h"
#include "services/invitation/invitations/rules.h"
#include "services/invitation/mail/rules.h"
#include "services/invitation/mail/store.h"

namespace partnerlink::invitation::invitations {

absl::StatusOr<Row> QueueMail(postgres::Transaction& transaction, outbox::Changes& changes,
                              const Deps& deps, const Row& row) {
  using Delivery = v1::Invitation::Delivery;
  PARTNERLINK_RETURN_IF_ERROR(CheckAction(Action::kSend, row.invitation.state()));
  PARTNERLINK_RETURN_IF_ERROR(mail::CheckRecipient(row.invitation));
  PARTNERLINK_RETURN_IF_ERROR(mail::CheckSendsMail(deps.sends_mail));
  const Delivery::State before = row.invitation.delivery().state();
  if (before == Delivery::QUEUED) return row;

  const mail::Standing standing = mail::FindStanding(transaction, row.email_key);
  if (standing.is_suppressed && before == Delivery::SUPPRESSED) return row;
  if (!standing.is_suppressed) {
    PARTNERLINK_RETURN_IF_ERROR(mail::CheckDailyMails(standing.recent, standing.until_room));
  }
  mail::Insert(transaction,
               {.partner = row.partner,
                .invitation = row.id,
                .id = "",
                .address_key = row.email_key,
                .generation = row.invitation.generation()},
               standing.is_suppressed);
  std::optional<Row> after = ShowDelivery(transaction, row.partner, row.id);
  if (!after) return absl::InternalError("a locked invitation has gone");
  changes.Record(
      ChangeOf(standing.is_suppressed ? "invitation.mail_suppressed" : "invitation.mail_queued",
               &row, &*after));
  return *std::move(after);
}

}  // namespace partnerlink::invitation::invitations
