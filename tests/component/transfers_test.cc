// A subscription goes from one partner of a customer to another: who asks, who answers, what must
// hold when it goes, and what stays behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "services/directory/transfers/handlers.h"
#include "tests/component/held_transaction.h"
#include "tests/support/order_fixture.h"

namespace partnerlink::transfers_test {
namespace {

using directory::v1::ListSubscriptionChangesRequest;
using directory::v1::ListTransfersRequest;
using directory::v1::RequestTransferRequest;
using directory::v1::Subscription;
using directory::v1::SubscriptionChange;
using directory::v1::Transfer;
using support::Administrator;
using support::CancellationOf;
using support::IdOf;
using support::kContoso;
using support::kFabrikam;
using support::kNorthwind;
using support::OrderTest;
using support::PrincipalOf;
using support::SalesAgent;
using support::SeatsOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kNotAllowed[] = "42501";
constexpr char kBroken[] = "23514";
constexpr char kNotThere[] = "23503";

// Contoso has sold it; fabrikam serves the same customer and asks for it.
class TransferTest : public OrderTest {
 protected:
  TransferTest()
      : releasing_(Relate(kContoso, kNorthwind)),
        asking_(Relate(kFabrikam, kNorthwind)),
        mail_(Sold(anna_, kNorthwind, 10)) {
    database_.Run(
        "INSERT INTO relationship.partners (name, display_name, types, country, partner_number)"
        " VALUES ('partners/third', 'Third', '{RESELLER}', 'PL', '333')");
  }

  std::string Asked() {
    const auto transfer = RequestTransfer(bert_, mail_);
    EXPECT_TRUE(transfer.ok()) << transfer.status();
    return transfer.ok() ? transfer->name() : "";
  }

  // Its 30 days end at this time, an expression of SQL.
  void EndTime(const std::string& transfer, const std::string& time) {
    database_.Run(
        absl::Substitute("SET session_replication_role = replica;"
                         " UPDATE directory.transfers SET expire_time = $1"
                         " WHERE id = '$0'",
                         IdOf(transfer), time));
  }

  std::string Partner() {
    return database_.Value("SELECT partner FROM directory.subscriptions WHERE id = '" +
                           IdOf(mail_) + "'");
  }

