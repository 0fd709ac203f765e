// The life of an issued invitation: sent again with a new link, given more time, reminded of, over.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/auth/testing/temporary_folder.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "services/invitation/invitations/expiry.h"
#include "services/invitation/invitations/handlers.h"
#include "tests/support/combined_fixture.h"
#include "tests/support/race.h"

namespace partnerlink::invitation::invitation_life_test {
namespace {

using support::Anna;
using support::CallOf;
using support::Customer;
using support::TestCall;
using testing::HasSubstr;
using testing::Not;
using v1::Invitation;

constexpr int64_t kDay = 24 * 3600;

class InvitationLifeTest : public support::CombinedTest {
 protected:
  // One for northwind, whoever may accept it.
  Invitation ForNorthwind() {
    Invitation wish;
    wish.mutable_customer_hint()->set_account("customers/northwind");
    return Issued(wish);
  }

  // One in each state that neither resending nor extending is for.
  std::vector<Invitation> Finished() {
    std::vector<Invitation> all = {Draft(), Issued(), Issued(), Issued()};
    EXPECT_TRUE(Accept(Customer("northwind"), TokenOf(all[1])).ok());
    EXPECT_TRUE(Decline(Customer("northwind"), TokenOf(all[2])).ok());
    EXPECT_TRUE(Revoke(all[3].name()).ok());
    return all;
  }

