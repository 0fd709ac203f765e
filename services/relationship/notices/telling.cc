#include "services/relationship/notices/telling.h"

#include <optional>
#include <string>

#include "common/outbox/sweep.h"
#include "common/validation/email_address.h"
#include "services/relationship/notices/rules.h"
#include "services/relationship/notices/store.h"
#include "services/relationship/partners/store.h"

namespace partnerlink::relationship::notices {
namespace {

constexpr char kInvitation[] = "invitation";
constexpr char kUnknownAddress[] = "no mail address of the customer's contact is known";

// How a notice ended, as its row keeps it.
constexpr char kDone[] = "DONE";
constexpr char kNoAddress[] = "NO_ADDRESS";

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

// How the notice has ended, with the event that says so.
const char* Tell(outbox::Changes& changes, const Notice& notice, const v1::Partner& partner,
                 const Contact& contact) {
  const std::optional<std::string> recipient =
      validation::NormaliseEmailAddress(contact.email_address);
  const Events events = EventsOf(notice.kind);
  outbox::Change change;
  change.account = notice.partner;
  change.resource = notice.resource;
  if (!recipient) {
    change.event = std::string(events.skipped);
    change.cause = kUnknownAddress;
    changes.Record(change);
    return kNoAddress;
  }
  change.event = std::string(events.requested);
  change.target = kInvitation;
  change.payload =
      RequestOf(notice, partner, contact, *recipient, changes.Root()).SerializeAsString();
  changes.Record(change);
  return kDone;
}

absl::StatusOr<size_t> TellOne(postgres::Transaction& transaction) {
  const std::optional<Notice> notice = Take(transaction);
  if (!notice) return 0;
  const std::optional<v1::Partner> partner = partners::Find(transaction, notice->partner);
  if (!partner) return absl::InternalError("a notice of a partner that is not there");
  const std::optional<Contact> contact = FindContact(transaction, notice->customer);
  if (!contact) {
    Postpone(transaction, *notice);
    return 1;
  }
  outbox::Changes changes(transaction,
                          outbox::Worker("relationship", "sweep/notices", notice->partner));
  Close(transaction, *notice, Tell(changes, *notice, *partner, *contact));
  return 1;
}

}  // namespace

absl::Status SweepNotices(postgres::Pool& work_pool) {
  return outbox::Sweep(work_pool, 1, TellOne);
}

}  // namespace partnerlink::relationship::notices