  const Principal anna_ = SalesAgent(kContoso);
  const Principal bert_ = PrincipalOf(kFabrikam, {"sales_agent"}, "bert");
  const Principal carl_ = Administrator(kNorthwind);
  const std::string releasing_;
  const std::string asking_;
  const std::string mail_;
};

TEST_F(TransferTest, BothPartnersReadWhatIsAskedFor) {
  const auto asked = RequestTransfer(bert_, mail_);
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_THAT(asked->name(), HasSubstr("partners/fabrikam/transfers/"));
  EXPECT_EQ(asked->state(), Transfer::REQUESTED);
  EXPECT_EQ(asked->subscription(), mail_);
  EXPECT_EQ(asked->customer(), kNorthwind);
  EXPECT_EQ(asked->relationship(), asking_);
  EXPECT_EQ(asked->releasing_partner(), kContoso);
  EXPECT_EQ(asked->releasing_relationship(), releasing_);
  EXPECT_EQ(asked->actor(), "bert");
  EXPECT_EQ(database_.Value("SELECT expire_time - create_time BETWEEN interval '719 hours'"
                            " AND interval '721 hours' FROM directory.transfers"),
            "t");
  for (const Principal& party : {anna_, bert_}) {
    EXPECT_EQ(GetTransfer(party, asked->name())->SerializeAsString(), asked->SerializeAsString());
    ListTransfersRequest list;
    list.set_parent(party.account);
    list.set_filter("state = REQUESTED AND partner = \"partners/fabrikam\"");
    const auto page = ListTransfers(party, list);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_EQ(page->transfers_size(), 1);
  }
  Relate("partners/third", kNorthwind);
  EXPECT_EQ(ReasonOf(GetTransfer(SalesAgent("partners/third"), asked->name()).status()),
            common::v1::RESOURCE_NOT_FOUND);
  EXPECT_EQ(Partner(), kContoso);
}

TEST_F(TransferTest, WhoHasItAgreesAndItIsTheOthersWithAllItHas) {
  const std::string name = Asked();
  const auto before = GetSubscription(anna_, mail_);
  const auto accepted = AcceptTransfer(anna_, name);
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(accepted->state(), Transfer::ACCEPTED);
  EXPECT_EQ(accepted->state_cause(), "as agreed");
  const auto after = GetSubscription(bert_, mail_);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->partner(), kFabrikam);
  EXPECT_EQ(after->relationship(), asking_);
  EXPECT_EQ(after->quantity(), 10);
  EXPECT_EQ(after->state(), Subscription::ACTIVE);
  EXPECT_EQ(after->create_time().SerializeAsString(), before->create_time().SerializeAsString());
  EXPECT_EQ(after->term_end_time().SerializeAsString(),
            before->term_end_time().SerializeAsString());
  // From now on it is managed by the one, and no more by the other.
  EXPECT_EQ(ReasonOf(UpdateSubscription(anna_, SeatsOf(mail_, 11)).status()),
            common::v1::PERMISSION_MISSING);
  EXPECT_TRUE(UpdateSubscription(bert_, SeatsOf(mail_, 11)).ok());
  EXPECT_EQ(ReasonOf(AcceptTransfer(anna_, name).status()), common::v1::STATE_TRANSITION);
  // A removal of the one is no longer in its way, one of the other is.
  EXPECT_EQ(ReasonOf(Remove(PrincipalOf(kFabrikam, {"admin_agent"}), asking_).status()),
            common::v1::ACTIVE_SUBSCRIPTIONS);
  EXPECT_TRUE(Remove(PrincipalOf(kContoso, {"admin_agent"}), releasing_).ok());
}

TEST_F(TransferTest, TheHistoryKeepsBoth) {
  const std::string name = Asked();
  ASSERT_TRUE(AcceptTransfer(anna_, name).ok());
  ASSERT_TRUE(UpdateSubscription(bert_, SeatsOf(mail_, 12)).ok());
  ListSubscriptionChangesRequest history;
  history.set_parent(mail_);
  const auto page = ListSubscriptionChanges(bert_, history);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->changes_size(), 3);
  const SubscriptionChange& transferred = page->changes(1);
  EXPECT_EQ(transferred.kind(), SubscriptionChange::TRANSFERRED);
  EXPECT_EQ(transferred.before().partner(), kContoso);
  EXPECT_EQ(transferred.before().relationship(), releasing_);
  EXPECT_EQ(transferred.after().partner(), kFabrikam);
  EXPECT_EQ(transferred.after().relationship(), asking_);
  EXPECT_EQ(transferred.actor(), "anna");
  EXPECT_EQ(transferred.account(), kContoso);
  EXPECT_EQ(transferred.cause(), name);
  EXPECT_EQ(page->changes(0).account(), kFabrikam);
  EXPECT_EQ(page->changes(2).account(), kContoso);
  EXPECT_EQ(ListSubscriptionChanges(carl_, history)->changes_size(), 3);
  // Both partners hear of the transfer, the customer of the subscription, under one root.
  EXPECT_EQ(
      database_.Value("SELECT string_agg(event || ' ' || account, ', ' ORDER BY event, account)"
                      " FROM common.outbox WHERE event IN"
                      " ('transfer.accepted', 'subscription.transferred')"),
      "subscription.transferred customers/northwind, transfer.accepted partners/contoso,"
      " transfer.accepted partners/fabrikam");
  EXPECT_EQ(database_.Count("SELECT count(DISTINCT root) FROM common.outbox WHERE event IN"
                            " ('transfer.accepted', 'subscription.transferred')"),
            1);
}

TEST_F(TransferTest, ItIsRefusedOrTakenBackByWhoMay) {
  using common::v1::PERMISSION_MISSING;
  const std::string first = Asked();
  EXPECT_EQ(ReasonOf(AcceptTransfer(bert_, first).status()), PERMISSION_MISSING);
  EXPECT_EQ(ReasonOf(RefuseTransfer(bert_, first).status()), PERMISSION_MISSING);
  EXPECT_EQ(ReasonOf(CancelTransfer(anna_, first).status()), PERMISSION_MISSING);
  const auto refused = RefuseTransfer(anna_, first);
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_EQ(refused->state(), Transfer::REFUSED);
  EXPECT_EQ(refused->state_cause(), "we keep them");
  const std::string second = Asked();
  const auto cancelled = CancelTransfer(bert_, second);
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_EQ(cancelled->state(), Transfer::CANCELLED);
  for (const std::string& over : {first, second}) {
    EXPECT_EQ(ReasonOf(AcceptTransfer(anna_, over).status()), common::v1::STATE_TRANSITION);
    EXPECT_EQ(ReasonOf(RefuseTransfer(anna_, over).status()), common::v1::STATE_TRANSITION);
    EXPECT_EQ(ReasonOf(CancelTransfer(bert_, over).status()), common::v1::STATE_TRANSITION);
  }
  EXPECT_EQ(Partner(), kContoso);
}