  std::vector<std::string> Reminded() {
    std::vector<std::string> names;
    for (const pqxx::row& row : database_.Run(
             "SELECT resource FROM common.outbox WHERE event = 'invitation.expiring' ORDER BY 1")) {
      names.push_back(row[0].as<std::string>());
    }
    return names;
  }
};

using ResendTest = InvitationLifeTest;

TEST_F(ResendTest, TheOldLinkIsDeadAtOnceAndTheNewOneIsAccepted) {
  const Invitation issued = Issued();
  const std::string old = TokenOf(issued);
  ExpireIn(issued.name(), 60'000);
  const auto resent = Resend(issued.name());
  ASSERT_TRUE(resent.ok()) << resent.status();
  EXPECT_EQ(resent->state(), Invitation::PENDING);
  EXPECT_EQ(resent->generation(), 2);
  EXPECT_EQ(resent->issue_time().seconds(), issued.issue_time().seconds());
  EXPECT_GE(resent->expire_time().seconds(), issued.expire_time().seconds());
  EXPECT_NE(resent->etag(), issued.etag());
  for (const absl::Status& refused :
       {Lookup(old).status(), Accept(Customer("northwind"), old).status(),
        Decline(Customer("northwind"), old).status()}) {
    EXPECT_EQ(ReasonOf(refused), common::v1::INVITATION_NOT_FOUND) << refused;
  }
  const std::string fresh = TokenOf(*resent);
  EXPECT_NE(fresh, old);
  EXPECT_TRUE(Lookup(fresh)->acceptable());
  EXPECT_TRUE(Accept(Customer("northwind"), fresh).ok());
}

TEST_F(ResendTest, AnExpiredOneIsPendingAgain) {
  const Invitation by_clock = Issued();
  const Invitation swept = Issued();
  ExpireIn(swept.name(), -1);
  ASSERT_TRUE(invitations::SweepExpired(work_pool_).ok());
  ExpireIn(by_clock.name(), -1);
  for (const Invitation& invitation : {by_clock, swept}) {
    const auto resent = Resend(invitation.name());
    ASSERT_TRUE(resent.ok()) << resent.status();
    EXPECT_EQ(resent->state(), Invitation::PENDING);
    EXPECT_TRUE(Accept(Customer("northwind"), TokenOf(*resent)).ok());
  }
  // That it had expired is recorded, too.
  EXPECT_EQ(
      database_.Count("SELECT count(*) FROM common.outbox WHERE event = 'invitation.expired'"), 2);
}

TEST_F(ResendTest, ItsTimeIsAsBeforeUnlessSaid) {
  Invitation wish;
  wish.mutable_ttl()->set_seconds(3 * kDay);
  const Invitation issued = Issued(wish);
  const auto again = Resend(issued.name());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->ttl().seconds(), 3 * kDay);
  EXPECT_NEAR(static_cast<double>(again->expire_time().seconds() - again->update_time().seconds()),
              3 * kDay, 1);
  const auto longer = Resend(issued.name(), 20 * kDay);
  ASSERT_TRUE(longer.ok()) << longer.status();
  EXPECT_EQ(longer->ttl().seconds(), 20 * kDay);
  EXPECT_NEAR(
      static_cast<double>(longer->expire_time().seconds() - longer->update_time().seconds()),
      20 * kDay, 1);
  EXPECT_EQ(ReasonOf(Resend(issued.name(), 90 * kDay + 1).status()), common::v1::FIELD_INVALID);
}

TEST_F(ResendTest, TextInOurWordsSpeaksOfTheNewTimeAndAWrittenOneStays) {
  const auto resent = Resend(Issued().name(), 20 * kDay);
  ASSERT_TRUE(resent.ok()) << resent.status();
  EXPECT_THAT(resent->body_text(), HasSubstr("20 days"));
  EXPECT_THAT(resent->body_text(), Not(HasSubstr("14 days")));
  Invitation wish;
  wish.set_body_text("Within 14 days, please: {{link}}");
  const auto written = Resend(Issued(wish).name(), 20 * kDay);
  ASSERT_TRUE(written.ok()) << written.status();
  EXPECT_EQ(written->body_text(), wish.body_text());
}

TEST_F(ResendTest, OneForSeveralKeepsItsUses) {
  Invitation wish;
  wish.set_mode(Invitation::OPEN);
  wish.set_max_uses(2);
  const Invitation issued = Issued(wish);
  const auto first = Accept(Customer("northwind"), TokenOf(issued));
  ASSERT_TRUE(first.ok()) << first.status();
  const auto resent = Resend(issued.name());
  ASSERT_TRUE(resent.ok()) << resent.status();
  EXPECT_EQ(resent->use_count(), 1);
  const std::string token = TokenOf(*resent);
  EXPECT_EQ(Accept(Customer("northwind"), token)->name(), first->name());
  EXPECT_TRUE(Accept(Customer("tailspin"), token).ok());
  EXPECT_EQ(StoredState(issued.name()), "EXHAUSTED");
  EXPECT_EQ(ReasonOf(Resend(issued.name()).status()), common::v1::STATE_TRANSITION);
}

TEST_F(ResendTest, OneThatWasReplacedMeanwhileNamesTheOther) {
  const Invitation first = ForNorthwind();
  ExpireIn(first.name(), -1);
  const Invitation second = ForNorthwind();
  const auto refused = Resend(first.name());
  EXPECT_EQ(ReasonOf(refused.status()), common::v1::INVITATION_EXISTS) << refused.status();
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr(second.name()));
  ASSERT_TRUE(Revoke(second.name()).ok());
  EXPECT_TRUE(Resend(first.name()).ok());
}

TEST_F(ResendTest, OfEqualOnesOneIsOpenUnderARaceToo) {
  std::vector<std::string> names;
  for (int i = 0; i < 6; ++i) {
    names.push_back(ForNorthwind().name());
    ExpireIn(names.back(), -1);
  }
  absl::Mutex mutex;
  int resent = 0;
  support::Race(6, [&](int number) {
    const auto answer = Resend(names[static_cast<size_t>(number)]);
    absl::MutexLock lock(&mutex);
    if (answer.ok()) ++resent;
    if (!answer.ok()) {
      EXPECT_EQ(ReasonOf(answer.status()), common::v1::INVITATION_EXISTS) << answer.status();
    }
  });
  EXPECT_EQ(resent, 1);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM invitation.invitations WHERE state = 'PENDING'"),
            1);
}

TEST_F(ResendTest, ItIsAcceptedOrSentAgainNeverBoth) {
  for (int i = 0; i < 10; ++i) {
    const Invitation issued = Issued();
    const std::string old = TokenOf(issued);
    absl::Status resent;
    absl::Status accepted;
    support::Race(2, [&](int number) {
      if (number == 0) resent = Resend(issued.name()).status();
      if (number == 1) accepted = Accept(Customer("northwind"), old).status();
    });
    ASSERT_NE(resent.ok(), accepted.ok()) << resent << accepted;
    if (accepted.ok()) {
      EXPECT_EQ(ReasonOf(resent), common::v1::STATE_TRANSITION) << resent;
    } else {
      EXPECT_EQ(ReasonOf(accepted), common::v1::INVITATION_NOT_FOUND) << accepted;
    }
  }
}

