// Combined invitations that are made, issued or sent again beside the end of their partnership: the
// end comes while one is being written, or one is asked for while the end is under way. Whichever
// it is, none stays open behind the end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "services/invitation/invitations/expiry.h"
#include "services/invitation/invitations/handlers.h"
#include "services/relationship/partnerships/handlers.h"
#include "tests/component/relationship_fixture.h"

namespace partnerlink::partnership_end_races_test {
namespace {

using invitation::v1::Invitation;
using support::CallOf;
using support::kContoso;
using support::RelationshipCall;

constexpr char kTailwind[] = "partners/tailwind";

class PartnershipEndRaceTest : public support::RelationshipTest {
 protected:
  PartnershipEndRaceTest() { partnership_ = PartnerUp(kTailwind, kContoso); }

  static Invitation Combined() {
    Invitation wish;
    wish.set_kind(Invitation::CUSTOMER_WITH_PROVIDER);
    wish.set_provider(kTailwind);
    return wish;
  }

  // A way to an open invitation: prepares what it needs, and answers how to go it.
  using Step = std::function<absl::Status()>;
  using Way = std::function<Step()>;

  Way Creating(bool issue) {
    return [this, issue]() -> Step {
      invitation::v1::CreateInvitationRequest request;
      request.set_parent(kContoso);
      request.set_issue(issue);
      *request.mutable_invitation() = Combined();
      return [this, request] { return Create(request).status(); };
    };
  }
  Way Issuing() {
    return [this]() -> Step {
      invitation::v1::IssueInvitationRequest request;
      request.set_name(Draft(Combined()).name());
      return [this, request] {
        const support::TestCall call = CallOf("IssueInvitation", support::Anna());
        return invitation::invitations::IssueInvitation(call.context, deps_, request).status();
      };
    };
  }
  Way Resending() {
    return [this]() -> Step {
      invitation::v1::ResendInvitationRequest request;
      request.set_name(Issued(Combined()).name());
      ExpireIn(request.name(), -1);
      return [this, request] {
        const support::TestCall call = CallOf("ResendInvitation", support::Anna());
        return invitation::invitations::ResendInvitation(call.context, deps_, request).status();
      };
    };
  }
  std::vector<Way> Ways() { return {Creating(false), Creating(true), Issuing(), Resending()}; }

  // From now on the login's every change of the table stops before its commit, until the gate is
  // open.
  void CloseGate(const std::string& table, const std::string& login) {
    database_.Run(absl::StrCat(R"sql(
      CREATE TABLE IF NOT EXISTS public.gate (is_open boolean);
      DELETE FROM public.gate;
      CREATE OR REPLACE FUNCTION public.stop_at_gate() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN
        WHILE NOT EXISTS (SELECT FROM public.gate) LOOP PERFORM pg_sleep(0.002); END LOOP;
        RETURN NULL;
      END $$;
      DROP TRIGGER IF EXISTS gate ON )sql",
                               table, "; CREATE CONSTRAINT TRIGGER gate AFTER INSERT OR UPDATE ON ",
                               table, " INITIALLY DEFERRED FOR EACH ROW WHEN (current_user = '",
                               login, "') EXECUTE FUNCTION public.stop_at_gate()"));
  }
  void OpenGate() { database_.Run("INSERT INTO public.gate VALUES (true)"); }

