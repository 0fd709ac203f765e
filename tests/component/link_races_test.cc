// A link for several is used as often as it may, whichever replica is asked; and a link that was
// replaced opens nothing from the answer to the resending on. Controls show that the tests would
// see it.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <latch>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/status/status.h"
#include "services/invitation/redemptions/handlers.h"
#include "tests/component/held_row.h"
#include "tests/support/race.h"
#include "tests/support/terms_fixture.h"

namespace partnerlink::invitation::link_races_test {
namespace {

using support::CallOf;
using support::IdOf;
using support::kAllTerms;
using support::Terms;
using v1::Invitation;

constexpr int kUses = 5;
constexpr int kTenants = 12;

class LinkRacesTest : public support::TermsTest {
 protected:
  LinkRacesTest()
      : other_pool_("invitation", database_.Conninfo("invitation"), 8),
        other_deps_(DepsWith(other_pool_, *keys_, regions_)) {}

  // At either replica, until it is no conflict.
  absl::StatusOr<v1::Redemption> AcceptAtLast(const Deps& replica, const Principal& principal,
                                              const std::string& link) {
    while (true) {
      const support::TestCall call = CallOf("AcceptInvitation", principal);
      auto answer =
          redemptions::AcceptInvitation(call.context, replica, support::AcceptanceOf(link));
      if (ReasonOf(answer.status()) != common::v1::CONFLICT) return answer;
    }
  }

  // What is wrong with its uses; empty: nothing.
  std::string FaultsOf(const std::string& name) {
    return database_.Value(absl::StrCat(
        "SELECT concat_ws(', ', CASE WHEN r.number > max_uses THEN 'over-accepted' END,"
        " CASE WHEN r.number <> use_count THEN 'miscounted' END,"
        " CASE WHEN r.number <> r.accounts THEN 'twice by one' END)"
        " FROM invitation.invitations i, LATERAL (SELECT count(*) AS number,"
        "   count(DISTINCT customer) AS accounts FROM invitation.redemptions"
        "   WHERE invitation = i.id) AS r WHERE i.id = '",
        IdOf(name), "'"));
  }

  postgres::Pool other_pool_;
  const Deps other_deps_;
};

TEST_F(LinkRacesTest, AtTwoReplicasNoMoreThanMaxUsesAreAccepted) {
  for (int i = 0; i < kTenants; ++i) Enrol(database_, absl::StrCat("partners/racer", i));
  for (const Terms& terms : kAllTerms) {
    const int uses = terms.is_open() ? kUses : 1;
    const Invitation issued = Issued(On(terms, kUses));
    const std::string link = LinkOf(issued, 1);
    absl::Mutex mutex;
    std::map<std::string, std::set<std::string>> redemptions;  // by account
    std::map<ErrorReason, int> refusals;
    // Each account races itself, too.
    support::Race(2 * kTenants, [&](int i) {
      const Principal racer = AnswererOf(terms, absl::StrCat("racer", i / 2));
      const auto answer = AcceptAtLast(i % 2 == 0 ? deps_ : other_deps_, racer, link);
      absl::MutexLock lock(&mutex);
      if (answer.ok()) {
        redemptions[racer.account].insert(answer->name());
      } else {
        ++refusals[*ReasonOf(answer.status())];
      }
    });
    EXPECT_EQ(redemptions.size(), static_cast<size_t>(uses)) << Show(terms);
    for (const auto& [account, names] : redemptions) EXPECT_EQ(names.size(), 1u) << account;
    EXPECT_EQ(refusals,
              (std::map<ErrorReason, int>{
                  {terms.is_open() ? common::v1::INVITATION_EXHAUSTED : common::v1::INVITATION_USED,
                   2 * (kTenants - uses)}}))
        << Show(terms);
    EXPECT_EQ(FaultsOf(issued.name()), "") << Show(terms);
    EXPECT_EQ(StoredState(issued.name()), terms.is_open() ? "EXHAUSTED" : "ACCEPTED");
  }
}

// The control: looking first and writing then what follows from it.
TEST_F(LinkRacesTest, ControlCheckThenUpdateOverAccepts) {
  const Invitation issued = Issued(On(kAllTerms[1], 3));
  std::latch looked(8);
  support::Race(8, [&](int i) {
    pqxx::connection connection(database_.Conninfo("postgres"));
    pqxx::work transaction(connection);
    const int used =
        transaction.exec("SELECT use_count FROM invitation.invitations")[0][0].as<int>();
    looked.arrive_and_wait();
    transaction.exec(absl::StrCat("UPDATE invitation.invitations SET use_count = ", used + 1));
    transaction.exec(
        absl::StrCat("INSERT INTO invitation.redemptions (partner, invitation, customer, actor,"
                     " agreement_version) SELECT partner, id, 'customers/racer",
                     i, "', 'x', 'x' FROM invitation.invitations"));
    transaction.commit();
  });
  EXPECT_EQ(FaultsOf(issued.name()), "over-accepted, miscounted");
}

int64_t Now() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

// Those who come with one link again and again until it is replaced, and what they saw.
class Presenters {
 public:
  // Presents it with each of the calls in a thread of its own.
  explicit Presenters(const std::vector<std::function<absl::Status()>>& calls) {
    for (const auto& call : calls) threads_.emplace_back([this, call] { Present(call); });
  }

  // That the old link was answered to be dead; waits until each has tried it twice since.
  void Replaced() {
    replaced_ = Now();
    for (std::thread& thread : threads_) thread.join();
  }

  // Presentations that were answered OK though they began after that.
  int late() const { return late_; }
  int early() const { return early_; }