TEST_F(TransferTest, APartnerAsksOnceAtATime) {
  const std::string name = Asked();
  EXPECT_EQ(ReasonOf(RequestTransfer(bert_, mail_).status()), common::v1::TRANSFER_EXISTS);
  ASSERT_TRUE(CancelTransfer(bert_, name).ok());
  EXPECT_NE(Asked(), name);
}

TEST_F(TransferTest, WhenOneIsAgreedToTheOthersAreRefused) {
  Relate("partners/third", kNorthwind);
  const Principal dora = SalesAgent("partners/third");
  const std::string theirs = Asked();
  const auto hers = RequestTransfer(dora, mail_);
  ASSERT_TRUE(hers.ok()) << hers.status();
  ASSERT_TRUE(AcceptTransfer(anna_, theirs).ok());
  const auto refused = GetTransfer(dora, hers->name());
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_EQ(refused->state(), Transfer::REFUSED);
  EXPECT_EQ(refused->state_cause(), "transferred to another partner");
}

TEST_F(TransferTest, After30DaysNobodyAnswersIt) {
  const std::string name = Asked();
  EndTime(name, "clock_timestamp()");
  // No sweep has been here.
  EXPECT_EQ(GetTransfer(anna_, name)->state(), Transfer::EXPIRED);
  EXPECT_EQ(ReasonOf(AcceptTransfer(anna_, name).status()), common::v1::STATE_TRANSITION);
  EXPECT_EQ(ReasonOf(RefuseTransfer(anna_, name).status()), common::v1::STATE_TRANSITION);
  EXPECT_EQ(ReasonOf(CancelTransfer(bert_, name).status()), common::v1::STATE_TRANSITION);
  EXPECT_EQ(Partner(), kContoso);
  // It is not in the way of the next one, which writes it down.
  const std::string next = Asked();
  EXPECT_EQ(database_.Value("SELECT string_agg(state, ' ' ORDER BY create_time)"
                            " FROM directory.transfers"),
            "EXPIRED REQUESTED");
  EndTime(next, "clock_timestamp()");
  SweepExpired();
  SweepExpired();
  EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.transfers WHERE state = 'EXPIRED'"), 2);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.outbox WHERE event = 'transfer.expired'"),
            4);
}

// Whoever writes first what became of it, the next one is asked for, and it is written once.
TEST_F(TransferTest, ItMakesRoomBesideTheSweepAndBesideALateCancellation) {
  for (const char* state : {"EXPIRED", "CANCELLED"}) {
    const std::string name = Asked();
    EndTime(name, "clock_timestamp()");
    support::HeldTransaction held(database_);
    held.Run("SET LOCAL session_replication_role = replica");
    held.Run(
        absl::Substitute("UPDATE directory.transfers SET state = '$1', revision = revision + 1"
                         " WHERE id = '$0'",
                         IdOf(name), state));
    auto asking = std::async(std::launch::async, [&] { return RequestTransfer(bert_, mail_); });
    EXPECT_TRUE(held.AwaitWaiter()) << state;
    held.LetGo();
    const auto next = asking.get();
    ASSERT_TRUE(next.ok()) << state << next.status();
    EXPECT_EQ(database_.Value(absl::Substitute(
                  "SELECT state || ' ' || revision FROM directory.transfers WHERE id = '$0'",
                  IdOf(name))),
              absl::StrCat(state, " 2"));
    EXPECT_EQ(database_.Count("SELECT count(*) FROM common.outbox"
                              " WHERE event = 'transfer.expired'"),
              0)
        << "whoever wrote it says so";
    ASSERT_TRUE(CancelTransfer(bert_, next->name()).ok());
  }
}

