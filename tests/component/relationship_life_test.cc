// A relationship is paused and resumed, and ended by its customer: who may, what it stops, what is
// told to whom.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "services/relationship/relationships/handlers.h"
#include "tests/component/relationship_life_fixture.h"

namespace partnerlink::relationship_life_test {
namespace {

using relationship::v1::Relationship;
using support::Anna;
using support::Bert;
using support::kContoso;
using support::kFabrikam;
using support::kNorthwind;
using support::kTailspin;
using support::Nora;
using support::Olga;
using support::PrincipalOf;
using support::RelationshipCall;
using support::TestCall;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kDistri[] = "partners/distri";
constexpr char kNobodys[] = "relationships/0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee";

Principal Dora() { return PrincipalOf(kDistri, {"admin_agent"}, "dora"); }

class RelationshipLifeTest : public support::RelationshipLifeTest {
 protected:
  RelationshipLifeTest() : relationship_(Relate(kNorthwind, kContoso)) { NewEvents(); }

  // A reseller's and a provider's relationship with kTailspin, from one invitation of both.
  std::pair<std::string, std::string> Combined() {
    PartnerUp(kDistri, kContoso);
    const auto both =
        Establish(support::CombinedAcceptance(kTailspin, kContoso, kDistri, NewUuid()));
    EXPECT_TRUE(both.ok()) << both.status();
    if (!both.ok()) return {};
    TellDirectory();
    NewEvents();
    return {both->edges(0).relationship(), both->edges(1).relationship()};
  }

  const std::string relationship_;
};

TEST_F(RelationshipLifeTest, PausedNothingIsOrderedAndReadingStays) {
  ASSERT_TRUE(Order(kNorthwind, Anna()).ok());
  const auto paused = Pause(relationship_, Olga());
  ASSERT_TRUE(paused.ok()) << paused.status();
  EXPECT_EQ(paused->state(), Relationship::SUSPENDED);
  EXPECT_EQ(paused->state_cause(), "unpaid");
  EXPECT_EQ(ReasonOf(Order(kNorthwind, Anna()).status()), common::v1::RELATIONSHIP_INACTIVE);
  EXPECT_EQ(WhyNot(Anna(), "order.create"), common::v1::RELATIONSHIP_INACTIVE);
  EXPECT_EQ(WhyNot(Anna(), "customer.view"), common::v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(WhyNot(Anna(), "subscription.view"), common::v1::ERROR_REASON_UNSPECIFIED);
  TellDirectory();
  const auto read = Read(kNorthwind, Anna());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->edges(0).state(), Relationship::SUSPENDED);
  const auto resumed = Resume(relationship_, Olga());
  ASSERT_TRUE(resumed.ok()) << resumed.status();
  EXPECT_EQ(resumed->state(), Relationship::ACTIVE);
  EXPECT_EQ(resumed->state_cause(), "paid");
  EXPECT_TRUE(Order(kNorthwind, Anna()).ok());
}

TEST_F(RelationshipLifeTest, EachChangeLeavesTwoAuditRowsAndOneDelivery) {
  const auto left = [&](const char* account) {
    return database_.Value(absl::StrCat(
        "SELECT string_agg(actor || ' ' || cause || ' ' || (before ->> 'state') || ' ' ||"
        " (after ->> 'state'), ', ' ORDER BY id) FROM common.audit_entries"
        " WHERE resource LIKE 'relationships/%' AND method !~ 'Establish' AND account = '",
        account, "'"));
  };
  AgreeOnNotice(30);
  ASSERT_TRUE(Pause(relationship_, Olga()).ok());
  EXPECT_THAT(NewEvents(), ElementsAre("relationship.suspended partners/contoso",
                                       "relationship.suspended customers/northwind"));
  ASSERT_TRUE(Resume(relationship_, Olga()).ok());
  EXPECT_THAT(NewEvents(), ElementsAre("relationship.resumed partners/contoso",
                                       "relationship.resumed customers/northwind"));
  ASSERT_TRUE(End(relationship_).ok());
  EXPECT_THAT(NewEvents(), ElementsAre("relationship.ending partners/contoso",
                                       "relationship.ending customers/northwind"));
  ASSERT_TRUE(Withdraw(relationship_).ok());
  EXPECT_THAT(NewEvents(), ElementsAre("relationship.end_withdrawn partners/contoso",
                                       "relationship.end_withdrawn customers/northwind"));
  for (const char* account : {"partners/contoso", "customers/northwind"}) {
    EXPECT_EQ(left(account),
              "olga unpaid ACTIVE SUSPENDED, olga paid SUSPENDED ACTIVE,"
              " nora moving on ACTIVE ENDING, nora staying ENDING ACTIVE");
  }
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.outbox WHERE target = 'directory'"
                            " AND delivered_time IS NULL"),
            4);
  TellDirectory();
  EXPECT_EQ(database_.Value("SELECT state || revision FROM directory.edges"), "ACTIVE5");
}

