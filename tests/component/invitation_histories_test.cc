// Whatever is done with an invitation at the same time, it is as if it had been done one after the
// other: random mixes of steps on many invitations of each kind and mode, and of each history some
// order must explain every answer and the row.
#include "tests/component/invitation_histories.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "common/status/status.h"
#include "services/invitation/invitations/expiry.h"
#include "tests/support/race.h"
#include "tests/support/seed.h"
#include "tests/support/terms_fixture.h"

namespace partnerlink::invitation::histories::invitation_histories_test {
namespace {

using support::IdOf;
using support::Terms;
using v1::Invitation;

constexpr int kThreads = 4;
constexpr int kStepsOfAThread = 4;
constexpr int kHistoriesOfTerms = 6;
constexpr int64_t kLongest = 90 * 24 * 3600;  // always later
constexpr char kConflict[] = "CONFLICT";
constexpr const char* kTenants[] = {"adatum", "bellows", "coho"};

std::string AnswerOf(const absl::Status& status) {
  if (status.ok()) return "OK";
  const auto reason = ReasonOf(status);
  return reason ? common::v1::ErrorReason_Name(*reason) : std::string(status.message());
}

std::string TenantOf(const std::string& account) { return account.substr(account.find('/') + 1); }

int64_t Now() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

class HistoriesTest : public support::TermsTest {
 protected:
  HistoriesTest() : seed_(support::SeedOfThisRun()) {}

  // An invitation under test, and what its players know of it.
  struct Subject {
    Terms terms;
    bool asks = false;  // its provider confirms
    Invitation invitation;
    std::string email;  // that it is bound to, where it can be received
    std::atomic<int> newest_generation = 1;
  };

  void Prepare(const Terms& terms, bool asks, int number, Subject& subject) {
    SetConsent(asks ? "CONFIRM" : "AUTO");
    Invitation wish = On(terms);
    if (terms.can_be_received()) {
      subject.email = absl::StrCat("ann@history", number, ".example");
      wish.mutable_customer_hint()->set_email_address(subject.email);
    }
    subject.terms = terms;
    subject.asks = asks;
    subject.invitation = Issued(wish);
  }

  // Its time is over for everyone; the sweep may write it down.
  std::string RunOut(const Subject& subject) {
    database_.Run(
        "UPDATE invitation.invitations SET expire_time = clock_timestamp()"
        " WHERE state IN ('AWAITING_PROVIDER', 'PENDING') AND id = '" +
        IdOf(subject.invitation.name()) + "'");
    return AnswerOf(invitations::SweepExpired(work_pool_));
  }

  virtual std::string AcceptByLink(const Subject& subject, const Step& step) {
    return AnswerOf(Accept(AnswererOf(subject.terms, step.account, subject.email),
                           LinkOf(subject.invitation, step.generation))
                        .status());
  }

  std::string Do(Subject& subject, const Step& step) {
    const std::string& name = subject.invitation.name();
    const Principal principal = AnswererOf(subject.terms, step.account, subject.email);
    switch (step.action) {
      case Action::kLookUp: {
        const auto seen = Lookup(LinkOf(subject.invitation, step.generation));
        if (!seen.ok()) return AnswerOf(seen.status());
        return absl::StrCat("OK ", Invitation::State_Name(seen->state()));
      }
      case Action::kAccept:
        return AcceptByLink(subject, step);
      case Action::kDecline:
        return AnswerOf(Decline(principal, LinkOf(subject.invitation, step.generation)).status());
      case Action::kAcceptReceived:
        return AnswerOf(AcceptReceived(principal, name).status());
      case Action::kDeclineReceived:
        return AnswerOf(DeclineReceived(principal, name).status());
      case Action::kRevoke:
        return AnswerOf(Revoke(name).status());
      case Action::kExtend:
        return AnswerOf(Extend(name, kLongest).status());
      case Action::kApprove:
        return AnswerOf(Approve(name).status());
      case Action::kRefuse:
        return AnswerOf(RefusePart(name).status());
      case Action::kRunOut:
        return RunOut(subject);
      case Action::kResend: {
        const auto resent = Resend(name);
        if (!resent.ok()) return AnswerOf(resent.status());
        subject.newest_generation = resent->generation();
        return absl::StrCat("OK ", Invitation::State_Name(resent->state()), " ",
                            resent->generation());
      }
    }
    return "";
  }

  // Links are opened most; what ends it comes seldom, so that there is something to end.
  static Action Draw(const Subject& subject, std::mt19937_64& random) {
    std::vector<Action> actions = {Action::kLookUp, Action::kLookUp, Action::kAccept,
                                   Action::kAccept, Action::kAccept, Action::kDecline,
                                   Action::kRevoke, Action::kResend, Action::kResend,
                                   Action::kExtend, Action::kRunOut};
    if (!subject.email.empty()) {
      actions.insert(actions.end(), {Action::kAcceptReceived, Action::kDeclineReceived});
    }
    if (subject.asks) {
      actions.insert(actions.end(), 4, Action::kApprove);
      actions.push_back(Action::kRefuse);
    }
    return actions[random() % actions.size()];
  }

  Step DrawStep(const Subject& subject, std::mt19937_64& random) {
    Step step;
    step.action = Draw(subject, random);
    step.account = kTenants[random() % std::size(kTenants)];
    const bool is_old = random() % 4 == 0;
    if (step.action == Action::kLookUp || step.action == Action::kAccept ||
        step.action == Action::kDecline) {
      step.generation = std::max(1, subject.newest_generation - (is_old ? 1 : 0));
    }
    return step;
  }

