// The life of a subscription between its sale and its end: seats, pauses, renewal, the clock; who
// may change what, and the history that is kept of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/substitute.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "tests/component/held_transaction.h"
#include "tests/support/order_fixture.h"

namespace partnerlink::subscriptions_test {
namespace {

using directory::v1::ListSubscriptionChangesRequest;
using directory::v1::Subscription;
using directory::v1::SubscriptionChange;
using support::Administrator;
using support::CancellationOf;
using support::IdOf;
using support::kContoso;
using support::kFabrikam;
using support::kMail;
using support::kNorthwind;
using support::MoreSeats;
using support::OrderTest;
using support::PrincipalOf;
using support::RenewalOf;
using support::SalesAgent;
using support::SeatsOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kNotAllowed[] = "42501";
constexpr char kBroken[] = "23514";

class SubscriptionTest : public OrderTest {
 protected:
  // Sold by contoso, as a reseller, with ten seats.
  std::string Mail() {
    if (edge_.empty()) edge_ = Relate(kContoso, kNorthwind);
    return Sold(anna_, kNorthwind, 10);
  }

  std::string StoredState(const std::string& subscription) {
    return database_.Value("SELECT state FROM directory.subscriptions WHERE id = '" +
                           IdOf(subscription) + "'");
  }

  // `SEATS_ADDED 1>3 ACTIVE>ACTIVE` and so on, the newest first.
  std::vector<std::string> History(const Principal& reader, const std::string& subscription,
                                   const std::string& filter = "") {
    ListSubscriptionChangesRequest request;
    request.set_parent(subscription);
    request.set_filter(filter);
    request.set_page_size(2);
    std::vector<std::string> history;
    do {
      const auto page = ListSubscriptionChanges(reader, request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return history;
      for (const auto& change : page->changes()) {
        EXPECT_THAT(change.name(), HasSubstr(subscription + "/changes/"));
        history.push_back(absl::StrCat(
            SubscriptionChange::Kind_Name(change.kind()), " ",
            change.has_before() ? absl::StrCat(change.before().quantity()) : "", ">",
            change.after().quantity(), " ", Subscription::State_Name(change.before().state()), ">",
            Subscription::State_Name(change.after().state())));
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return history;
  }

  SubscriptionChange Latest(const std::string& subscription) {
    ListSubscriptionChangesRequest request;
    request.set_parent(subscription);
    const auto page = ListSubscriptionChanges(carl_, request);
    EXPECT_TRUE(page.ok()) << page.status();
    return page.ok() && page->changes_size() > 0 ? page->changes(0) : SubscriptionChange();
  }

  const Principal anna_ = SalesAgent(kContoso);
  const Principal carl_ = Administrator(kNorthwind);
  std::string edge_;
};

TEST_F(SubscriptionTest, SeatsBecomeMoreAndFewer) {
  const std::string mail = Mail();
  const auto more = UpdateSubscription(anna_, SeatsOf(mail, 25));
  ASSERT_TRUE(more.ok()) << more.status();
  EXPECT_EQ(more->quantity(), 25);
  const auto fewer = UpdateSubscription(anna_, SeatsOf(mail, 1));
  ASSERT_TRUE(fewer.ok()) << fewer.status();
  EXPECT_EQ(fewer->quantity(), 1);
  EXPECT_EQ(fewer->state(), Subscription::ACTIVE);
  EXPECT_TRUE(fewer->auto_renew());
  EXPECT_NE(fewer->etag(), more->etag());
  EXPECT_EQ(GetSubscription(carl_, mail)->SerializeAsString(), fewer->SerializeAsString());
  EXPECT_EQ(ReasonOf(UpdateSubscription(anna_, SeatsOf(mail, 0)).status()),
            common::v1::FIELD_INVALID);
  EXPECT_EQ(ReasonOf(UpdateSubscription(anna_, SeatsOf(mail, 1'000'001)).status()),
            common::v1::FIELD_INVALID);
  auto other = SeatsOf(mail, 5);
  other.mutable_update_mask()->add_paths("state");
  EXPECT_EQ(ReasonOf(UpdateSubscription(anna_, other).status()), common::v1::FIELD_INVALID);
}

TEST_F(SubscriptionTest, SeatsDoNotGoBelowWhatUsersHave) {
  const std::string mail = Mail();
  database_.Run("UPDATE directory.subscriptions SET assigned = 4");
  const absl::Status below = UpdateSubscription(anna_, SeatsOf(mail, 3)).status();
  EXPECT_EQ(ReasonOf(below), common::v1::QUANTITY_BELOW_ASSIGNED);
  EXPECT_EQ(below.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(
      database_.RunAs("postgres", "", {"UPDATE directory.subscriptions SET quantity = 3"}).sqlstate,
      kBroken);
  EXPECT_EQ(database_.RunAs("postgres", "", {"UPDATE directory.subscriptions SET assigned = 11"})
                .sqlstate,
            kBroken);
  const auto exactly = UpdateSubscription(anna_, SeatsOf(mail, 4));
  ASSERT_TRUE(exactly.ok()) << exactly.status();
  EXPECT_EQ(exactly->assigned(), 4);
}

TEST_F(SubscriptionTest, AnUpdateThatChangesNothingLeavesNoTraceAndOneThatSaysNothingIsRefused) {
  const std::string mail = Mail();
  const auto before = GetSubscription(anna_, mail);
  const int traces = AuditRows() + OutboxRows();
  auto request = SeatsOf(mail, 10);
  request.mutable_subscription()->set_auto_renew(true);
  request.mutable_update_mask()->add_paths("auto_renew");
  const auto same = UpdateSubscription(anna_, request);
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_EQ(same->SerializeAsString(), before->SerializeAsString());
  // As `{"autoRenew": false}` without a mask is read.
  request = RenewalOf(mail, false);
  request.clear_update_mask();
  const absl::Status refused = UpdateSubscription(anna_, request).status();
  EXPECT_EQ(ReasonOf(refused), common::v1::FIELD_INVALID);
  EXPECT_THAT(ToRpcStatus(refused).SerializeAsString(), HasSubstr("update_mask"));
  EXPECT_EQ(AuditRows() + OutboxRows(), traces);
  EXPECT_EQ(History(anna_, mail).size(), 1u);
}

// Who waits for a hand-over of what it sold sees it still, and may change it no more.
TEST_F(SubscriptionTest, WhoWaitedForAHandOverIsToldThatItIsAnothers) {
  const std::string mail = Mail();
  const std::string other = Relate(kFabrikam, kNorthwind);
  support::HeldTransaction held(database_);
  held.Run("SET LOCAL session_replication_role = replica");
  held.Run(
      absl::Substitute("UPDATE directory.subscriptions SET partner = '$0', relationship = '$1'",
                       kFabrikam, IdOf(other)));
  auto changing =
      std::async(std::launch::async, [&] { return UpdateSubscription(anna_, SeatsOf(mail, 11)); });
  EXPECT_TRUE(held.AwaitWaiter());
  held.LetGo();
  EXPECT_EQ(ReasonOf(changing.get().status()), common::v1::PERMISSION_MISSING);
}

TEST_F(SubscriptionTest, AnUpdateNeedsThePresentEtagAndIsRepeatedByItsRequestId) {
  const std::string mail = Mail();
  auto request = SeatsOf(mail, 12);
  request.mutable_subscription()->set_etag(GetSubscription(anna_, mail)->etag());
  request.set_request_id(NewUuid());
  const auto first = UpdateSubscription(anna_, request);
  const auto again = UpdateSubscription(anna_, request);
  ASSERT_TRUE(first.ok() && again.ok()) << first.status() << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  request.set_request_id(NewUuid());
  EXPECT_EQ(ReasonOf(UpdateSubscription(anna_, request).status()), common::v1::ETAG_MISMATCH);
  EXPECT_EQ(History(anna_, mail).size(), 2u);
}

TEST_F(SubscriptionTest, APausedOneRunsAgainAsItWas) {
  const std::string mail = Mail();
  const auto paused = SuspendSubscription(anna_, mail);
  ASSERT_TRUE(paused.ok()) << paused.status();
  EXPECT_EQ(paused->state(), Subscription::SUSPENDED);
  EXPECT_EQ(paused->quantity(), 10);
  EXPECT_TRUE(paused->has_term_end_time());
  using common::v1::STATE_TRANSITION;
  EXPECT_EQ(ReasonOf(SuspendSubscription(anna_, mail).status()), STATE_TRANSITION);
  EXPECT_EQ(ReasonOf(UpdateSubscription(anna_, SeatsOf(mail, 11)).status()), STATE_TRANSITION);
  EXPECT_EQ(ReasonOf(CreateOrder(anna_, MoreSeats(mail, 1)).status()), STATE_TRANSITION);
  EXPECT_EQ(database_.RunAs("postgres", "", {"UPDATE directory.subscriptions SET quantity = 11"})
                .sqlstate,
            kBroken);
  const auto again = ReactivateSubscription(anna_, mail);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->state(), Subscription::ACTIVE);
  EXPECT_EQ(again->quantity(), 10);
  EXPECT_EQ(ReasonOf(ReactivateSubscription(anna_, mail).status()), STATE_TRANSITION);
  EXPECT_TRUE(CreateOrder(anna_, MoreSeats(mail, 1)).ok());
}

TEST_F(SubscriptionTest, APausedOneCanBeCancelledAndIsThenOver) {
  const std::string mail = Mail();
  ASSERT_TRUE(SuspendSubscription(anna_, mail).ok());
  const auto cancelled = CancelSubscription(anna_, CancellationOf(mail));
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_EQ(cancelled->state(), Subscription::CANCELLED);
  EXPECT_EQ(cancelled->end_cause(), "no longer needed");
  using common::v1::STATE_TRANSITION;
  EXPECT_EQ(ReasonOf(ReactivateSubscription(anna_, mail).status()), STATE_TRANSITION);
  EXPECT_EQ(ReasonOf(UpdateSubscription(anna_, RenewalOf(mail, false)).status()), STATE_TRANSITION);
}

TEST_F(SubscriptionTest, APausedOneStandsInTheWayOfARemovalAndGoesWithIt) {
  const std::string mail = Mail();
  database_.Run(
      absl::Substitute("INSERT INTO directory.customers (name, display_name, country)"
                       " VALUES ('$0', 'Northwind', 'PL')",
                       kNorthwind));
  ASSERT_TRUE(SuspendSubscription(anna_, mail).ok());
  const Principal admin = PrincipalOf(kContoso, {"admin_agent"});
  EXPECT_EQ(ReasonOf(Remove(admin, edge_).status()), common::v1::ACTIVE_SUBSCRIPTIONS);
  ASSERT_TRUE(Remove(admin, edge_, true).ok());
  directory::v1::ApplyRelationshipsRequest news;
  ASSERT_TRUE(news.ParseFromString(
      pqxx::binarystring(
          database_.Run("SELECT payload FROM common.outbox WHERE target = 'directory'")[0][0])
          .str()));
  ASSERT_TRUE(Apply(news).ok());
  EXPECT_EQ(StoredState(mail), "CANCELLED");
  EXPECT_EQ(Orphans(), 0);
  const SubscriptionChange latest = Latest(mail);
  EXPECT_EQ(latest.kind(), SubscriptionChange::CANCELLED);
  EXPECT_EQ(latest.before().state(), Subscription::SUSPENDED);
  EXPECT_EQ(latest.actor(), "anna");
  EXPECT_EQ(latest.account(), kContoso);
  EXPECT_EQ(latest.cause(), "relationship removed");
}

TEST_F(SubscriptionTest, WithoutRenewalTheTermThatRunsIsTheLast) {
  const std::string mail = Mail();
  const auto before = GetSubscription(anna_, mail);
  const auto last = UpdateSubscription(anna_, RenewalOf(mail, false));
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_FALSE(last->auto_renew());
  EXPECT_EQ(last->state(), Subscription::ACTIVE);
  EXPECT_EQ(last->term_end_time().SerializeAsString(), before->term_end_time().SerializeAsString());
  EXPECT_EQ(database_.Value("SELECT expire_time = create_time + interval '12 months'"
                            " FROM directory.subscriptions"),
            "t");
  const auto goes_on = UpdateSubscription(anna_, RenewalOf(mail, true));
  ASSERT_TRUE(goes_on.ok()) << goes_on.status();
  EXPECT_TRUE(goes_on->auto_renew());
  EXPECT_EQ(goes_on->term_end_time().SerializeAsString(),
            before->term_end_time().SerializeAsString());
}

TEST_F(SubscriptionTest, FromTheEndOfItsTermOnItIsExpiredForEveryoneAndNotBefore) {
  const std::string mail = Mail();
  EndTerm(mail, "now() + interval '1 hour'");
  EXPECT_EQ(GetSubscription(anna_, mail)->state(), Subscription::ACTIVE);
  SweepExpired();
  EXPECT_EQ(StoredState(mail), "ACTIVE");
  EndTerm(mail, "clock_timestamp()");
  // No sweep has been here.
  const auto expired = GetSubscription(carl_, mail);
  ASSERT_TRUE(expired.ok()) << expired.status();
  EXPECT_EQ(expired->state(), Subscription::EXPIRED);
  directory::v1::ListSubscriptionsRequest list;
  list.set_parent(kNorthwind);
  list.set_filter("state = EXPIRED AND auto_renew = false");
  EXPECT_EQ(ListSubscriptions(anna_, list)->subscriptions_size(), 1);
  list.set_filter("state = ACTIVE");
  EXPECT_EQ(ListSubscriptions(anna_, list)->subscriptions_size(), 0);
  const std::vector<std::pair<const char*, std::function<absl::Status()>>> changes = {
      {"seats", [&] { return UpdateSubscription(anna_, SeatsOf(mail, 11)).status(); }},
      {"renewal", [&] { return UpdateSubscription(anna_, RenewalOf(mail, true)).status(); }},
      {"suspend", [&] { return SuspendSubscription(anna_, mail).status(); }},
      {"reactivate", [&] { return ReactivateSubscription(anna_, mail).status(); }},
      {"cancel", [&] { return CancelSubscription(anna_, CancellationOf(mail)).status(); }},
      {"order", [&] { return CreateOrder(anna_, MoreSeats(mail, 1)).status(); }}};
  for (const auto& [what, change] : changes) {
    EXPECT_EQ(ReasonOf(change()), common::v1::STATE_TRANSITION) << what;
  }
  EXPECT_EQ(StoredState(mail), "ACTIVE");
  EXPECT_TRUE(Remove(PrincipalOf(kContoso, {"admin_agent"}), edge_).ok());
  SweepExpired();
  EXPECT_EQ(StoredState(mail), "EXPIRED");
  SweepExpired();
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.outbox"
                            " WHERE event = 'subscription.expired'"),
            1);
}

TEST_F(SubscriptionTest, APausedOneExpiresTooAndOneThatRenewsDoesNot) {
  const std::string paused = Mail();
  const std::string renewed = Mail();
  ASSERT_TRUE(SuspendSubscription(anna_, paused).ok());
  EndTerm(paused, "clock_timestamp()");
  EndTerm(renewed, "clock_timestamp()");
  database_.Run(
      "SET session_replication_role = replica; UPDATE directory.subscriptions"
      " SET auto_renew = true, expire_time = NULL WHERE id = '" +
      IdOf(renewed) + "'");
  SweepExpired();
  EXPECT_EQ(StoredState(paused), "EXPIRED");
  EXPECT_EQ(StoredState(renewed), "ACTIVE");
  EXPECT_EQ(
      database_.Value(absl::Substitute("SELECT to_timestamp($0) > now() + interval '11 months'",
                                       GetSubscription(anna_, renewed)->term_end_time().seconds())),
      "t");
}

TEST_F(SubscriptionTest, EveryChangeIsKeptWithWhoMadeItAndWhatWasBefore) {
  const std::string mail = Mail();
  ASSERT_TRUE(CreateOrder(anna_, MoreSeats(mail, 5)).ok());
  ASSERT_TRUE(UpdateSubscription(anna_, SeatsOf(mail, 8)).ok());
  ASSERT_TRUE(SuspendSubscription(anna_, mail).ok());
  ASSERT_TRUE(ReactivateSubscription(anna_, mail).ok());
  ASSERT_TRUE(UpdateSubscription(anna_, RenewalOf(mail, false)).ok());
  EndTerm(mail, "clock_timestamp()");
  SweepExpired();
  EXPECT_THAT(History(carl_, mail),
              ElementsAre("EXPIRED 8>8 ACTIVE>EXPIRED", "UPDATED 8>8 ACTIVE>ACTIVE",
                          "REACTIVATED 8>8 SUSPENDED>ACTIVE", "SUSPENDED 8>8 ACTIVE>SUSPENDED",
                          "UPDATED 15>8 ACTIVE>ACTIVE", "SEATS_ADDED 10>15 ACTIVE>ACTIVE",
                          "CREATED >10 STATE_UNSPECIFIED>ACTIVE"));
  EXPECT_EQ(History(anna_, mail), History(carl_, mail));
  EXPECT_THAT(History(carl_, mail, "kind = SUSPENDED"),
              ElementsAre("SUSPENDED 8>8 ACTIVE>SUSPENDED"));
  EXPECT_THAT(History(carl_, mail, "actor = \"directory\""),
              ElementsAre("EXPIRED 8>8 ACTIVE>EXPIRED"));
  EXPECT_EQ(History(carl_, mail, "account = \"partners/contoso\"").size(), 6u);
  const SubscriptionChange expired = Latest(mail);
  EXPECT_EQ(expired.account(), "");
  EXPECT_EQ(expired.cause(), "term ended");
  EXPECT_EQ(expired.after().partner(), kContoso);
  EXPECT_EQ(expired.after().relationship(), edge_);
  EXPECT_FALSE(expired.after().auto_renew());
  // One change, one audit row, one event.
  EXPECT_EQ(database_.Value(absl::Substitute(
                "SELECT (SELECT count(*) FROM directory.subscription_changes) || ' ' ||"
                " (SELECT count(*) FROM common.audit_entries WHERE resource = '$0') || ' ' ||"
                " (SELECT count(*) FROM common.outbox WHERE resource = '$0')",
                mail)),
            "7 7 7");
  EXPECT_EQ(database_.Value("SELECT string_agg(cause, ',' ORDER BY revision)"
                            " FROM directory.subscription_changes"),
            ",,,unpaid,paid,,term ended");
}

// Who changes a subscription that contoso has sold, and who sees its history, by what it holds.
struct Holding {
  const char* partner;
  const char* type;   // of its relationship; empty: it has none
  const char* state;  // of the relationship
  const char* grant;  // roles; empty: none
  std::optional<ErrorReason> change;
  std::optional<ErrorReason> view;
};

TEST_F(SubscriptionTest, ItIsChangedThroughWhatItWasSoldThroughOrByAGrant) {
  using namespace common::v1;  // NOLINT: reasons
  const std::vector<Holding> holdings = {
      {kContoso, "RESELLER", "ACTIVE", "", {}, {}},
      {kContoso, "RESELLER", "SUSPENDED", "", RELATIONSHIP_INACTIVE, {}},
      {kContoso, "RESELLER", "ENDING", "", RELATIONSHIP_INACTIVE, {}},
      {kContoso, "RESELLER", "ENDED", "", RESOURCE_NOT_FOUND, RESOURCE_NOT_FOUND},
      {kContoso, "RESELLER", "ENDED", "subscription_admin", {}, {}},
      {kContoso, "PROVIDER", "ACTIVE", "", {}, {}},
      {kFabrikam, "", "", "", RESOURCE_NOT_FOUND, RESOURCE_NOT_FOUND},
      {kFabrikam, "RESELLER", "ACTIVE", "", PERMISSION_MISSING, {}},
      {kFabrikam, "PROVIDER", "ACTIVE", "", PERMISSION_MISSING, PERMISSION_MISSING},
      {kFabrikam, "", "", "license_admin", PERMISSION_MISSING, PERMISSION_MISSING},
      {kFabrikam, "", "", "subscription_admin", {}, {}},
  };
  for (size_t i = 0; i < holdings.size(); ++i) {
    const Holding& held = holdings[i];
    const std::string customer = absl::StrCat("customers/c-", i);
    const bool sells = std::string(held.partner) == kContoso;
    const std::string edge = Relate(kContoso, customer, sells ? held.type : "RESELLER");
    const std::string mail = Sold(anna_, customer, 10);
    const std::string paused = Sold(anna_, customer, 10);
    ASSERT_TRUE(SuspendSubscription(anna_, paused).ok());
    if (!sells && *held.type != '\0') Relate(held.partner, customer, held.type);
    if (sells && std::string(held.state) != "ACTIVE") Move(edge, held.state);
    if (*held.grant != '\0') Grant(held.partner, customer, held.grant);
    const Principal caller = SalesAgent(held.partner);
    const std::vector<absl::Status> changes = {
        UpdateSubscription(caller, SeatsOf(mail, 11)).status(),
        UpdateSubscription(caller, RenewalOf(mail, false)).status(),
        SuspendSubscription(caller, mail).status(),
        ReactivateSubscription(caller, paused).status()};
    for (size_t change = 0; change < changes.size(); ++change) {
      EXPECT_EQ(ReasonOf(changes[change]), held.change) << "row " << i << " change " << change;
    }
    EXPECT_EQ(StoredState(mail), held.change ? "ACTIVE" : "SUSPENDED") << "row " << i;
    ListSubscriptionChangesRequest history;
    history.set_parent(mail);
    EXPECT_EQ(ReasonOf(ListSubscriptionChanges(caller, history).status()), held.view)
        << "row " << i;
  }
}

// Between the decision and the writing the grant that it rests on ends by the clock.
TEST_F(SubscriptionTest, AGrantThatEndsBeforeTheChangeIsThereIsARefusalAndNoFault) {
  const std::string mail = Mail();
  const Principal bert = SalesAgent(kFabrikam);
  MakeWritesLastUntil("BEFORE UPDATE ON directory.subscriptions",
                      "(SELECT max(end_time) FROM relationship.grants"
                      " WHERE state = 'ACTIVE' AND roles = '{subscription_admin}')");
  for (const bool still_reads : {true, false}) {
    database_.Run("SET session_replication_role = replica; DELETE FROM relationship.grants");
    Grant(kFabrikam, kNorthwind, "subscription_admin");
    EndGrantsInASecond();
    if (still_reads) Grant(kFabrikam, kNorthwind, "directory_reader");
    ASSERT_TRUE(GetSubscription(bert, mail).ok());
    EXPECT_EQ(ReasonOf(SuspendSubscription(bert, mail).status()),
              still_reads ? common::v1::PERMISSION_MISSING : common::v1::RESOURCE_NOT_FOUND);
    EXPECT_EQ(StoredState(mail), "ACTIVE");
  }
  EXPECT_THAT(History(carl_, mail), ElementsAre("CREATED >10 STATE_UNSPECIFIED>ACTIVE"));
}

TEST_F(SubscriptionTest, AnotherCustomerSeesNoHistoryAndOneWithoutTheRoleChangesNothing) {
  const std::string mail = Mail();
  ListSubscriptionChangesRequest history;
  history.set_parent(mail);
  EXPECT_EQ(ReasonOf(ListSubscriptionChanges(Administrator("customers/other"), history).status()),
            common::v1::RESOURCE_NOT_FOUND);
  EXPECT_EQ(ReasonOf(SuspendSubscription(PrincipalOf(kContoso, {"helpdesk_agent"}), mail).status()),
            common::v1::ROLE_MISSING);
  EXPECT_EQ(ReasonOf(SuspendSubscription(carl_, mail).status()), common::v1::ROLE_MISSING);
  history.set_parent(absl::StrCat(kNorthwind, "/subscriptions/", NewUuid()));
  EXPECT_EQ(ReasonOf(ListSubscriptionChanges(carl_, history).status()),
            common::v1::RESOURCE_NOT_FOUND);
}

// A token of one subscription's history opens no other's.
TEST_F(SubscriptionTest, APageOfOneHistoryIsNoPageOfAnother) {
  const std::string mail = Mail();
  const std::string other = Mail();
  ASSERT_TRUE(SuspendSubscription(anna_, mail).ok());
  ListSubscriptionChangesRequest history;
  history.set_parent(mail);
  history.set_page_size(1);
  const auto page = ListSubscriptionChanges(anna_, history);
  ASSERT_TRUE(page.ok()) << page.status();
  history.set_page_token(page->next_page_token());
  history.set_parent(other);
  EXPECT_EQ(ReasonOf(ListSubscriptionChanges(anna_, history).status()),
            common::v1::PAGE_TOKEN_INVALID);
}

TEST_F(SubscriptionTest, BySqlAloneTheClockAndTheSaleHoldEveryWriter) {
  const std::string mail = Mail();
  const auto breaks = [&](const std::string& set) {
    return database_.RunAs("postgres", "", {"UPDATE directory.subscriptions SET " + set}).sqlstate;
  };
  EXPECT_EQ(breaks("auto_renew = false"), kBroken);
  EXPECT_EQ(breaks("auto_renew = false, expire_time = create_time + interval '40 days'"), kBroken);
  EXPECT_EQ(breaks("offer = 'offers/other'"), kBroken);
  EXPECT_EQ(breaks("create_time = now()"), kBroken);
  EXPECT_EQ(breaks("state = 'EXPIRED', auto_renew = false,"
                   " expire_time = create_time + interval '12 months'"),
            kBroken);
  EndTerm(mail, "clock_timestamp()");
  for (const char* set : {"quantity = 11", "state = 'SUSPENDED'", "state = 'CANCELLED'",
                          "auto_renew = true, expire_time = NULL"}) {
    EXPECT_EQ(breaks(set), kBroken) << set;
  }
  // A licence can be taken back all the same.
  EXPECT_EQ(breaks("assigned = 1"), "");
  SweepExpired();
  EXPECT_EQ(breaks("assigned = 0"), "");
  EXPECT_EQ(breaks("end_cause = 'x'"), kBroken);
}

// Each sees the row and may write some of it: no more than what it is there for.
TEST_F(SubscriptionTest, BySqlAloneWhoCountsLicencesOrAddsSeatsChangesNothingElse) {
  const std::string mail = Mail();
  const auto sets = [&](const char* account, const std::string& set) {
    const auto outcome = database_.RunAs(
        "directory", account, {"UPDATE directory.subscriptions SET " + set + " RETURNING id"});
    return outcome.ok() ? absl::StrCat(outcome.rows.size()) : outcome.sqlstate;
  };
  const std::vector<std::string> others = {"state = 'CANCELLED'", "state = 'SUSPENDED'",
                                           "quantity = quantity - 1", "end_cause = 'x'",
                                           "quantity = quantity + 1, assigned = assigned + 1"};
  const std::string renewal =
      "auto_renew = false, expire_time = create_time + interval '12 months'";
  for (const char* roles : {"user_admin", "license_admin"}) {
    Grant(kFabrikam, kNorthwind, roles);
    for (const std::string& set : others) {
      EXPECT_EQ(sets(kFabrikam, set), kNotAllowed) << roles << " " << set;
    }
    EXPECT_EQ(sets(kFabrikam, renewal), kNotAllowed) << roles;
    EXPECT_EQ(sets(kFabrikam, "quantity = quantity + 1, revision = revision + 1"), kNotAllowed);
    EXPECT_EQ(sets(kFabrikam, "assigned = assigned + 1"), "1") << roles;
    database_.Run(
        "SET session_replication_role = replica;"
        " DELETE FROM relationship.grants");
  }
  EXPECT_EQ(sets(kNorthwind, "state = 'CANCELLED'"), kNotAllowed);
  EXPECT_EQ(sets(kNorthwind, "assigned = assigned - 1"), "1");
  // By its grant alone not even the seller.
  Move(edge_, "SUSPENDED");
  Grant(kContoso, kNorthwind, "user_admin");
  EXPECT_EQ(sets(kContoso, "state = 'CANCELLED'"), kNotAllowed);
  EXPECT_EQ(sets(kContoso, "assigned = assigned"), "1");
  Move(edge_, "ACTIVE");
  // A provider of the reseller's adds seats.
  Relate(kFabrikam, kNorthwind, "PROVIDER");
  database_.Run(
      "INSERT INTO relationship.partnerships (provider, reseller, state, source, invitation)"
      " VALUES ('partners/fabrikam', 'partners/contoso', 'ACTIVE', 'x', 'x')");
  for (const std::string& set : others) EXPECT_EQ(sets(kFabrikam, set), kNotAllowed) << set;
  EXPECT_EQ(sets(kFabrikam, renewal), kNotAllowed);
  EXPECT_EQ(sets(kFabrikam, "quantity = quantity + 1, revision = revision + 1"), "1");
  // Who administers subscriptions, and who sold it, change what they are for.
  Grant(kFabrikam, kNorthwind, "subscription_admin");
  EXPECT_EQ(sets(kFabrikam, "state = 'SUSPENDED'"), "1");
  EXPECT_EQ(sets(kContoso, "state = 'CANCELLED', end_cause = 'x'"), "1");
  EXPECT_EQ(StoredState(mail), "CANCELLED");
}

TEST_F(SubscriptionTest, BySqlAloneNobodyWritesAHistoryThatIsNotItsOwn) {
  const std::string mail = Mail();
  Relate(kFabrikam, kNorthwind, "PROVIDER");
  const std::string enlarge = "UPDATE directory.subscriptions SET quantity = 11, revision = 2";
  const std::string terms =
      absl::Substitute("11, 'ACTIVE', true, '$0', '$1'", kContoso, IdOf(edge_));
  const auto write = [&](const char* account, const char* as, int revision,
                         const std::string& made) {
    return database_
        .RunAs("directory", account,
               {enlarge,
                absl::Substitute(
                    "INSERT INTO directory.subscription_changes (customer, subscription, kind,"
                    " actor, account, revision, new_quantity, new_state, new_auto_renew,"
                    " new_partner, new_relationship)"
                    " VALUES ('$0', '$1', 'CREATED', 'x', '$2', $3, $4)",
                    kNorthwind, IdOf(mail), as, revision, made)})
        .sqlstate;
  };
  EXPECT_EQ(write(kFabrikam, kFabrikam, 1, terms), kNotAllowed) << "it does not see it";
  EXPECT_EQ(write(kContoso, kFabrikam, 2, terms), kNotAllowed);
  EXPECT_EQ(write(kContoso, kContoso, 3, terms), kNotAllowed) << "in the place of one to come";
  for (const auto& [is, said] : {std::pair("11", "12"), std::pair("ACTIVE", "SUSPENDED"),
                                 std::pair("contoso", "fabrikam")}) {
    EXPECT_EQ(write(kContoso, kContoso, 2, absl::StrReplaceAll(terms, {{is, said}})), kNotAllowed)
        << said;
  }
  EXPECT_EQ(write(kContoso, kContoso, 2, absl::StrReplaceAll(terms, {{IdOf(edge_), IdOf(mail)}})),
            kNotAllowed)
      << "another relationship";
  EXPECT_EQ(write(kContoso, kContoso, 2, terms), "");
  for (const char* change : {"UPDATE directory.subscription_changes SET actor = 'forged'",
                             "DELETE FROM directory.subscription_changes"}) {
    EXPECT_EQ(database_.RunAs("directory", kContoso, {change}).sqlstate, kNotAllowed);
    EXPECT_EQ(database_.RunAs("directory_worker", "", {change}).sqlstate, kNotAllowed);
  }
  EXPECT_TRUE(
      database_.RunAs("directory", kFabrikam, {"SELECT id FROM directory.subscription_changes"})
          .rows.empty());
}

}  // namespace
}  // namespace partnerlink::subscriptions_test