TEST_F(RelationshipLifeTest, OnlyTheProviderItGoesThroughAndOperatorsPauseIt) {
  const auto [reseller, provider] = Combined();
  const struct {
    const std::string& name;
    Principal caller;
    ErrorReason reason;
  } table[] = {
      {reseller, Olga(), common::v1::ERROR_REASON_UNSPECIFIED},
      {reseller, Dora(), common::v1::ERROR_REASON_UNSPECIFIED},
      {reseller, Anna(), common::v1::PERMISSION_MISSING},
      {reseller, Bert(), common::v1::RESOURCE_NOT_FOUND},
      {reseller, support::Customer("tailspin"), common::v1::RESOURCE_NOT_FOUND},
      {provider, Olga(), common::v1::ERROR_REASON_UNSPECIFIED},
      {provider, Dora(), common::v1::ERROR_REASON_UNSPECIFIED},
      {provider, Anna(), common::v1::RESOURCE_NOT_FOUND},
      // Not of a combined invitation.
      {relationship_, Dora(), common::v1::RESOURCE_NOT_FOUND},
      {relationship_, Olga(), common::v1::ERROR_REASON_UNSPECIFIED},
  };
  for (const auto& row : table) {
    const auto paused = Pause(row.name, row.caller);
    EXPECT_EQ(ReasonOf(paused.status()).value_or(common::v1::ERROR_REASON_UNSPECIFIED), row.reason)
        << row.caller.account << paused.status();
    if (!paused.ok()) continue;
    EXPECT_TRUE(Resume(row.name, row.caller).ok()) << row.caller.account;
  }
}

TEST_F(RelationshipLifeTest, AResellersIsTheProvidersToPauseWhileTheirTieLasts) {
  const auto [reseller, provider] = Combined();
  ASSERT_TRUE(Pause(reseller, Dora()).ok());
  ASSERT_TRUE(Resume(reseller, Dora()).ok());
  // What a provider has no reason to read otherwise it does not read.
  EXPECT_EQ(ReasonOf(Get(reseller, Dora()).status()), common::v1::RESOURCE_NOT_FOUND);
  database_.Run("UPDATE relationship.partnerships SET state = 'ENDED', end_time = now()");
  EXPECT_EQ(ReasonOf(Pause(reseller, Dora()).status()), common::v1::RESOURCE_NOT_FOUND);
  EXPECT_TRUE(Pause(provider, Dora()).ok()) << "its own stays its own";
}

TEST_F(RelationshipLifeTest, NorOnceTheProvidersOwnIsOver) {
  const auto [reseller, provider] = Combined();
  ASSERT_TRUE(End(provider, support::Customer("tailspin")).ok());
  EXPECT_EQ(ReasonOf(Pause(reseller, Dora()).status()), common::v1::RESOURCE_NOT_FOUND);
}

