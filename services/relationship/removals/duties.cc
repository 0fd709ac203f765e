#include "services/relationship/removals/duties.h"

#include "absl/time/clock.h"
#include "common/outbox/change.h"
#include "common/status/status.h"
#include "common/validation/email_address.h"
#include "partnerlink/invitation/v1/invitation_service.pb.h"
#include "services/relationship/grants/termination.h"
#include "services/relationship/partners/store.h"
#include "services/relationship/relationships/rules.h"
#include "services/relationship/relationships/store.h"
#include "services/relationship/removals/store.h"

namespace partnerlink::relationship::removals {
namespace {

constexpr char kRemoval[] = "removal";
constexpr char kInvitation[] = "invitation";

constexpr char kNoNoticeEvent[] = "relationship.removal_not_notified";
constexpr char kUnknownAddress[] = "the customer's contact has no mail address";

// How a duty was done, as its row keeps it.
constexpr char kDone[] = "DONE";
constexpr char kStillRelated[] = "STILL_RELATED";
constexpr char kNoAddress[] = "NO_ADDRESS";

outbox::Actor Worker(const Duty& duty) {
  outbox::Actor actor;
  actor.service = "relationship";
  actor.method = "sweep/removals";
  actor.subject = "relationship";
  actor.on_behalf_of = duty.partner;
  return actor;
}

// Who establishes relationships of the customer holds its lock, too: none comes beside it, nor a
// grant with one.
const char* RevokeGrants(postgres::Transaction& transaction, outbox::Changes& changes,
                         const Duty& duty) {
  relationships::LockCustomer(transaction, duty.customer);
  if (relationships::HasLive(transaction, duty.partner, duty.customer)) return kStillRelated;
  grants::TerminateAllOf(transaction, changes, duty.partner, duty.customer, kRemoval);
  return kDone;
}

invitation::v1::QueueNoticeRequest NoticeOf(const Duty& duty, const v1::Partner& partner,
                                            const Contact& contact, const std::string& recipient,
                                            const std::string& root) {
  invitation::v1::QueueNoticeRequest notice;
  notice.set_notice_id(duty.relationship);  // a removal has one notice
  notice.set_kind(invitation::v1::QueueNoticeRequest::RELATIONSHIP_REMOVED);
  notice.set_resource("relationships/" + duty.relationship);
  notice.set_partner(duty.partner);
  notice.set_customer(duty.customer);
  notice.set_recipient(recipient);
  notice.set_locale(relationships::NoticeLocale(contact.country));
  notice.set_partner_display_name(partner.display_name());
  notice.set_customer_display_name(contact.display_name);
  notice.set_root_event(root);
  return notice;
}

const char* Notify(postgres::Transaction& transaction, outbox::Changes& changes, const Duty& duty) {
  const std::optional<v1::Partner> partner = partners::Find(transaction, duty.partner);
  const std::optional<Contact> contact = FindContact(transaction, duty.customer);
  const std::optional<std::string> recipient =
      contact ? validation::NormaliseEmailAddress(contact->email_address) : std::nullopt;
  outbox::Change change;
  change.account = duty.partner;
  change.resource = "relationships/" + duty.relationship;
  if (partner && recipient) {
    change.event = kNoticeEvent;
    change.cause = kRemoval;
    change.target = kInvitation;
    change.payload =
        NoticeOf(duty, *partner, *contact, *recipient, changes.Root()).SerializeAsString();
  } else {
    change.event = kNoNoticeEvent;
    change.cause = kUnknownAddress;
  }
  changes.Record(change);
  return change.target.empty() ? kNoAddress : kDone;
}

// Whether there was one.
absl::StatusOr<bool> DoOne(postgres::Transaction& transaction) {
  const std::optional<Duty> duty = TakeDuty(transaction);
  if (!duty) return false;
  outbox::Changes changes(transaction, Worker(*duty));
  const char* outcome = duty->is_notice ? Notify(transaction, changes, *duty)
                                        : RevokeGrants(transaction, changes, *duty);
  CloseDuty(transaction, *duty, outcome);
  return true;
}

}  // namespace

absl::Status SweepRemovalDuties(postgres::Pool& work_pool) {
  while (true) {
    PARTNERLINK_ASSIGN_OR_RETURN(
        const bool done,
        postgres::Transact<bool>(work_pool, {"", absl::Now() + absl::Seconds(10)}, DoOne));
    if (!done) return absl::OkStatus();
  }
}

}  // namespace partnerlink::relationship::removals