  // Plays it with several threads. Of a conflict nothing was done: it is no step.
  std::vector<Step> Play(Subject& subject, int number) {
    absl::Mutex mutex;
    std::vector<Step> steps;
    support::Race(kThreads, [&](int thread) {
      std::seed_seq sequence{seed_, static_cast<uint64_t>(number), static_cast<uint64_t>(thread)};
      std::mt19937_64 random(sequence);
      for (int i = 0; i < kStepsOfAThread; ++i) {
        Step step = DrawStep(subject, random);
        step.begin = Now();
        step.answer = Do(subject, step);
        step.end = Now();
        absl::MutexLock lock(&mutex);
        ++answers_[step.answer];
        if (step.answer != kConflict) steps.push_back(std::move(step));
      }
    });
    return steps;
  }

  std::set<std::string> Tenants(const std::string& query, const Subject& subject) {
    std::set<std::string> tenants;
    for (const pqxx::row& row : database_.Run(
             absl::StrCat(query, " WHERE invitation = '", IdOf(subject.invitation.name()), "'"))) {
      tenants.insert(TenantOf(row[0].as<std::string>()));
    }
    return tenants;
  }

  // As the rows say it stands.
  std::string EndOf(const Subject& subject) {
    const auto row = database_.Run(
        "SELECT CASE WHEN state IN ('AWAITING_PROVIDER', 'PENDING') AND expire_time <="
        " clock_timestamp() THEN 'EXPIRED' ELSE state END, generation, use_count, decided_by"
        " FROM invitation.invitations WHERE id = '" +
        IdOf(subject.invitation.name()) + "'")[0];
    const auto redeemed = Tenants("SELECT customer FROM invitation.redemptions", subject);
    auto declined = Tenants("SELECT account FROM invitation.declines", subject);
    const auto state = row[0].as<std::string>();
    if (state == "DECLINED") declined.insert(TenantOf(row[3].as<std::string>()));
    if (row[2].as<size_t>() != redeemed.size()) return "miscounted";
    return Model::TextOf(state, row[1].as<int>(), redeemed, declined);
  }

  // Whether some order explains what was played; if not, `shown` is the history.
  bool IsExplained(const Terms& terms, bool asks, int number, std::string& shown) {
    Subject subject;
    Prepare(terms, asks, number, subject);
    const std::vector<Step> steps = Play(subject, number);
    const std::string end = EndOf(subject);
    shown = absl::StrCat(
        "history ", number, "\n",
        absl::StrJoin(steps, "\n",
                      [](std::string* out, const Step& step) { absl::StrAppend(out, Show(step)); }),
        "\n", end);
    const Model start(terms.mode, subject.invitation.max_uses(), asks);
    return Explain(start, steps, end).has_value();
  }

  const uint64_t seed_;
  std::map<std::string, int> answers_;
};

TEST_F(HistoriesTest, EveryOneIsExplainedByAnOrderOfItsSteps) {
  int number = 0;
  for (const Terms& terms : support::kAllTerms) {
    const bool may_ask = terms.kind == Invitation::CUSTOMER_WITH_PROVIDER;
    for (int i = 0; i < kHistoriesOfTerms; ++i) {
      std::string shown;
      EXPECT_TRUE(IsExplained(terms, may_ask && i % 2 == 0, number++, shown)) << shown;
    }
  }
  // It was no walk past closed doors.
  const int steps = number * kThreads * kStepsOfAThread;
  EXPECT_GT(answers_["OK"], steps / 8);
  EXPECT_LT(answers_[kConflict], steps / 8);
  for (const auto& [answer, count] : answers_) RecordProperty(answer, count);
}

// The control: accepting by looking first and writing then.
class UnguardedHistoriesTest : public HistoriesTest {
 protected:
  std::string AcceptByLink(const Subject& subject, const Step& step) override {
    const std::string id = IdOf(subject.invitation.name());
    pqxx::connection connection(database_.Conninfo("postgres"));
    pqxx::work transaction(connection);
    const bool is_open =
        !transaction
             .exec(absl::StrCat("SELECT FROM invitation.invitations i WHERE id = '", id,
                                "' AND state = 'PENDING' AND expire_time > clock_timestamp()"
                                " AND generation = ",
                                step.generation,
                                " AND NOT EXISTS (SELECT FROM invitation.redemptions r WHERE"
                                " r.invitation = i.id AND r.customer = 'customers/",
                                step.account, "')"))
             .empty();
    if (!is_open) return HistoriesTest::AcceptByLink(subject, step);
    transaction.exec(
        absl::StrCat("SET LOCAL session_replication_role = replica;"
                     "SELECT pg_sleep(0.01);"
                     "UPDATE invitation.invitations SET use_count = least(use_count + 1, max_uses),"
                     " state = CASE WHEN mode = 'OPEN' AND use_count + 1 < max_uses THEN state"
                     "   WHEN mode = 'OPEN' THEN 'EXHAUSTED' ELSE 'ACCEPTED' END WHERE id = '",
                     id,
                     "';"
                     "INSERT INTO invitation.redemptions (partner, invitation, customer, actor,"
                     " agreement_version) VALUES ('partners/contoso', '",
                     id, "', 'customers/", step.account, "', 'x', 'x') ON CONFLICT DO NOTHING"));
    transaction.commit();
    return "OK";
  }
};

TEST_F(UnguardedHistoriesTest, ControlCheckThenUpdateIsExplainedByNone) {
  std::string shown;
  int number = 0;
  while (number < 100 && IsExplained(support::kAllTerms[0], false, number, shown)) ++number;
  EXPECT_LT(number, 100) << "the histories show no fault even where there is one";
  RecordProperty("histories", number);
}

}  // namespace
}  // namespace partnerlink::invitation::histories::invitation_histories_test