TEST_F(TransferTest, WhoMayNotAskIsToldWhy) {
  using namespace common::v1;  // NOLINT: reasons
  EXPECT_EQ(ReasonOf(RequestTransfer(anna_, mail_).status()), FIELD_INVALID) << "its own";
  EXPECT_EQ(
      ReasonOf(
          RequestTransfer(bert_, absl::StrCat(kNorthwind, "/subscriptions/", NewUuid())).status()),
      RESOURCE_NOT_FOUND);
  Move(asking_, "SUSPENDED");
  EXPECT_EQ(ReasonOf(RequestTransfer(bert_, mail_).status()), RELATIONSHIP_INACTIVE);
  Move(asking_, "ENDED");
  EXPECT_EQ(ReasonOf(RequestTransfer(bert_, mail_).status()), RESOURCE_NOT_FOUND);
  Grant(kFabrikam, kNorthwind, "subscription_admin");
  EXPECT_EQ(ReasonOf(RequestTransfer(bert_, mail_).status()), RELATIONSHIP_MISSING);
  // A provider sees what it sold itself, and with a grant the rest.
  database_.Run("SET session_replication_role = replica; DELETE FROM relationship.grants");
  Relate(kFabrikam, kNorthwind, "PROVIDER");
  EXPECT_EQ(ReasonOf(RequestTransfer(bert_, mail_).status()), PERMISSION_MISSING);
  Grant(kFabrikam, kNorthwind, "subscription_admin");
  EXPECT_EQ(ReasonOf(RequestTransfer(bert_, mail_).status()), std::nullopt);
}

TEST_F(TransferTest, WhatIsOverIsNotTransferred) {
  const std::string name = Asked();
  ASSERT_TRUE(CancelSubscription(anna_, CancellationOf(mail_)).ok());
  EXPECT_EQ(ReasonOf(AcceptTransfer(anna_, name).status()), common::v1::STATE_TRANSITION);
  EXPECT_EQ(GetTransfer(anna_, name)->state(), Transfer::REQUESTED);
  ASSERT_TRUE(RefuseTransfer(anna_, name).ok());
  EXPECT_EQ(ReasonOf(RequestTransfer(bert_, mail_).status()), common::v1::STATE_TRANSITION);
}

TEST_F(TransferTest, APausedOneGoesAsItIs) {
  ASSERT_TRUE(SuspendSubscription(anna_, mail_).ok());
  ASSERT_TRUE(AcceptTransfer(anna_, Asked()).ok());
  EXPECT_EQ(GetSubscription(bert_, mail_)->state(), Subscription::SUSPENDED);
  EXPECT_TRUE(ReactivateSubscription(bert_, mail_).ok());
}

TEST_F(TransferTest, BothMustServeTheCustomerWhenItGoes) {
  const std::string name = Asked();
  for (const std::string& edge : {asking_, releasing_}) {
    for (const char* state : {"SUSPENDED", "ENDING"}) {
      Move(edge, state);
      EXPECT_EQ(ReasonOf(AcceptTransfer(anna_, name).status()), common::v1::RELATIONSHIP_INACTIVE)
          << edge << state;
      Move(edge, "ACTIVE");
    }
  }
  database_.Run(
      "UPDATE relationship.partners SET state = 'SUSPENDED'"
      " WHERE name = 'partners/fabrikam'");
  EXPECT_EQ(ReasonOf(AcceptTransfer(anna_, name).status()), common::v1::RELATIONSHIP_INACTIVE);
  database_.Run("UPDATE relationship.partners SET state = 'ACTIVE'");
  Move(asking_, "ENDED");
  EXPECT_EQ(ReasonOf(AcceptTransfer(anna_, name).status()), common::v1::RELATIONSHIP_INACTIVE);
  // A new relationship is not the one that was asked for.
  Relate(kFabrikam, kNorthwind);
  EXPECT_EQ(ReasonOf(AcceptTransfer(anna_, name).status()), common::v1::RELATIONSHIP_INACTIVE);
  EXPECT_EQ(Partner(), kContoso);
  // A no needs nothing.
  Move(releasing_, "SUSPENDED");
  EXPECT_TRUE(RefuseTransfer(anna_, name).ok());
}