TEST_F(ResendTest, AProviderThatWantsToBeAskedIsAskedAnew) {
  MakeProvider("AUTO");
  const Invitation pending = Combined();
  ASSERT_EQ(pending.state(), Invitation::PENDING);
  const Invitation expired = Combined();
  ExpireIn(expired.name(), -1);
  SetConsent("CONFIRM");
  for (const Invitation& invitation : {pending, expired}) {
    const auto resent = Resend(invitation.name());
    ASSERT_TRUE(resent.ok()) << resent.status();
    EXPECT_EQ(resent->state(), Invitation::AWAITING_PROVIDER);
    EXPECT_EQ(Lookup(TokenOf(*resent))->not_acceptable_reason(), common::v1::INVITATION_NOT_ISSUED);
    EXPECT_EQ(ReasonOf(Resend(invitation.name()).status()), common::v1::STATE_TRANSITION);
    EXPECT_TRUE(Approve(invitation.name()).ok());
    EXPECT_TRUE(Lookup(TokenOf(*resent))->acceptable());
  }
  SetConsent("AUTO");
  EXPECT_EQ(Resend(pending.name())->state(), Invitation::PENDING);
}

TEST_F(ResendTest, WhoMayNotInviteMayNotSendAgain) {
  MakeProvider("AUTO");
  const Invitation combined = Combined();
  database_.Run("UPDATE relationship.partnerships SET state = 'SUSPENDED'");
  EXPECT_EQ(ReasonOf(Resend(combined.name()).status()), common::v1::PARTNERSHIP_INACTIVE);
  database_.Run("UPDATE relationship.partnerships SET state = 'ACTIVE'");
  database_.Run(
      "UPDATE relationship.partners SET state = 'SUSPENDED' WHERE name = 'partners/tailwind'");
  EXPECT_EQ(ReasonOf(Resend(combined.name()).status()), common::v1::PARTNER_SUSPENDED);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM invitation.invitations WHERE generation > 1"), 0);
}