TEST_F(RelationshipLifeTest, WhatIsNotTheCallersDoesNotExist) {
  AgreeOnNotice(1);
  const auto whole = [](const absl::Status& status) {
    return ToRpcStatus(status).SerializeAsString();
  };
  const std::string nobodys = whole(End(kNobodys).status());
  EXPECT_EQ(ReasonOf(End(kNobodys).status()), common::v1::RESOURCE_NOT_FOUND);
  for (const Principal& caller : {Anna(), Bert(), Olga(), support::Customer("tailspin")}) {
    EXPECT_EQ(whole(End(relationship_, caller).status()), nobodys) << caller.account;
    EXPECT_EQ(whole(Withdraw(relationship_, caller).status()), nobodys) << caller.account;
  }
  for (const Principal& caller : {Bert(), support::Customer("tailspin"), Nora()}) {
    EXPECT_EQ(whole(Pause(relationship_, caller).status()), nobodys) << caller.account;
    EXPECT_EQ(whole(Resume(relationship_, caller).status()), nobodys) << caller.account;
  }
}

TEST_F(RelationshipLifeTest, ABadShapeIsRefusedWithEveryField) {
  for (const char* name : {"", "relationships/1", "partners/contoso/relationships/x", "*"}) {
    for (const absl::Status& status :
         {Pause(name, Olga(), "").status(), Resume(name, Olga(), "").status(), End(name).status(),
          Withdraw(name).status()}) {
      EXPECT_EQ(ReasonOf(status), common::v1::FIELD_INVALID) << name;
      EXPECT_THAT(ToRpcStatus(status).SerializeAsString(), HasSubstr("name"));
    }
    EXPECT_THAT(ToRpcStatus(Pause(name, Olga(), "").status()).SerializeAsString(),
                HasSubstr("reason"));
  }
  EXPECT_EQ(ReasonOf(Pause(relationship_, Olga(), std::string(301, 'x')).status()),
            common::v1::FIELD_INVALID);
}

// Every action in every state; an ENDING one whose time has come is ENDED.
TEST_F(RelationshipLifeTest, EachActionIsForItsStatesOnly) {
  AgreeOnNotice(5);
  const std::vector<std::pair<std::string, std::string>> states = {
      {"ACTIVE", "state = 'ACTIVE', effective_end_time = NULL, ending_from = NULL"},
      {"SUSPENDED", "state = 'SUSPENDED', effective_end_time = NULL, ending_from = NULL"},
      {"ENDING",
       "state = 'ENDING', effective_end_time = now() + interval '1 h', ending_from = 'ACTIVE'"},
      {"ENDED", "state = 'ENDING', effective_end_time = now(), ending_from = 'ACTIVE'"},
      {"ENDED", "state = 'ENDED', effective_end_time = now(), ending_from = NULL"},
  };
  const auto try_each = [&](const std::string& set, std::string& legal) {
    const std::vector<std::pair<const char*, std::function<absl::Status()>>> actions = {
        {"suspend", [&] { return Pause(relationship_, Olga()).status(); }},
        {"resume", [&] { return Resume(relationship_, Olga()).status(); }},
        {"end", [&] { return End(relationship_).status(); }},
        {"withdraw", [&] { return Withdraw(relationship_).status(); }},
    };
    for (const auto& [name, action] : actions) {
      database_.Run(
          absl::StrCat("SET session_replication_role = replica;"
                       " UPDATE relationship.relationships SET ",
                       set, "; RESET session_replication_role"));
      const std::string before = WholeDatabase();
      const absl::Status status = action();
      if (status.ok()) {
        absl::StrAppend(&legal, legal.empty() ? "" : " ", name);
      } else {
        EXPECT_EQ(ReasonOf(status), common::v1::STATE_TRANSITION) << name << ": " << set;
        EXPECT_EQ(WholeDatabase(), before) << name << ": " << set;
      }
    }
  };
  std::vector<std::string> legal(states.size());
  for (size_t i = 0; i < states.size(); ++i) try_each(states[i].second, legal[i]);
  EXPECT_THAT(legal, ElementsAre("suspend end", "resume end", "withdraw", "", ""));
}

