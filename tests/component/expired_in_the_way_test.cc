// What the sweep has not come to yet: it blocks no issue, and is booked as the sweep's work, with
// what was before.
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/status/status.h"
#include "services/invitation/invitations/expiry.h"
#include "services/invitation/invitations/handlers.h"
#include "tests/support/terms_fixture.h"

namespace partnerlink::invitation::expired_in_the_way_test {
namespace {

using support::Anna;
using support::CallOf;
using support::IdOf;
using support::kContoso;
using support::TestCall;
using testing::ElementsAre;
using v1::Invitation;

constexpr int kMany = 150;

class ExpiredInTheWayTest : public support::TermsTest {
 protected:
  static Invitation WishFor(const std::string& kind_of_hint, const std::string& name) {
    Invitation wish;
    auto& hint = *wish.mutable_customer_hint();
    if (kind_of_hint == "account") hint.set_account("customers/" + name);
    if (kind_of_hint == "domain") hint.set_domain(name + ".example");
    if (kind_of_hint == "address") hint.set_email_address("ann@" + name + ".example");
    return wish;
  }

  absl::StatusOr<Invitation> Issue(const std::string& name) {
    v1::IssueInvitationRequest request;
    request.set_name(name);
    const TestCall call = CallOf("IssueInvitation", Anna());
    return invitations::IssueInvitation(call.context, deps_, request);
  }

  // The invitation's last audit entry of this method.
  std::vector<std::string> Audited(const std::string& method, const std::string& name) {
    const pqxx::row row = database_.Run(absl::StrCat(
        R"sql(SELECT actor, actor_account, array_to_string(actor_roles, ' '), cause,
                before->>'state', after->>'state', before->>'etag', after->>'etag'
              FROM common.audit_entries WHERE method LIKE '%)sql",
        method, "' AND resource = '", name, "' ORDER BY create_time DESC LIMIT 1"))[0];
    std::vector<std::string> texts;
    for (const auto& field : row) texts.push_back(field.c_str());
    return texts;
  }

  std::string EtagOf(const std::string& name) {
    v1::GetInvitationRequest request;
    request.set_name(name);
    const TestCall call = CallOf("GetInvitation", Anna());
    const auto read = invitations::GetInvitation(call.context, deps_, request);
    return read.ok() ? read->etag() : read.status().ToString();
  }

  int Expired() {
    return database_.Count("SELECT count(*) FROM invitation.invitations WHERE state = 'EXPIRED'");
  }
};

TEST_F(ExpiredInTheWayTest, HoweverManyAreDueANewOneIsIssued) {
  for (int i = 0; i < kMany; ++i) Issued(WishFor("account", absl::StrCat("other-", i)));
  for (const std::string hint : {"account", "domain", "address"}) Issued(WishFor(hint, "alpine"));
  // Those that are equal are due last.
  database_.Run(
      "UPDATE invitation.invitations SET expire_time = clock_timestamp() - CASE"
      " WHEN hint_account LIKE '%other%' THEN interval '1 hour' ELSE interval '0' END");
  Invitation wish = WishFor("account", "alpine");
  wish.mutable_customer_hint()->MergeFrom(WishFor("domain", "alpine").customer_hint());
  wish.mutable_customer_hint()->MergeFrom(WishFor("address", "alpine").customer_hint());
  Issued(wish);
  EXPECT_EQ(Expired(), 3) << "what is in the way of nothing is left to the sweep";
  ASSERT_TRUE(invitations::SweepExpired(work_pool_).ok());
  EXPECT_EQ(Expired(), kMany + 3);
}

TEST_F(ExpiredInTheWayTest, ADraftThatIsIssuedAndOneThatIsSentAgainToo) {
  const Invitation wish = WishFor("address", "alpine");
  const Invitation draft = Draft(wish);
  const Invitation first = Issued(wish);
  ExpireIn(first.name(), 0);
  ASSERT_TRUE(Issue(draft.name()).ok());
  EXPECT_EQ(StoredState(first.name()), "EXPIRED");
  ExpireIn(draft.name(), 0);
  const auto resent = Resend(first.name());
  ASSERT_TRUE(resent.ok()) << resent.status();
  EXPECT_EQ(StoredState(draft.name()), "EXPIRED");
  EXPECT_EQ(StoredState(first.name()), "PENDING");
}

TEST_F(ExpiredInTheWayTest, OfAnotherKindOrAddressNothingIsTouched) {
  const Invitation wish = WishFor("address", "alpine");
  Invitation partnership = wish;
  partnership.set_kind(Invitation::PARTNERSHIP);
  const Invitation of_another_kind = Issued(partnership);
  const Invitation of_another_address = Issued(WishFor("address", "bellows"));
  ExpireIn(of_another_kind.name(), 0);
  ExpireIn(of_another_address.name(), 0);
  Issued(wish);
  EXPECT_EQ(Expired(), 0);
}

TEST_F(ExpiredInTheWayTest, ItIsBookedAsTheSweepsWorkThatACallHasMet) {
  const Invitation wish = WishFor("address", "alpine");
  const Invitation first = Issued(wish);
  ExpireIn(first.name(), 0);
  const std::string etag = EtagOf(first.name());
  Issued(wish);
  EXPECT_THAT(Audited("sweep/expiry", first.name()),
              ElementsAre("invitation", kContoso, "",
                          "time, met by "
                          "partnerlink.invitation.v1.InvitationService/CreateInvitation",
                          "PENDING", "EXPIRED", etag, EtagOf(first.name())));
  // It is no part of what the call has changed.
  EXPECT_EQ(database_.Count(
                absl::StrCat("SELECT count(*) FROM common.outbox WHERE id = root AND resource = '",
                             first.name(), "' AND event = 'invitation.expired'")),
            1);
}

TEST_F(ExpiredInTheWayTest, TheSweepsSayWhatWasBeforeToo) {
  const Invitation ending = Issued(WishFor("address", "alpine"));
  ExpireIn(ending.name(), 3600 * 1000);
  std::string before = EtagOf(ending.name());
  ASSERT_TRUE(invitations::SweepReminders(work_pool_, absl::Hours(72)).ok());
  EXPECT_THAT(Audited("sweep/reminders", ending.name()),
              ElementsAre("invitation", "", "", "time", "PENDING", "PENDING", before,
                          EtagOf(ending.name())));
  ExpireIn(ending.name(), 0);
  before = EtagOf(ending.name());
  ASSERT_TRUE(invitations::SweepExpired(work_pool_).ok());
  EXPECT_THAT(Audited("sweep/expiry", ending.name()),
              ElementsAre("invitation", "", "", "time", "PENDING", "EXPIRED", before,
                          EtagOf(ending.name())));
}

}  // namespace
}  // namespace partnerlink::invitation::expired_in_the_way_test