 private:
  void Present(const std::function<absl::Status()>& call) {
    for (int behind = 0; behind < 2;) {
      const int64_t begin = Now();
      const absl::Status status = call();
      const bool is_late = begin > replaced_;
      if (is_late) ++behind;
      if (status.ok()) ++(is_late ? late_ : early_);
    }
  }

  std::atomic<int64_t> replaced_ = std::numeric_limits<int64_t>::max();
  std::atomic<int> late_ = 0;
  std::atomic<int> early_ = 0;
  std::vector<std::thread> threads_;
};

class ReplacedLinkTest : public LinkRacesTest {
 protected:
  std::vector<std::function<absl::Status()>> LookingUp(const std::string& link) {
    return {2, [this, link] { return Lookup(link).status(); }};
  }

  // Replaces the link of the held row, as resending does, and sets what else is named.
  static void Replace(support::HeldRow& row, const std::string& also = "") {
    row.Run(absl::StrCat(
        "UPDATE invitation.invitations SET generation = 2, secret_hash = sha256(secret_hash)", also,
        " WHERE id = '$'"));
  }

  // Runs `late`, which waits for the row, and lets it go on behind the replacement.
  void BehindTheReplacement(const std::string& name, const std::function<void()>& late,
                            const std::string& also = "") {
    support::HeldRow row(database_, name);
    std::thread waiting(late);
    EXPECT_TRUE(row.AwaitWaiters(1));
    Replace(row, also);
    row.LetGo();
    waiting.join();
  }
};

TEST_F(ReplacedLinkTest, OpensNothingFromTheAnswerToTheResendingOn) {
  int seen = 0;
  int resent = 0;
  for (const Terms& terms : kAllTerms) {
    for (int round = 0; round < 6; ++round) {
      const Invitation issued = Issued(On(terms));
      const std::string old = LinkOf(issued, 1);
      std::atomic<bool> is_replaced = false;
      auto calls = LookingUp(old);
      // Who accepts or declines may be first: then there is nothing to resend. So they come once
      // before it, and again behind its answer.
      for (const bool accepts : {true, false}) {
        calls.push_back([&, accepts, first = std::make_shared<bool>(round % 2 == 0)] {
          if (!*first && !is_replaced) return absl::UnavailableError("not now");
          *first = false;
          return accepts ? Accept(AnswererOf(terms, "adatum"), old).status()
                         : Decline(AnswererOf(terms, "bellows"), old).status();
        });
      }
      Presenters presenters(calls);
      const absl::Status status = Resend(issued.name()).status();
      is_replaced = true;
      presenters.Replaced();
      if (!status.ok()) continue;
      ++resent;
      seen += presenters.early();
      EXPECT_EQ(presenters.late(), 0) << Show(terms);
      EXPECT_TRUE(Lookup(LinkOf(issued, 2)).ok());
    }
  }
  EXPECT_GE(resent, 18);
  EXPECT_GT(seen, 0) << "nobody looked beside it";
}

// The control: a resending that is answered before its commit.
TEST_F(ReplacedLinkTest, ControlAnAnswerBeforeTheCommitIsSeen) {
  const Invitation issued = Issued();
  Presenters presenters(LookingUp(LinkOf(issued, 1)));
  support::HeldRow row(database_, issued.name());
  Replace(row);
  presenters.Replaced();
  row.LetGo();
  EXPECT_GT(presenters.late(), 0) << "the race shows no fault even where there is one";
}

// Who has found the old link good and waits for the row is refused, too.
TEST_F(ReplacedLinkTest, WhoWaitedForTheResendingDoesNotPass) {
  for (const Terms& terms : kAllTerms) {
    for (const bool accepts : {true, false}) {
      const Invitation issued = Issued(On(terms));
      const std::string old = LinkOf(issued, 1);
      absl::Status status;
      BehindTheReplacement(issued.name(), [&] {
        const Principal answerer = AnswererOf(terms, "adatum");
        status = accepts ? Accept(answerer, old).status() : Decline(answerer, old).status();
      });
      EXPECT_EQ(ReasonOf(status), common::v1::INVITATION_NOT_FOUND) << Show(terms) << status;
      EXPECT_EQ(FaultsOf(issued.name()), "");
      EXPECT_EQ(StoredState(issued.name()), "PENDING");
    }
  }
  EXPECT_EQ(database_.Count("SELECT count(*) FROM invitation.redemptions"), 0);
}

// From the inbox one comes without a link: a new one changes nothing.
TEST_F(ReplacedLinkTest, WhatIsReceivedIsAnsweredBesideTheResendingToo) {
  for (const bool accepts : {true, false}) {
    Invitation wish;
    wish.mutable_customer_hint()->set_account("customers/adatum");
    const Invitation issued = Issued(wish);
    absl::Status status;
    BehindTheReplacement(
        issued.name(),
        [&] {
          const Principal answerer = support::Customer("adatum");
          status = accepts ? AcceptReceived(answerer, issued.name()).status()
                           : DeclineReceived(answerer, issued.name()).status();
        },
        ", revision = revision + 1");
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(StoredState(issued.name()), accepts ? "ACCEPTED" : "DECLINED");
  }
}

// The control: a guard that does not know the link's generation lets it pass.
TEST_F(ReplacedLinkTest, ControlWithoutTheGenerationTheLateOnePasses) {
  const Invitation issued = Issued();
  BehindTheReplacement(issued.name(), [&] {
    database_.Run(
        "UPDATE invitation.invitations SET state = 'ACCEPTED', use_count = 1"
        " WHERE state = 'PENDING' AND expire_time > clock_timestamp()");
  });
  EXPECT_EQ(StoredState(issued.name()), "ACCEPTED")
      << "waiting shows no fault even where there is one";
}

}  // namespace
}  // namespace partnerlink::invitation::link_races_test