TEST_F(RelationshipLifeTest, AStaleEtagIsRefused) {
  relationship::v1::SuspendRelationshipRequest pause;
  pause.set_name(relationship_);
  pause.set_reason("x");
  pause.set_etag("stale");
  const TestCall suspend = RelationshipCall("SuspendRelationship", Olga());
  EXPECT_EQ(ReasonOf(relationship::relationships::SuspendRelationship(suspend.context,
                                                                      relationship_deps_, pause)
                         .status()),
            common::v1::ETAG_MISMATCH);
  relationship::v1::EndRelationshipRequest end;
  end.set_name(relationship_);
  end.set_etag("stale");
  const TestCall call = RelationshipCall("EndRelationship", Nora());
  EXPECT_EQ(
      ReasonOf(relationship::relationships::EndRelationship(call.context, relationship_deps_, end)
                   .status()),
      common::v1::ETAG_MISMATCH);
}

TEST_F(RelationshipLifeTest, ARepeatedRequestIdGetsTheSameAnswerAndHasOneEffect) {
  relationship::v1::EndRelationshipRequest request;
  request.set_name(relationship_);
  request.set_request_id(NewUuid());
  const TestCall call = RelationshipCall("EndRelationship", Nora());
  const auto end = [&] {
    return relationship::relationships::EndRelationship(call.context, relationship_deps_, request);
  };
  const auto first = end();
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string before = WholeDatabase();
  const auto second = end();
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(first->SerializeAsString(), second->SerializeAsString());
  EXPECT_EQ(WholeDatabase(), before);
}

// By the clock, whether or not anybody has swept.
TEST_F(RelationshipLifeTest, PastItsDateNothingRestsOnTheGrantsThatEndWithIt) {
  AgreeOnNotice(30);
  ASSERT_TRUE(End(relationship_).ok());
  EXPECT_EQ(WhyNot(Anna(), "user.manage"), common::v1::ERROR_REASON_UNSPECIFIED);
  MoveEnd(relationship_, "0 s");
  EXPECT_EQ(WhyNot(Anna(), "user.manage"), common::v1::RESOURCE_NOT_FOUND);
  Sweep();
  EXPECT_EQ(Grants(), "TERMINATED customer_ended");
}

TEST_F(RelationshipLifeTest, PastItsDateTheGrantsThatTheCustomerKeepsStay) {
  AgreeOnNotice(30);
  ASSERT_TRUE(End(relationship_, Nora(), false).ok());
  MoveEnd(relationship_, "0 s");
  EXPECT_EQ(WhyNot(Anna(), "user.manage"), common::v1::ERROR_REASON_UNSPECIFIED);
}

// Its partner cannot make it longer by another policy.
TEST_F(RelationshipLifeTest, TheDaysOfNoticeAreThoseOfItsBeginning) {
  SetPolicies("end_notice_days = 365");
  const auto ended = End(relationship_);
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_EQ(ended->state(), Relationship::ENDED);
  const auto later = Established(kNorthwind, kContoso);
  EXPECT_EQ(Get(later.edges(0).relationship(), Nora())->end_notice_days(), 365);
  EXPECT_EQ(End(later.edges(0).relationship())->state(), Relationship::ENDING);
}

