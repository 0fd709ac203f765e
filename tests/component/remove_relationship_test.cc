// RemoveRelationship: what it does, refuses and leaves behind. What it never does is told in
// kept_grants_test.cc and attestation_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "google/rpc/error_details.pb.h"
#include "services/relationship/relationships/handlers.h"
#include "tests/component/relationship_fixture.h"

namespace partnerlink::remove_relationship_test {
namespace {

using relationship::v1::Relationship;
using relationship::v1::RemoveRelationshipRequest;
using support::Anna;
using support::Bert;
using support::kContoso;
using support::kFabrikam;
using support::kNorthwind;
using support::kTailspin;
using support::PrincipalOf;
using support::RelationshipCall;
using support::RemovalOf;
using support::TestCall;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kNobodys[] = "relationships/0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee";

// The resources that a refusal says are in the way.
std::vector<std::string> NamedBy(const absl::Status& refusal) {
  const google::rpc::Status status = ToRpcStatus(refusal);
  google::rpc::PreconditionFailure failure;
  for (const auto& detail : status.details()) detail.UnpackTo(&failure);
  std::vector<std::string> named;
  for (const auto& violation : failure.violations()) named.push_back(violation.subject());
  return named;
}

class RemoveRelationshipTest : public support::RelationshipTest {
 protected:
  RemoveRelationshipTest() : relationship_(Relate(kNorthwind, kContoso)) { NewEvents(); }

  std::string StateOf(const std::string& subscription) {
    return database_.Value(
        absl::StrCat("SELECT state FROM directory.subscriptions WHERE customer ||"
                     " '/subscriptions/' || id = '",
                     subscription, "'"));
  }