TEST_F(TransferTest, ItDoesNotGoToWhoIsSuspendedMeanwhile) {
  const std::string name = Asked();
  support::HeldTransaction held(database_);
  held.Run("SELECT common.lock_standing('partners/fabrikam')");
  auto accepting = std::async(std::launch::async, [&] { return AcceptTransfer(anna_, name); });
  EXPECT_TRUE(held.AwaitWaiter());
  held.Run("UPDATE relationship.partners SET state = 'SUSPENDED' WHERE name = 'partners/fabrikam'");
  held.LetGo();
  EXPECT_EQ(ReasonOf(accepting.get().status()), common::v1::RELATIONSHIP_INACTIVE);
  EXPECT_EQ(Partner(), kContoso);
}

TEST_F(TransferTest, WhoHasNotSoldItDoesNotGiveItAwayByAGrant) {
  const std::string name = Asked();
  Move(releasing_, "ENDED");
  const auto refused = [&] {
    const absl::Status status = AcceptTransfer(anna_, name).status();
    EXPECT_THAT(ToRpcStatus(status).SerializeAsString(), HasSubstr(releasing_));
    return ReasonOf(status);
  };
  EXPECT_EQ(refused(), common::v1::RELATIONSHIP_INACTIVE);
  Grant(kContoso, kNorthwind, "global_admin");
  EXPECT_EQ(refused(), common::v1::RELATIONSHIP_INACTIVE);
  Relate(kContoso, kNorthwind);
  EXPECT_EQ(refused(), common::v1::RELATIONSHIP_INACTIVE) << "of another relationship";
  EXPECT_EQ(ReasonOf(AcceptTransfer(PrincipalOf(kContoso, {"helpdesk_agent"}), name).status()),
            common::v1::ROLE_MISSING);
  EXPECT_EQ(Partner(), kContoso);
}

TEST_F(TransferTest, ARepeatedCallIsOneTransferAndADryRunNone) {
  RequestTransferRequest request;
  request.set_parent(kFabrikam);
  request.mutable_transfer()->set_subscription(mail_);
  request.set_validate_only(true);
  const auto dry = RequestTransfer(bert_, request);
  ASSERT_TRUE(dry.ok()) << dry.status();
  EXPECT_EQ(dry->name(), "");
  EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.transfers"), 0);
  request.set_validate_only(false);
  request.set_request_id(NewUuid());
  const auto first = RequestTransfer(bert_, request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(RequestTransfer(bert_, request)->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.transfers"), 1);
}

TEST_F(TransferTest, EachAnswerIsAuditedAndAnnouncedToBoth) {
  ASSERT_TRUE(RefuseTransfer(anna_, Asked()).ok());
  ASSERT_TRUE(CancelTransfer(bert_, Asked()).ok());
  EXPECT_EQ(
      database_.Value("SELECT string_agg(event || ' ' || account, ', ' ORDER BY event, account)"
                      " FROM common.outbox WHERE event LIKE 'transfer.%'"),
      "transfer.cancelled partners/contoso, transfer.cancelled partners/fabrikam,"
      " transfer.refused partners/contoso, transfer.refused partners/fabrikam,"
      " transfer.requested partners/contoso, transfer.requested partners/contoso,"
      " transfer.requested partners/fabrikam, transfer.requested partners/fabrikam");
  EXPECT_EQ(
      database_.Value("SELECT string_agg(account || ' ' || coalesce(before->>'state', '-') || '>'"
                      " || (after->>'state'), ', ' ORDER BY account, id)"
                      " FROM common.audit_entries WHERE resource LIKE '%/transfers/%'"),
      "partners/contoso ->REQUESTED, partners/contoso REQUESTED>REFUSED,"
      " partners/contoso ->REQUESTED, partners/contoso REQUESTED>CANCELLED,"
      " partners/fabrikam ->REQUESTED, partners/fabrikam REQUESTED>REFUSED,"
      " partners/fabrikam ->REQUESTED, partners/fabrikam REQUESTED>CANCELLED");
}

TEST_F(TransferTest, ARepeatedAnswerIsOneAnswer) {
  const auto twice = [&](const Principal& caller, auto request, const char* rpc, auto* handle) {
    request.set_name(Asked());
    request.set_request_id(NewUuid());
    const auto answer = [&] {
      const support::TestCall call(
          absl::StrCat("partnerlink.directory.v1.CustomerDirectoryService/", rpc), caller);
      return handle(call.context, order_deps_, request);
    };
    const auto first = answer();
    ASSERT_TRUE(first.ok()) << rpc << first.status();
    const auto again = answer();
    ASSERT_TRUE(again.ok()) << rpc << again.status();
    EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString()) << rpc;
  };
  using namespace directory;  // NOLINT: the service under test
  twice(anna_, v1::RefuseTransferRequest(), "RefuseTransfer", &transfers::RefuseTransfer);
  twice(bert_, v1::CancelTransferRequest(), "CancelTransfer", &transfers::CancelTransfer);
  twice(anna_, v1::AcceptTransferRequest(), "AcceptTransfer", &transfers::AcceptTransfer);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.outbox"
                            " WHERE event ~ 'transfer.(refused|cancelled|accepted)'"),
            6);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.subscription_changes"), 2);
}

