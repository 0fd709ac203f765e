#include "services/relationship/partnerships/events.h"

#include "partnerlink/invitation/v1/invitation_service.pb.h"

namespace partnerlink::relationship::partnerships {
namespace {

constexpr char kInvitation[] = "invitation";

// What Invitation hears.
invitation::v1::ApplyPartnershipsRequest NewsOf(const Row& ended, outbox::Changes& changes) {
  invitation::v1::ApplyPartnershipsRequest news;
  news.set_partnership(ended.partnership.name());
  news.set_provider(ended.partnership.provider());
  news.set_reseller(ended.partnership.reseller());
  *news.mutable_end_time() = ended.partnership.end_time();
  news.set_actor(changes.actor().subject);
  news.set_actor_account(changes.actor().account);
  news.set_root_event(changes.Root());
  return news;
}

}  // namespace

void Record(outbox::Changes& changes, std::string_view event, const Row* before, const Row& after) {
  outbox::Change change;
  change.account = after.partnership.provider();
  change.resource = after.partnership.name();
  change.event = std::string(event);
  change.cause = after.partnership.state_cause();
  if (before != nullptr) change.before = outbox::ToJson(before->partnership);
  change.after = outbox::ToJson(after.partnership);
  change.payload = after.partnership.SerializeAsString();
  changes.Record(change);
  change.account = after.partnership.reseller();
  if (after.partnership.state() == v1::Partnership::ENDED) {
    change.target = kInvitation;
    change.payload = NewsOf(after, changes).SerializeAsString();
  }
  changes.Record(change);
}

}  // namespace partnerlink::relationship::partnerships
