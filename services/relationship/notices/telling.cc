#include "services/relationship/notices/telling.h"

#include <optional>
#include <string>

#include "absl/time/clock.h"
#include "common/outbox/change.h"
#include "common/postgres/transact.h"
#include "common/status/status.h"
#include "common/validation/email_address.h"
#include "services/relationship/notices/rules.h"
#include "services/relationship/notices/store.h"
#include "services/relationship/partners/store.h"

namespace partnerlink::relationship::notices {
namespace {

constexpr char kInvitation[] = "invitation";
constexpr char kUnknownAddress[] = "the customer's contact has no mail address";

// How a notice ended, as its row keeps it.
constexpr char kDone[] = "DONE";
constexpr char kNoAddress[] = "NO_ADDRESS";

outbox::Actor Worker(const Notice& notice) {
  outbox::Actor actor;
  actor.service = "relationship";
  actor.method = "sweep/notices";
  actor.subject = "relationship";
  actor.on_behalf_of = notice.partner;
  return actor;
}

invitation::v1::QueueNoticeRequest RequestOf(const Notice& notice, const v1::Partner& partner,
                                             const Contact& contact, const std::string& recipient,
                                             const std::string& root) {
  invitation::v1::QueueNoticeRequest request;
  request.set_notice_id(notice.id);
  request.set_kind(notice.kind);
  request.set_resource(notice.resource);
  request.set_partner(notice.partner);
  request.set_customer(notice.customer);
  request.set_recipient(recipient);
  request.set_locale(NoticeLocale(contact.country));
  request.set_partner_display_name(partner.display_name());
  request.set_customer_display_name(contact.display_name);
  request.set_root_event(root);
  return request;
}

const char* Tell(postgres::Transaction& transaction, outbox::Changes& changes,
                 const Notice& notice) {
  const std::optional<v1::Partner> partner = partners::Find(transaction, notice.partner);
  const std::optional<Contact> contact = FindContact(transaction, notice.customer);
  const std::optional<std::string> recipient =
      contact ? validation::NormaliseEmailAddress(contact->email_address) : std::nullopt;
  const Events events = EventsOf(notice.kind);
  outbox::Change change;
  change.account = notice.partner;
  change.resource = notice.resource;
  if (partner && recipient) {
    change.event = std::string(events.told);
    change.target = kInvitation;
    change.payload =
        RequestOf(notice, *partner, *contact, *recipient, changes.Root()).SerializeAsString();
  } else {
    change.event = std::string(events.not_told);
    change.cause = kUnknownAddress;
  }
  changes.Record(change);
  return change.target.empty() ? kNoAddress : kDone;
}

// Whether there was one.
absl::StatusOr<bool> TellOne(postgres::Transaction& transaction) {
  const std::optional<Notice> notice = Take(transaction);
  if (!notice) return false;
  outbox::Changes changes(transaction, Worker(*notice));
  Close(transaction, *notice, Tell(transaction, changes, *notice));
  return true;
}

}  // namespace

absl::Status SweepNotices(postgres::Pool& work_pool) {
  while (true) {
    PARTNERLINK_ASSIGN_OR_RETURN(
        const bool done,
        postgres::Transact<bool>(work_pool, {"", absl::Now() + absl::Seconds(10)}, TellOne));
    if (!done) return absl::OkStatus();
  }
}

}  // namespace partnerlink::relationship::notices