  bool IsAnyone(const std::string& waiting) {
    pqxx::nontransaction watch(watching_);
    const auto rows = watch.exec(absl::StrCat(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND ", waiting));
    return !rows.empty();
  }

  // The end, and as soon as it is answered Invitation hears of it.
  void EndIt() {
    relationship::v1::EndPartnershipRequest request;
    request.set_name(partnership_);
    const support::TestCall call =
        RelationshipCall("EndPartnership", support::PrincipalOf(kContoso, {"admin_agent"}));
    const auto ended =
        relationship::partnerships::EndPartnership(call.context, relationship_deps_, request);
    ASSERT_TRUE(ended.ok()) << ended.status();
    TellInvitation();
  }

  // `first` has come as far as its commit when `second` begins, and goes on when that one waits for
  // a lock or is through.
  void Beside(const std::string& table, const std::string& login,
              const std::function<void()>& first, const std::function<void()>& second) {
    CloseGate(table, login);
    std::thread writer(first);
    while (!IsAnyone("wait_event = 'PgSleep'")) std::this_thread::yield();
    std::atomic<bool> is_through = false;
    std::thread other([&] {
      second();
      is_through = true;
    });
    while (!is_through && !IsAnyone("wait_event_type = 'Lock'")) std::this_thread::yield();
    OpenGate();
    writer.join();
    other.join();
  }

  // One that is written while the end comes.
  absl::Status WrittenBefore(const Step& step) {
    absl::Status made;
    Beside(
        "invitation.invitations", "invitation", [&] { made = step(); }, [&] { EndIt(); });
    return made;
  }

  // One that is asked for while the end is being written.
  absl::Status AskedForBehind(const Step& step) {
    absl::Status made;
    Beside(
        "relationship.partnerships", "relationship", [&] { EndIt(); }, [&] { made = step(); });
    return made;
  }

  int StillOpen() {
    return database_.Count(
        "SELECT count(*) FROM invitation.invitations WHERE state IN ('DRAFT', 'PENDING')"
        " AND (expire_time IS NULL OR expire_time > clock_timestamp())");
  }

  // The control's database: nobody shares the pair's lock.
  void TakeTheLockAway() {
    database_.Run(
        "CREATE OR REPLACE FUNCTION relationship.share_partnership(provider text, reseller text)"
        " RETURNS void LANGUAGE sql VOLATILE BEGIN ATOMIC SELECT NULL::void; END");
  }

  std::string partnership_;
  pqxx::connection watching_{database_.Conninfo("postgres")};
};

TEST_F(PartnershipEndRaceTest, WhatIsBeingWrittenIsThereForTheEndToRevoke) {
  for (const Way& way : Ways()) {
    const absl::Status made = WrittenBefore(way());
    EXPECT_TRUE(made.ok()) << made;
    EXPECT_EQ(StillOpen(), 0);
    partnership_ = PartnerUp(kTailwind, kContoso);
  }
  EXPECT_EQ(database_.Count("SELECT count(*) FROM invitation.invitations WHERE state = 'REVOKED'"
                            " AND state_cause = 'partnership ended'"),
            4);
}

TEST_F(PartnershipEndRaceTest, WhatIsAskedForBehindTheEndIsRefused) {
  for (const Way& way : Ways()) {
    const absl::Status made = AskedForBehind(way());
    EXPECT_EQ(ReasonOf(made), common::v1::PARTNERSHIP_INACTIVE) << made;
    EXPECT_EQ(StillOpen(), 0);
    partnership_ = PartnerUp(kTailwind, kContoso);
  }
}

// An issued draft is locked by its row alone: the end waits for it.
TEST_F(PartnershipEndRaceTest, ControlWithoutTheLockWhatIsBeingWrittenStaysOpen) {
  TakeTheLockAway();
  std::vector<int> open;
  for (const Way& way : Ways()) {
    const absl::Status made = WrittenBefore(way());
    EXPECT_TRUE(made.ok()) << made;
    open.push_back(StillOpen());
    partnership_ = PartnerUp(kTailwind, kContoso);
  }
  EXPECT_THAT(open, testing::ElementsAre(1, 1, 0, 1))
      << "the race shows no fault where there is one";
}

TEST_F(PartnershipEndRaceTest, ControlWithoutTheLockOneIsMadeBehindTheEnd) {
  TakeTheLockAway();
  EXPECT_TRUE(AskedForBehind(Creating(true)()).ok());
  EXPECT_EQ(StillOpen(), 1) << "the race shows no fault even where there is one";
}

}  // namespace
}  // namespace partnerlink::partnership_end_races_test