TEST_F(RelationshipLifeTest, WithoutNoticeTheCustomersEndIsAtOnceAndTakesTheGrants) {
  Relate(kNorthwind, kFabrikam);
  Relate(kTailspin, kContoso);
  ASSERT_EQ(Grants(), "ACTIVE");
  const auto ended = End(relationship_);
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_EQ(ended->state(), Relationship::ENDED);
  EXPECT_TRUE(ended->revoke_grants());
  EXPECT_TRUE(ended->has_effective_end_time());
  EXPECT_FALSE(ended->has_attestation()) << "that is the partner's";
  EXPECT_EQ(StoredState(relationship_), "ENDED");
  EXPECT_EQ(Grants(), "TERMINATED customer_ended");
  EXPECT_EQ(WhyNot(Anna(), "customer.view"), common::v1::RESOURCE_NOT_FOUND);
  EXPECT_EQ(WhyNot(Anna(), "user.manage"), common::v1::RESOURCE_NOT_FOUND);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.grants WHERE state = 'ACTIVE'"), 2)
      << "of the other partner, and over the other customer";
  TellDirectory();
  EXPECT_THAT(ListOf(kContoso), ElementsAre(kTailspin));
  EXPECT_THAT(ListOf(kFabrikam), ElementsAre(kNorthwind));
  EXPECT_EQ(ListOf(kContoso), RebuiltListOf(kContoso));
}

TEST_F(RelationshipLifeTest, TheEndOfAGrantIsToldToBothSides) {
  ASSERT_TRUE(End(relationship_).ok());
  EXPECT_THAT(
      NewEvents(),
      ElementsAre("relationship.ended partners/contoso", "relationship.ended customers/northwind",
                  "grant.terminated partners/contoso", "grant.terminated customers/northwind"));
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.audit_entries WHERE cause ="
                            " 'customer_ended' AND actor = 'nora' AND before ->> 'state' = 'ACTIVE'"
                            " AND after ->> 'state' = 'TERMINATED'"),
            2);
}

TEST_F(RelationshipLifeTest, TheCustomerMayLeaveTheGrants) {
  const std::string before = RowsOf("relationship.grants");
  const auto ended = End(relationship_, Nora(), false);
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_FALSE(ended->revoke_grants());
  Sweep();
  EXPECT_EQ(RowsOf("relationship.grants"), before);
  TellDirectory();
  EXPECT_THAT(ListOf(kContoso), ElementsAre());
  EXPECT_EQ(WhyNot(Anna(), "customer.view"), common::v1::ERROR_REASON_UNSPECIFIED);
}

// A grant hangs on no relationship: the customer has said that the rights are to end.
TEST_F(RelationshipLifeTest, TheGrantsEndAlsoWhereThePartnerKeepsAnotherRelationship) {
  auto other = support::AcceptedBy(kNorthwind, kContoso, NewUuid());
  other.mutable_edges(0)->set_type(Relationship::PROVIDER);
  other.clear_grant();
  ASSERT_TRUE(Establish(other).ok());
  ASSERT_TRUE(End(relationship_).ok());
  EXPECT_EQ(Grants(), "TERMINATED customer_ended");
}

TEST_F(RelationshipLifeTest, DuringTheNoticeNothingIsOrderedAndTheEndCanBeTakenBack) {
  AgreeOnNotice(30);
  const auto ending = End(relationship_);
  ASSERT_TRUE(ending.ok()) << ending.status();
  EXPECT_EQ(ending->state(), Relationship::ENDING);
  EXPECT_EQ(ending->state_cause(), "moving on");
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.relationships WHERE"
                            " effective_end_time - update_time BETWEEN interval '719:59' AND"
                            " interval '720:01'"),
            1);
  EXPECT_EQ(ReasonOf(Order(kNorthwind, Anna()).status()), common::v1::RELATIONSHIP_INACTIVE);
  EXPECT_EQ(WhyNot(Anna(), "customer.view"), common::v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(ReasonOf(Remove(support::RemovalOf(relationship_), Anna()).status()),
            common::v1::STATE_TRANSITION);
  EXPECT_EQ(Grants(), "ACTIVE");
  const auto back = Withdraw(relationship_);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->state(), Relationship::ACTIVE);
  EXPECT_FALSE(back->has_effective_end_time());
  EXPECT_FALSE(back->revoke_grants());
  EXPECT_TRUE(Order(kNorthwind, Anna()).ok());
}