TEST_F(TransferTest, TheyAreListedPageByPageNewestFirst) {
  std::vector<std::string> asked;
  for (int i = 0; i < 3; ++i) {
    asked.insert(asked.begin(), Asked());
    ASSERT_TRUE(CancelTransfer(bert_, asked.front()).ok());
  }
  for (const Principal& party : {anna_, bert_}) {
    ListTransfersRequest list;
    list.set_parent(party.account);
    list.set_page_size(2);
    std::vector<std::string> listed;
    do {
      const auto page = ListTransfers(party, list);
      ASSERT_TRUE(page.ok()) << page.status();
      for (const Transfer& transfer : page->transfers()) listed.push_back(transfer.name());
      list.set_page_token(page->next_page_token());
    } while (!list.page_token().empty());
    EXPECT_EQ(listed, asked);
  }
}

TEST_F(TransferTest, BySqlAloneNothingGoesOverWithoutATransfer) {
  const std::string take = absl::Substitute(
      "UPDATE directory.subscriptions SET partner = 'partners/fabrikam', relationship = '$0'",
      IdOf(asking_));
  EXPECT_EQ(database_.RunAs("postgres", "", {take}).sqlstate, kBroken);
  Asked();
  EXPECT_EQ(database_.RunAs("postgres", "", {take}).sqlstate, kBroken) << "not agreed to";
  // The asking partner neither agrees nor takes; who has it gives it only with the transfer.
  const std::string agree = "UPDATE directory.transfers SET state = 'ACCEPTED'";
  EXPECT_EQ(database_.RunAs("directory", kFabrikam, {agree}).sqlstate, kNotAllowed);
  EXPECT_EQ(database_.RunAs("directory", kFabrikam, {take + " RETURNING id"}).rows.size(), 0u);
  EXPECT_EQ(database_.RunAs("directory", kContoso, {take}).sqlstate, kBroken);
  EXPECT_EQ(
      database_
          .RunAs("directory", kContoso, {agree + ", update_time = now() - interval '1 hour'", take})
          .sqlstate,
      kBroken);
  EXPECT_EQ(
      database_.RunAs("directory", kContoso, {agree + ", update_time = clock_timestamp()", take})
          .sqlstate,
      "");
  EXPECT_EQ(Partner(), kFabrikam);
}

TEST_F(TransferTest, BySqlAloneAPartnerAsksForItselfAndForWhatIsThere) {
  const auto ask = [&](const char* account, const char* partner, const std::string& relationship,
                       const char* releasing_partner) {
    return database_
        .RunAs("directory", account,
               {absl::Substitute(
                   "INSERT INTO directory.transfers (partner, customer, subscription, relationship,"
                   " releasing_partner, releasing_relationship, actor, state)"
                   " VALUES ('$0', '$1', '$2', '$3', '$4', '$5', 'x', 'REQUESTED')",
                   partner, kNorthwind, IdOf(mail_), IdOf(relationship), releasing_partner,
                   IdOf(releasing_))})
        .sqlstate;
  };
  EXPECT_EQ(ask(kContoso, kFabrikam, asking_, kContoso), kNotAllowed);
  EXPECT_EQ(ask(kFabrikam, kFabrikam, releasing_, kContoso), kNotAllowed);
  EXPECT_EQ(ask(kFabrikam, kFabrikam, asking_, "partners/third"), kNotThere);
  EXPECT_EQ(ask(kFabrikam, kFabrikam, asking_, kContoso), "");
  Move(asking_, "SUSPENDED");
  database_.Run("DELETE FROM directory.transfers");
  EXPECT_EQ(ask(kFabrikam, kFabrikam, asking_, kContoso), kNotAllowed);
}

}  // namespace
}  // namespace partnerlink::transfers_test