TEST_F(InvitationLifeTest, ADraftInOurWordsSpeaksOfWhatItsPartnerChanges) {
  const auto updated = [&](const Invitation& draft, const Invitation& wish,
                           const std::vector<std::string>& paths) {
    v1::UpdateInvitationRequest request;
    *request.mutable_invitation() = wish;
    request.mutable_invitation()->set_name(draft.name());
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    const TestCall call = CallOf("UpdateInvitation", Anna());
    const auto answer = invitations::UpdateInvitation(call.context, deps_, request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.value_or(Invitation());
  };
  const Invitation draft = Draft();
  Invitation wish;
  wish.mutable_ttl()->set_seconds(5 * kDay);
  wish.set_note("We met in Kiel.");
  wish.set_locale("de");
  const Invitation changed = updated(draft, wish, {"ttl", "note", "locale"});
  EXPECT_THAT(changed.body_text(),
              testing::AllOf(HasSubstr("5 Tage"), HasSubstr("We met in Kiel.")));
  EXPECT_NE(changed.subject(), draft.subject());
  wish.set_body_text("Until soon: {{link}}");
  updated(draft, wish, {"body_text"});
  wish.mutable_ttl()->set_seconds(6 * kDay);
  EXPECT_EQ(updated(draft, wish, {"ttl"}).body_text(), "Until soon: {{link}}");
}

TEST_F(InvitationLifeTest, APartnerIssuesNoMoreInADayThanItMay) {
  constexpr int kDaily = 3;
  Deps strict = deps_;
  strict.daily_issues = kDaily;
  std::vector<Invitation> drafts;
  for (int i = 0; i < 8; ++i) drafts.push_back(Draft());
  std::vector<absl::Status> refusals(drafts.size());
  support::Race(static_cast<int>(drafts.size()), [&](int i) {
    v1::IssueInvitationRequest request;
    request.set_name(drafts[i].name());
    const TestCall call = CallOf("IssueInvitation", Anna());
    refusals[i] = invitations::IssueInvitation(call.context, strict, request).status();
  });
  int issued = 0;
  for (const absl::Status& refusal : refusals) {
    if (refusal.ok()) {
      ++issued;
      continue;
    }
    EXPECT_EQ(ReasonOf(refusal), common::v1::QUOTA_EXCEEDED) << refusal;
    EXPECT_EQ(refusal.code(), absl::StatusCode::kResourceExhausted);
  }
  EXPECT_EQ(issued, kDaily);
  database_.Run(
      "UPDATE invitation.invitations SET issue_time = issue_time - interval '25 hours'"
      " WHERE state = 'PENDING'");
  for (size_t i = 0; i < drafts.size(); ++i) {
    if (refusals[i].ok()) continue;
    v1::IssueInvitationRequest request;
    request.set_name(drafts[i].name());
    const TestCall call = CallOf("IssueInvitation", Anna());
    EXPECT_TRUE(invitations::IssueInvitation(call.context, strict, request).ok()) << "a day later";
    break;
  }
}

TEST_F(ResendTest, ItCountsAsNoIssue) {
  Deps strict = deps_;
  strict.daily_issues = 1;
  const Invitation issued = Issued();
  v1::ResendInvitationRequest request;
  request.set_name(issued.name());
  const TestCall call = CallOf("ResendInvitation", Anna());
  for (int i = 0; i < 3; ++i) {
    const auto resent = invitations::ResendInvitation(call.context, strict, request);
    EXPECT_TRUE(resent.ok()) << resent.status();
  }
  EXPECT_EQ(database_.Count("SELECT count(*) FROM invitation.invitations WHERE issue_time > "
                            "clock_timestamp() - interval '1 day'"),
            1);
}

TEST_F(ResendTest, TheNewLinkDerivesFromTheCurrentKey) {
  const auth::testing::TemporaryFolder folder;
  const auto rotated =
      link::Keys::FromFile(folder.Write("link.keys",
                                        "2:bm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm4=\n"
                                        "1:bW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW0=\n"));
  ASSERT_TRUE(rotated.ok()) << rotated.status();
  v1::ResendInvitationRequest request;
  request.set_name(Issued().name());
  const TestCall call = CallOf("ResendInvitation", Anna());
  ASSERT_TRUE(
      invitations::ResendInvitation(call.context, DepsWith(pool_, *rotated, regions_), request)
          .ok());
  EXPECT_EQ(database_.Count("SELECT key_id FROM invitation.invitations"), 2);
}

TEST_F(ResendTest, OfOneThatIsOverOrADraftThereIsNothingToSend) {
  for (const Invitation& invitation : Finished()) {
    const auto refused = Resend(invitation.name());
    EXPECT_EQ(ReasonOf(refused.status()), common::v1::STATE_TRANSITION) << refused.status();
  }
}

TEST_F(ResendTest, TakesRequestIdAndEtag) {
  const Invitation issued = Issued();
  v1::ResendInvitationRequest request;
  request.set_name(issued.name());
  request.set_etag("r99");
  EXPECT_EQ(ReasonOf(Resend(request).status()), common::v1::ETAG_MISMATCH);
  request.set_etag(issued.etag());
  request.set_request_id(NewUuid());
  const auto first = Resend(request);
  const auto again = Resend(request);
  ASSERT_TRUE(first.ok() && again.ok()) << first.status() << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(database_.Count("SELECT generation FROM invitation.invitations"), 2);
}

TEST_F(ResendTest, AnotherPartnersIsNotThere) {
  v1::ResendInvitationRequest request;
  request.set_name(Issued().name());
  const auto refused =
      Resend(request, support::PrincipalOf(support::kFabrikam, {"admin_agent"}, "bert"));
  EXPECT_EQ(ReasonOf(refused.status()), common::v1::RESOURCE_NOT_FOUND);
}

TEST_F(ResendTest, NoMailOfTheNewLinkIsSentUnlessItIsAskedFor) {
  Invitation wish;
  wish.mutable_customer_hint()->set_email_address("carl@northwind.example");
  const Invitation issued = Issued(wish);
  v1::ResendInvitationRequest request;
  request.set_name(issued.name());
  request.set_send(true);
  const auto sent = Resend(request);
  ASSERT_TRUE(sent.ok()) << sent.status();
  EXPECT_EQ(sent->delivery().state(), Invitation::Delivery::QUEUED);
  EXPECT_EQ(database_.Count("SELECT generation FROM invitation.mails WHERE state = 'QUEUED'"), 2);
  request.set_send(false);
  const auto silent = Resend(request);
  ASSERT_TRUE(silent.ok()) << silent.status();
  EXPECT_EQ(silent->delivery().state(), Invitation::Delivery::NONE);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM invitation.mails"), 1);
}

TEST_F(ResendTest, WhereTheMailCannotBeSentTheOldLinkStays) {
  const Invitation nobodys = Issued();
  v1::ResendInvitationRequest request;
  request.set_name(nobodys.name());
  request.set_send(true);
  EXPECT_EQ(ReasonOf(Resend(request).status()), common::v1::RECIPIENT_MISSING);
  EXPECT_EQ(database_.Count("SELECT generation FROM invitation.invitations"), 1);
}

// Whoever writes: what was dead stays dead.
TEST_F(ResendTest, TheDatabaseLetsALinkChangeOnlyWithItsGeneration) {
  ASSERT_TRUE(Resend(Issued().name()).ok());
  for (const char* change :
       {"generation = 1", "generation = generation + 1", "generation = generation + 2",
        "secret_hash = decode(repeat('00', 32), 'hex')", "salt = decode(repeat('00', 16), 'hex')",
        "key_id = 2"}) {
    EXPECT_THROW(database_.Run(absl::StrCat("UPDATE invitation.invitations SET ", change)),
                 pqxx::check_violation)
        << change;
  }
}

// The control: where the secret would stay, the old link would live on, and that is seen.
TEST_F(ResendTest, ControlAnOldSecretIsAnOpenDoor) {
  const Invitation issued = Issued();
  const std::string old = TokenOf(issued);
  database_.Run("ALTER TABLE invitation.invitations DISABLE TRIGGER one_link_per_generation");
  database_.Run("UPDATE invitation.invitations SET generation = generation + 1");
  EXPECT_TRUE(Lookup(old).ok());
  EXPECT_TRUE(Accept(Customer("northwind"), old).ok());
}

using ExtendTest = InvitationLifeTest;

TEST_F(ExtendTest, TheLinkStaysAndItsTimeIsLonger) {
  const Invitation issued = Issued();
  const std::string token = TokenOf(issued);
  const auto extended = Extend(issued.name(), 90 * kDay);
  ASSERT_TRUE(extended.ok()) << extended.status();
  EXPECT_EQ(extended->generation(), 1);
  EXPECT_EQ(extended->ttl().seconds(), 90 * kDay);
  EXPECT_NEAR(
      static_cast<double>(extended->expire_time().seconds() - extended->update_time().seconds()),
      90 * kDay, 1);
  EXPECT_EQ(TokenOf(*extended), token);
  EXPECT_TRUE(Accept(Customer("northwind"), token).ok());
}

TEST_F(ExtendTest, OurWordsSpeakOfTheNewTimeAndAPersonsStay) {
  const Invitation ours = Issued();
  ASSERT_THAT(ours.body_text(), HasSubstr("14 days"));
  const auto extended = Extend(ours.name(), 30 * kDay);
  ASSERT_TRUE(extended.ok()) << extended.status();
  EXPECT_THAT(extended->body_text(),
              testing::AllOf(HasSubstr("30 days"), Not(HasSubstr("14 days"))));
  Invitation wish;
  wish.set_body_text("Valid for 14 days: {{link}}");
  const auto theirs = Extend(Issued(wish).name(), 30 * kDay);
  ASSERT_TRUE(theirs.ok()) << theirs.status();
  EXPECT_EQ(theirs->body_text(), "Valid for 14 days: {{link}}");
}

TEST_F(ExtendTest, NeverShortensNorExceedsTheMaximum) {
  const Invitation issued = Issued();
  const std::string row = "SELECT i::text || xmin FROM invitation.invitations i";
  const std::string before = database_.Value(row);
  for (const int64_t seconds : {14 * kDay - 60, int64_t{3600}, 90 * kDay + 1, int64_t{0}}) {
    const auto refused = Extend(issued.name(), seconds);
    EXPECT_EQ(ReasonOf(refused.status()), common::v1::FIELD_INVALID) << seconds << refused.status();
  }
  EXPECT_EQ(database_.Value(row), before);
}

TEST_F(ExtendTest, IsForWhatCanBeAcceptedNow) {
  std::vector<Invitation> others = Finished();
  others.push_back(Issued());
  ExpireIn(others.back().name(), -1);
  MakeProvider("CONFIRM");
  others.push_back(Combined());
  for (const Invitation& invitation : others) {
    const auto refused = Extend(invitation.name(), 30 * kDay);
    EXPECT_EQ(ReasonOf(refused.status()), common::v1::STATE_TRANSITION) << refused.status();
  }
}

using ReminderTest = InvitationLifeTest;

TEST_F(ReminderTest, OneThatEndsSoonIsToldOnceInEachGeneration) {
  const Invitation issued = Issued();
  const absl::Duration ahead = absl::Hours(72);
  ASSERT_TRUE(invitations::SweepReminders(work_pool_, ahead).ok());
  EXPECT_THAT(Reminded(), testing::IsEmpty()) << "it has 14 days";
  ExpireIn(issued.name(), 71 * 3600 * 1000);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(invitations::SweepReminders(work_pool_, ahead).ok());
    EXPECT_THAT(Reminded(), testing::ElementsAre(issued.name()));
  }
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.audit_entries "
                            "WHERE method = 'sweep/reminders' AND cause = 'time'"),
            1);
  ASSERT_TRUE(Resend(issued.name()).ok());
  ExpireIn(issued.name(), 71 * 3600 * 1000);
  ASSERT_TRUE(invitations::SweepReminders(work_pool_, ahead).ok());
  EXPECT_THAT(Reminded(), testing::ElementsAre(issued.name(), issued.name()));
}