TEST_F(RelationshipLifeTest, WhatWasPausedIsPausedAgain) {
  AgreeOnNotice(30);
  ASSERT_TRUE(Pause(relationship_, Olga()).ok());
  ASSERT_TRUE(End(relationship_).ok());
  const auto back = Withdraw(relationship_);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->state(), Relationship::SUSPENDED);
  EXPECT_EQ(ReasonOf(Order(kNorthwind, Anna()).status()), common::v1::RELATIONSHIP_INACTIVE);
}

TEST_F(RelationshipLifeTest, WhenItsTimeHasComeEveryReaderSeesItAtOnceAndTheSweepWritesIt) {
  AgreeOnNotice(30);
  ASSERT_TRUE(End(relationship_).ok());
  TellDirectory();
  MoveEnd(relationship_, "0");
  EXPECT_EQ(StoredState(relationship_), "ENDING");
  EXPECT_EQ(Get(relationship_, Anna())->state(), Relationship::ENDED);
  EXPECT_EQ(Get(relationship_, Nora())->state(), Relationship::ENDED);
  relationship::v1::ListRelationshipsRequest list;
  list.set_parent(kNorthwind);
  list.set_filter("state = ENDED AND effective_end_time < 2999-01-01T00:00:00Z");
  const TestCall call = RelationshipCall("ListRelationships", Nora());
  const auto listed =
      relationship::relationships::ListRelationships(call.context, relationship_deps_, list);
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_EQ(listed->relationships_size(), 1);
  EXPECT_EQ(WhyNot(Anna(), "order.view"), common::v1::RESOURCE_NOT_FOUND);
  EXPECT_EQ(ReasonOf(Withdraw(relationship_).status()), common::v1::STATE_TRANSITION);
  NewEvents();
  Sweep();
  EXPECT_EQ(StoredState(relationship_), "ENDED");
  EXPECT_EQ(Grants(), "TERMINATED customer_ended");
  EXPECT_THAT(
      NewEvents(),
      ElementsAre("relationship.ended partners/contoso", "relationship.ended customers/northwind",
                  "grant.terminated partners/contoso", "grant.terminated customers/northwind"));
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.audit_entries WHERE cause = 'time' AND"
                            " actor = 'relationship' AND actor_account = '' AND"
                            " before ->> 'state' = 'ENDING' AND after ->> 'state' = 'ENDED'"),
            2);
  TellDirectory();
  EXPECT_THAT(ListOf(kContoso), ElementsAre());
  const std::string before = WholeDatabase();
  Sweep();
  EXPECT_EQ(WholeDatabase(), before) << "once";
}

// An end that nobody has written yet is no hindrance to coming back.
TEST_F(RelationshipLifeTest, ComingBackNamesThePredecessorAlsoBeforeTheSweep) {
  AgreeOnNotice(30);
  ASSERT_TRUE(End(relationship_).ok());
  MoveEnd(relationship_, "0");
  const auto again = Established(kNorthwind, kContoso);
  const auto back = Get(again.edges(0).relationship(), Anna());
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->predecessor(), relationship_);
  EXPECT_EQ(Grants(), "TERMINATED customer_ended, ACTIVE")
      << "the old one ends with the old relationship, the new one stays";
}

TEST_F(RelationshipLifeTest, WhatWasSoldGoesOnAndNobodyChangesItThroughTheOldOne) {
  const std::string subscription = Sell(kNorthwind, Anna());
  ASSERT_TRUE(End(relationship_).ok());
  TellDirectory();
  EXPECT_EQ(database_.Value("SELECT state FROM directory.subscriptions"), "ACTIVE");
  EXPECT_EQ(WhyNot(Anna(), "subscription.manage"), common::v1::RESOURCE_NOT_FOUND);
}

}  // namespace
}  // namespace partnerlink::relationship_life_test