  const std::string relationship_;
};

TEST_F(RemoveRelationshipTest, EndsItForGood) {
  const std::string from = database_.Value("SELECT extract(epoch FROM clock_timestamp())");
  const auto removed = Remove(RemovalOf(relationship_), Anna());
  ASSERT_TRUE(removed.ok()) << removed.status();
  const Relationship& ended = removed->relationship();
  EXPECT_EQ(ended.name(), relationship_);
  EXPECT_EQ(ended.state(), Relationship::ENDED);
  EXPECT_GE(static_cast<double>(ended.effective_end_time().seconds()) + 1, std::stod(from));
  EXPECT_EQ(ended.attestation().actor(), "anna");
  EXPECT_EQ(removed->kept_grants_size(), 1);
  // Coming back is a new one.
  const auto again = Established(kNorthwind, kContoso);
  EXPECT_NE(again.edges(0).relationship(), relationship_);
  EXPECT_EQ(database_.Value("SELECT 'relationships/' || predecessor FROM relationship.relationships"
                            " WHERE state = 'ACTIVE'"),
            relationship_);
}

TEST_F(RemoveRelationshipTest, TheCustomerLeavesThisPartnersListAndNoOther) {
  Relate(kNorthwind, kFabrikam);
  Relate(kTailspin, kContoso);
  const std::string others =
      "SELECT string_agg(p::text || p.xmin, ' ' ORDER BY partner, customer) FROM"
      " directory.partner_customers p WHERE (partner, customer) <>"
      " ('partners/contoso', 'customers/northwind')";
  const std::string before = database_.Value(others);
  ASSERT_THAT(ListOf(kContoso), ElementsAre(kNorthwind, kTailspin));
  ASSERT_TRUE(Remove(RemovalOf(relationship_), Anna()).ok());
  TellDirectory();
  EXPECT_THAT(ListOf(kContoso), ElementsAre(kTailspin));
  EXPECT_THAT(ListOf(kFabrikam), ElementsAre(kNorthwind));
  EXPECT_EQ(ListOf(kContoso), RebuiltListOf(kContoso));
  EXPECT_EQ(ListOf(kFabrikam), RebuiltListOf(kFabrikam));
  EXPECT_EQ(database_.Value(others), before);
}

TEST_F(RemoveRelationshipTest, ThePartnersOtherRelationshipKeepsTheCustomerListed) {
  auto request = support::AcceptedBy(kNorthwind, kContoso, NewUuid());
  request.mutable_edges(0)->set_type(Relationship::PROVIDER);
  ASSERT_TRUE(Establish(request).ok());
  TellDirectory();
  ASSERT_TRUE(Remove(RemovalOf(relationship_), Anna()).ok());
  TellDirectory();
  EXPECT_THAT(ListOf(kContoso), ElementsAre(kNorthwind));
  EXPECT_EQ(database_.Value("SELECT types FROM directory.partner_customers"), "{PROVIDER}");
}

TEST_F(RemoveRelationshipTest, ASuspendedOneToo) {
  database_.Run("UPDATE relationship.relationships SET state = 'SUSPENDED'");
  EXPECT_TRUE(Remove(RemovalOf(relationship_), Anna()).ok());
}

TEST_F(RemoveRelationshipTest, LeavesTwoAuditRowsAndTwoEventsOfThePersonAndOneChain) {
  const int audited = AuditRows();
  RemoveRelationshipRequest request = RemovalOf(relationship_);
  const TestCall call = RelationshipCall("RemoveRelationship", Anna());
  ASSERT_TRUE(
      relationship::relationships::RemoveRelationship(call.context, relationship_deps_, request)
          .ok());
  EXPECT_THAT(NewEvents(), ElementsAre("relationship.ended partners/contoso",
                                       "relationship.removed customers/northwind"));
  EXPECT_EQ(AuditRows() - audited, 2);
  EXPECT_EQ(
      database_.Count(absl::StrCat(
          "SELECT count(*) FROM common.audit_entries WHERE cause = 'removal' AND"
          " actor = 'anna' AND actor_account = 'partners/contoso' AND decision = 'ALLOWED'"
          " AND before ->> 'state' = 'ACTIVE' AND after ->> 'state' = 'ENDED' AND resource = '",
          relationship_, "'")),
      2);
  EXPECT_EQ(database_.Count(absl::StrCat("SELECT count(*) FROM common.outbox WHERE root = '",
                                         call.outcome.root_event, "'")),
            2)
      << "the token of the answer waits for Directory";
}

TEST_F(RemoveRelationshipTest, ARepeatedRequestIdGetsTheSameAnswerAndHasOneEffect) {
  RemoveRelationshipRequest request = RemovalOf(relationship_);
  request.set_request_id(NewUuid());
  const auto first = Remove(request, Anna());
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string before = WholeDatabase();
  const auto second = Remove(request, Anna());
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(first->SerializeAsString(), second->SerializeAsString());
  request.set_cancel_subscriptions(true);
  EXPECT_EQ(ReasonOf(Remove(request, Anna()).status()), common::v1::REQUEST_ID_REUSED);
  EXPECT_EQ(WholeDatabase(), before);
}

TEST_F(RemoveRelationshipTest, WhatIsNotThePartnersDoesNotExist) {
  const absl::Status nobodys = Remove(RemovalOf(kNobodys), Anna()).status();
  EXPECT_EQ(ReasonOf(nobodys), common::v1::RESOURCE_NOT_FOUND);
  for (const Principal& principal :
       {Bert(), support::Customer("northwind"), PrincipalOf("operators", {"operator"})}) {
    const absl::Status others = Remove(RemovalOf(relationship_), principal).status();
    EXPECT_EQ(ToRpcStatus(others).SerializeAsString(), ToRpcStatus(nobodys).SerializeAsString())
        << principal.account;
  }
}

TEST_F(RemoveRelationshipTest, ABadShapeIsRefusedWithEveryField) {
  for (const char* name : {"", "relationships/1", "partners/contoso/relationships/x", "*"}) {
    RemoveRelationshipRequest request = RemovalOf(name);
    request.set_request_id("1");
    const absl::Status status = Remove(request, Anna()).status();
    EXPECT_EQ(ReasonOf(status), common::v1::FIELD_INVALID) << name;
    EXPECT_THAT(ToRpcStatus(status).SerializeAsString(), HasSubstr("request_id"));
  }
}

TEST_F(RemoveRelationshipTest, EachRefusalChangesNothing) {
  using Change = std::function<void(RemoveRelationshipRequest&)>;
  const std::vector<std::tuple<std::string, Change, ErrorReason>> refusals = {
      {"", [](auto& r) { r.set_etag("stale"); }, common::v1::ETAG_MISMATCH},
      {"UPDATE relationship.relationships SET state = 'ENDING', effective_end_time ="
       " now() + '1 day'",
       [](auto&) {}, common::v1::STATE_TRANSITION},
      {"SET session_replication_role = replica;"
       " UPDATE relationship.relationships SET state = 'ENDED'",
       [](auto&) {}, common::v1::STATE_TRANSITION},
      // What changed meanwhile comes before what state it is in.
      {"", [](auto& r) { r.set_etag("stale"); }, common::v1::ETAG_MISMATCH},
  };
  for (const auto& [sql, change, reason] : refusals) {
    if (!sql.empty()) database_.Run(sql);
    RemoveRelationshipRequest request = RemovalOf(relationship_);
    change(request);
    const std::string before = WholeDatabase();
    EXPECT_EQ(ReasonOf(Remove(request, Anna()).status()), reason) << sql;
    EXPECT_EQ(WholeDatabase(), before) << sql;
  }
}

TEST_F(RemoveRelationshipTest, ASuspendedPartnerIsRefused) {
  Suspend(kContoso);
  const std::string before = WholeDatabase();
  EXPECT_EQ(ReasonOf(Remove(RemovalOf(relationship_), Anna()).status()),
            common::v1::PARTNER_SUSPENDED);
  EXPECT_EQ(WholeDatabase(), before);
}

TEST_F(RemoveRelationshipTest, OfThePresentEtagItGoesThrough) {
  RemoveRelationshipRequest request = RemovalOf(relationship_);
  relationship::v1::GetRelationshipRequest get;
  get.set_name(relationship_);
  const TestCall call = RelationshipCall("GetRelationship", Anna());
  request.set_etag(
      relationship::relationships::GetRelationship(call.context, relationship_deps_, get)->etag());
  const auto removed = Remove(request, Anna());
  ASSERT_TRUE(removed.ok()) << removed.status();
  EXPECT_NE(removed->relationship().etag(), request.etag());
}

TEST_F(RemoveRelationshipTest, WhatWasSoldThroughItStandsInTheWay) {
  const std::string other = Relate(kNorthwind, kFabrikam);
  std::vector<std::string> sold;
  for (int i = 0; i < 3; ++i) sold.push_back(Sell(kNorthwind, Anna()));
  Sell(kNorthwind, Bert());
  database_.Run(
      absl::StrCat("UPDATE directory.subscriptions SET state = 'CANCELLED' WHERE customer"
                   " || '/subscriptions/' || id = '",
                   sold.back(), "'"));
  sold.pop_back();
  const std::string before = WholeDatabase();
  const absl::Status status = Remove(RemovalOf(relationship_), Anna()).status();
  EXPECT_EQ(ReasonOf(status), common::v1::ACTIVE_SUBSCRIPTIONS);
  EXPECT_THAT(NamedBy(status), testing::UnorderedElementsAreArray(sold));
  EXPECT_EQ(WholeDatabase(), before);
}

TEST_F(RemoveRelationshipTest, AtMostTwentyOfThemAreListed) {
  for (int i = 0; i < 21; ++i) Sell(kNorthwind, Anna());
  EXPECT_THAT(NamedBy(Remove(RemovalOf(relationship_), Anna()).status()), testing::SizeIs(20));
}

TEST_F(RemoveRelationshipTest, OrEndsWithItInTheTransactionInWhichDirectoryHearsOfIt) {
  const std::string sold = Sell(kNorthwind, Anna());
  Relate(kNorthwind, kFabrikam);
  const std::string others = Sell(kNorthwind, Bert());
  RemoveRelationshipRequest request = RemovalOf(relationship_);
  request.set_cancel_subscriptions(true);
  ASSERT_TRUE(Remove(request, Anna()).ok());
  EXPECT_EQ(StateOf(sold), "ACTIVE") << "it is Directory's to end";
  NewEvents();
  TellDirectory();
  EXPECT_EQ(StateOf(sold), "CANCELLED");
  EXPECT_EQ(StateOf(others), "ACTIVE");
  EXPECT_THAT(NewEvents(),
              testing::UnorderedElementsAre("customer.unlisted partners/contoso",
                                            "subscription.cancelled customers/northwind"));
  EXPECT_EQ(database_.Count("SELECT count(DISTINCT xmin::text) FROM ("
                            "SELECT xmin FROM directory.edges WHERE state = 'ENDED' UNION ALL"
                            " SELECT xmin FROM directory.subscriptions WHERE state = 'CANCELLED')"
                            " AS written"),
            1);
  EXPECT_EQ(
      database_.Count("SELECT count(*) FROM common.audit_entries WHERE service = 'directory' AND"
                      " actor = 'anna' AND on_behalf_of = 'partners/contoso' AND resource LIKE"
                      " '%/subscriptions/%'"),
      1)
      << "the person who removed did it";
}

TEST_F(RemoveRelationshipTest, ANewsThatComesTwiceCancelsNothingMore) {
  Sell(kNorthwind, Anna());
  RemoveRelationshipRequest request = RemovalOf(relationship_);
  request.set_cancel_subscriptions(true);
  ASSERT_TRUE(Remove(request, Anna()).ok());
  TellDirectory();
  database_.Run("UPDATE common.outbox SET delivered_time = NULL WHERE target = 'directory'");
  const std::string subscriptions = RowsOf("directory.subscriptions");
  const int audited = AuditRows();
  TellDirectory();
  EXPECT_EQ(RowsOf("directory.subscriptions"), subscriptions);
  EXPECT_EQ(AuditRows(), audited);
}

}  // namespace
}  // namespace partnerlink::remove_relationship_test