TEST_F(ReminderTest, WhatWasGivenMoreTimeIsToldAgain) {
  const Invitation issued = Issued();
  const absl::Duration ahead = absl::Hours(72);
  ExpireIn(issued.name(), 71 * 3600 * 1000);
  ASSERT_TRUE(invitations::SweepReminders(work_pool_, ahead).ok());
  ASSERT_TRUE(Extend(issued.name(), 30 * kDay).ok());
  ASSERT_TRUE(invitations::SweepReminders(work_pool_, ahead).ok());
  EXPECT_EQ(Reminded().size(), 1u) << "it has 30 days";
  ExpireIn(issued.name(), 71 * 3600 * 1000);
  ASSERT_TRUE(invitations::SweepReminders(work_pool_, ahead).ok());
  EXPECT_EQ(Reminded().size(), 2u);
}

TEST_F(ReminderTest, OnlyWhatIsOpenAndHadMoreTimeIsTold) {
  Invitation wish;
  wish.mutable_ttl()->set_seconds(3 * kDay);
  Issued(wish);  // never had more than the three days
  const std::vector<Invitation> finished = Finished();
  const Invitation over = Issued();
  for (const Invitation& invitation : finished) {
    if (invitation.state() != Invitation::DRAFT) ExpireIn(invitation.name(), 1000 * 3600);
  }
  ExpireIn(over.name(), -1);
  MakeProvider("CONFIRM");
  const Invitation awaiting = Combined();
  ExpireIn(awaiting.name(), 1000 * 3600);
  ASSERT_TRUE(invitations::SweepReminders(work_pool_, absl::Hours(72)).ok());
  EXPECT_THAT(Reminded(), testing::ElementsAre(awaiting.name()));
  ASSERT_TRUE(invitations::SweepReminders(work_pool_, absl::ZeroDuration()).ok());
}

TEST_F(ReminderTest, MoreThanABatchAreToldInOneSweep) {
  for (int i = 0; i < 220; ++i) ExpireIn(Issued().name(), 1000 * 3600);
  ASSERT_TRUE(invitations::SweepReminders(work_pool_, absl::Hours(72)).ok());
  EXPECT_EQ(Reminded().size(), 220u);
}

using SweepTest = InvitationLifeTest;

TEST_F(SweepTest, WhatWaitsForItsProviderExpiresToo) {
  MakeProvider("CONFIRM");
  const Invitation awaiting = Combined();
  ASSERT_EQ(awaiting.state(), Invitation::AWAITING_PROVIDER);
  ExpireIn(awaiting.name(), -1);
  EXPECT_EQ(ReasonOf(Approve(awaiting.name()).status()), common::v1::STATE_TRANSITION)
      << "by the clock, before the sweep";
  ASSERT_TRUE(invitations::SweepExpired(work_pool_).ok());
  EXPECT_EQ(StoredState(awaiting.name()), "EXPIRED");
  EXPECT_EQ(
      database_.Count("SELECT count(*) FROM common.outbox WHERE event = 'invitation.expired'"), 1);
}

}  // namespace
}  // namespace partnerlink::invitation::invitation_life_test
