// Nothing happens to an invitation at or after its expiry, by the database's clock: not by whoever
// waited for a lock meanwhile, and not if the service's clock is wrong. Controls show that the
// tests would see it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/status.h"
#include "tests/component/held_row.h"
#include "tests/component/moved_clock.h"
#include "tests/support/terms_fixture.h"

namespace partnerlink::invitation::expiry_test {
namespace {

using support::Customer;
using support::IdOf;
using support::kAllTerms;
using support::Terms;
using testing::AnyOf;
using v1::Invitation;

constexpr int kHour = 3600;

class ExpiryTest : public support::TermsTest {
 protected:
  // What is done with an issued invitation.
  struct Attempt {
    const char* what;
    std::function<absl::Status(const Invitation&)> run;
  };

  std::vector<Attempt> AttemptsOn(const Terms& terms) {
    const auto answerer = [=, this](const Invitation& invitation) {
      return AnswererOf(terms, "adatum", invitation.customer_hint().email_address());
    };
    std::vector<Attempt> attempts = {
        {"accept",
         [=, this](auto& invitation) {
           return Accept(answerer(invitation), LinkOf(invitation, 1)).status();
         }},
        {"decline",
         [=, this](auto& invitation) {
           return Decline(answerer(invitation), LinkOf(invitation, 1)).status();
         }},
        {"revoke", [this](auto& invitation) { return Revoke(invitation.name()).status(); }},
        {"extend",
         [this](auto& invitation) { return Extend(invitation.name(), 2 * kHour).status(); }}};
    if (!terms.can_be_received()) return attempts;
    attempts.push_back({"accept what is received", [=, this](auto& invitation) {
                          return AcceptReceived(answerer(invitation), invitation.name()).status();
                        }});
    attempts.push_back({"decline what is received", [=, this](auto& invitation) {
                          return DeclineReceived(answerer(invitation), invitation.name()).status();
                        }});
    return attempts;
  }

  std::vector<Attempt> AttemptsOfTheProvider() {
    return {{"approve", [this](auto& invitation) { return Approve(invitation.name()).status(); }},
            {"refuse", [this](auto& invitation) { return RefusePart(invitation.name()).status(); }},
            {"revoke", [this](auto& invitation) { return Revoke(invitation.name()).status(); }}};
  }

  // Bound to somebody, where it can be.
  Invitation IssuedOn(const Terms& terms) {
    Invitation wish = On(terms);
    if (terms.can_be_received()) {
      wish.mutable_customer_hint()->set_email_address(
          absl::StrCat("ann@adatum", ++number_, ".example"));
    }
    return Issued(wish);
  }

  static void ExpectOver(const absl::Status& status, const std::string& what) {
    EXPECT_THAT(ReasonOf(status),
                AnyOf(common::v1::INVITATION_EXPIRED, common::v1::STATE_TRANSITION,
                      common::v1::RESOURCE_NOT_FOUND))
        << what << status;
  }

  // Everything that has come of the invitations.
  std::string Outcome() {
    return database_.Value(
        "SELECT (SELECT string_agg(state || ' ' || use_count, ',' ORDER BY id) FROM "
        "invitation.invitations)"
        " || (SELECT count(*) FROM invitation.redemptions)"
        " || (SELECT count(*) FROM invitation.declines)");
  }

  // Does it while somebody holds the row until its time is over. The answer; none if it came too
  // late to wait.
  std::optional<absl::Status> Late(const Attempt& attempt, const Invitation& issued) {
    ExpireIn(issued.name(), 150);
    support::HeldRow row(database_, issued.name());
    absl::Status status;
    std::thread late([&] { status = attempt.run(issued); });
    const bool waited = row.AwaitWaiters(1);
    row.AwaitExpiry();
    row.LetGo();
    late.join();
    if (!waited) return std::nullopt;
    return status;
  }

  void ExpectLateIsOver(const Attempt& attempt, const Invitation& issued, const std::string& what) {
    const std::string before = Outcome();
    std::optional<absl::Status> answer;
    for (int i = 0; i < 10 && !answer; ++i) answer = Late(attempt, issued);
    ASSERT_TRUE(answer) << what << " never waited";
    ExpectOver(*answer, what);
    EXPECT_EQ(Outcome(), before) << what;
  }

  int number_ = 0;
};

TEST_F(ExpiryTest, NothingIsPossibleFromItOn) {
  for (const Terms& terms : kAllTerms) {
    const Invitation issued = IssuedOn(terms);
    ExpireIn(issued.name(), 0);
    const std::string before = Outcome();
    for (const Attempt& attempt : AttemptsOn(terms)) {
      ExpectOver(attempt.run(issued), absl::StrCat(Show(terms), " ", attempt.what));
    }
    EXPECT_EQ(Outcome(), before);
    const auto looked = Lookup(LinkOf(issued, 1));
    ASSERT_TRUE(looked.ok()) << looked.status();
    EXPECT_EQ(looked->state(), Invitation::EXPIRED);
    EXPECT_FALSE(looked->acceptable());
    EXPECT_EQ(looked->not_acceptable_reason(), common::v1::INVITATION_EXPIRED);
  }
}

TEST_F(ExpiryTest, WhoWaitedForALockPastItDoesNotPass) {
  for (const Terms& terms : kAllTerms) {
    const Invitation issued = IssuedOn(terms);
    for (const Attempt& attempt : AttemptsOn(terms)) {
      ExpectLateIsOver(attempt, issued, absl::StrCat(Show(terms), " ", attempt.what));
    }
  }
}

TEST_F(ExpiryTest, AProviderThatWaitedPastItDoesNotPass) {
  SetConsent("CONFIRM");
  const Invitation issued = Combined();
  ASSERT_EQ(issued.state(), Invitation::AWAITING_PROVIDER);
  for (const Attempt& attempt : AttemptsOfTheProvider()) {
    ExpectLateIsOver(attempt, issued, attempt.what);
  }
}

// The control: now(), the transaction's start, lets the one pass that waited.
TEST_F(ExpiryTest, ControlTheTransactionsStartLetsTheLateOnePass) {
  const Attempt attempt = {"accept", [&](auto& invitation) {
                             database_.Run(absl::StrCat(
                                 "UPDATE invitation.invitations SET state = 'ACCEPTED',"
                                 " use_count = 1 WHERE state = 'PENDING' AND expire_time > now()"
                                 " AND id = '",
                                 IdOf(invitation.name()), "'"));
                             return absl::OkStatus();
                           }};
  const Invitation issued = Issued();
  while (!Late(attempt, issued)) {
  }
  EXPECT_EQ(StoredState(issued.name()), "ACCEPTED")
      << "waiting shows no fault even where there is one";
}

TEST_F(ExpiryTest, TheServicesClockDecidesNothing) {
  for (const int hours : {-1, 1}) {
    for (const Terms& terms : kAllTerms) {
      const support::MovedClock moved(hours * kHour);
      for (const Attempt& attempt : AttemptsOn(terms)) {
        const std::string what = absl::StrCat(Show(terms), " ", attempt.what, " ", hours, " h");
        const Invitation issued = IssuedOn(terms);
        ExpireIn(issued.name(), -kHour * 500);
        ExpectOver(attempt.run(issued), what);
        ExpireIn(issued.name(), kHour * 500);
        const absl::Status status = attempt.run(issued);
        EXPECT_TRUE(status.ok()) << what << status;
      }
    }
  }
}

// The control: the service's clock is moved, and who judged by it would err both ways.
TEST_F(ExpiryTest, ControlTheServicesClockWouldDecideOtherwise) {
  const Invitation issued = Issued();
  ExpireIn(issued.name(), kHour * 500);
  const int64_t expiry = database_.Count(
      "SELECT extract(epoch FROM expire_time)::bigint"
      " FROM invitation.invitations");
  EXPECT_LT(absl::ToUnixSeconds(absl::Now()), expiry);
  {
    const support::MovedClock moved(kHour);
    EXPECT_GT(absl::ToUnixSeconds(absl::Now()), expiry);
    EXPECT_TRUE(Accept(Customer("northwind"), TokenOf(issued)).ok());
  }
  EXPECT_LT(absl::ToUnixSeconds(absl::Now()), expiry);
}

TEST_F(ExpiryTest, OfWhatAWrongClockIssuesTheDatabasesCounts) {
  const support::MovedClock moved(-kHour);
  const Invitation issued = Issued();
  ASSERT_TRUE(Resend(issued.name()).ok());
  ASSERT_TRUE(Extend(issued.name(), 30 * 24 * kHour).ok());
  EXPECT_EQ(
      database_.Count("SELECT count(*) FROM invitation.invitations WHERE expire_time - interval"
                      " '30 days' BETWEEN clock_timestamp() - interval '1 minute'"
                      " AND clock_timestamp()"),
      1);
}

}  // namespace
}  // namespace partnerlink::invitation::expiry_test
