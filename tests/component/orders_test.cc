// The catalogue, and ordering, reading and cancelling what was ordered: who may and who may not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "google/rpc/error_details.pb.h"
#include "tests/support/order_fixture.h"

namespace partnerlink::orders_test {
namespace {

using directory::v1::CreateOfferRequest;
using directory::v1::Offer;
using directory::v1::Order;
using directory::v1::Subscription;
using directory::v1::UpdateOfferRequest;
using support::Administrator;
using support::CancellationOf;
using support::IdOf;
using support::kContoso;
using support::kFabrikam;
using support::kMail;
using support::kNorthwind;
using support::MoreSeats;
using support::OrderOf;
using support::OrderTest;
using support::PrincipalOf;
using support::SalesAgent;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kTailspin[] = "customers/tailspin";

std::string MetadataOf(const absl::Status& status, const std::string& key) {
  const google::rpc::Status wire = ToRpcStatus(status);
  for (const auto& detail : wire.details()) {
    google::rpc::ErrorInfo info;
    if (detail.UnpackTo(&info) && info.metadata().contains(key)) return info.metadata().at(key);
  }
  return "";
}

CreateOfferRequest PhoneOffer() {
  CreateOfferRequest request;
  request.set_offer_id("phone");
  Offer& offer = *request.mutable_offer();
  offer.set_display_name("Phone, with \"quotes\" and {braces}");
  offer.add_services()->set_service("lines, \"more\"");
  offer.mutable_services(0)->set_admin_uri("https://admin.example/phone?a=1,2");
  offer.add_services()->set_service("conferences");
  offer.set_term_months(1);
  return request;
}

using OffersTest = OrderTest;

TEST_F(OffersTest, AnOfferIsKeptAsItWasGiven) {
  const auto created = CreateOffer(PhoneOffer());
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->name(), "offers/phone");
  EXPECT_EQ(created->state(), Offer::ACTIVE);
  EXPECT_EQ(created->display_name(), PhoneOffer().offer().display_name());
  ASSERT_EQ(created->services_size(), 2);
  EXPECT_EQ(created->services(0).service(), "lines, \"more\"");
  EXPECT_EQ(created->services(0).admin_uri(), "https://admin.example/phone?a=1,2");
  EXPECT_EQ(created->services(1).service(), "conferences");
  EXPECT_EQ(created->services(1).admin_uri(), "");
  EXPECT_EQ(AuditRows(), 1);
  EXPECT_EQ(database_.Value("SELECT event || ' ' || account || ' ' || resource FROM common.outbox"),
            "offer.created operators offers/phone");
}

TEST_F(OffersTest, SaidAgainItIsTheSameOfferAndLeavesNoSecondTrace) {
  const auto first = CreateOffer(PhoneOffer());
  const auto again = CreateOffer(PhoneOffer());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(AuditRows(), 1);
  CreateOfferRequest other = PhoneOffer();
  other.mutable_offer()->set_term_months(2);
  EXPECT_EQ(ReasonOf(CreateOffer(other).status()), common::v1::OFFER_EXISTS);
  EXPECT_EQ(OutboxRows(), 1);
}

TEST_F(OffersTest, ValidateOnlyKeepsNothing) {
  CreateOfferRequest request = PhoneOffer();
  request.clear_offer_id();
  request.set_validate_only(true);
  const auto offer = CreateOffer(request);
  ASSERT_TRUE(offer.ok()) << offer.status();
  EXPECT_EQ(offer->name(), "");
  EXPECT_EQ(offer->term_months(), 1);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.offers"), 1);
  EXPECT_EQ(AuditRows() + OutboxRows() + RequestIds(), 0);
}

TEST_F(OffersTest, AnUpdateWritesWhatItsMaskNamesAndNeedsThePresentEtag) {
  const auto created = CreateOffer(PhoneOffer());
  ASSERT_TRUE(created.ok()) << created.status();
  UpdateOfferRequest request;
  request.mutable_offer()->set_name("offers/phone");
  request.mutable_offer()->set_etag(created->etag());
  request.mutable_offer()->set_display_name("not written");
  request.mutable_offer()->set_state(Offer::RETIRED);
  request.mutable_update_mask()->add_paths("state");
  const auto updated = UpdateOffer(request);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->state(), Offer::RETIRED);
  EXPECT_EQ(updated->display_name(), created->display_name());
  EXPECT_EQ(updated->services_size(), 2);
  EXPECT_NE(updated->etag(), created->etag());
  EXPECT_EQ(ReasonOf(UpdateOffer(request).status()), common::v1::ETAG_MISMATCH);
  request.mutable_offer()->clear_etag();
  request.mutable_offer()->set_name("offers/unknown");
  EXPECT_EQ(ReasonOf(UpdateOffer(request).status()), common::v1::RESOURCE_NOT_FOUND);
  EXPECT_EQ(database_.Value("SELECT string_agg(event, ' ' ORDER BY id) FROM common.outbox"),
            "offer.created offer.updated");
}

class CreateOrderTest : public OrderTest {
 protected:
  const Principal anna_ = SalesAgent(kContoso);
  const Principal carl_ = Administrator(kNorthwind);
};

TEST_F(CreateOrderTest, AResellersOrderMakesASubscriptionOfTheOffersTerm) {
  const std::string edge = Relate(kContoso, kNorthwind);
  const auto order = CreateOrder(anna_, OrderOf(kNorthwind, 25));
  ASSERT_TRUE(order.ok()) << order.status();
  EXPECT_THAT(order->name(), HasSubstr("customers/northwind/orders/"));
  EXPECT_EQ(order->customer(), kNorthwind);
  EXPECT_EQ(order->relationship(), edge);
  EXPECT_EQ(order->state(), Order::FULFILLED);
  EXPECT_EQ(order->actor(), "anna");
  EXPECT_EQ(order->partner(), kContoso);
  ASSERT_EQ(order->line_items_size(), 1);
  EXPECT_EQ(order->line_items(0).offer(), kMail);
  EXPECT_EQ(order->line_items(0).quantity(), 25);
  const auto subscription = GetSubscription(anna_, order->line_items(0).subscription());
  ASSERT_TRUE(subscription.ok()) << subscription.status();
  EXPECT_EQ(subscription->offer(), kMail);
  EXPECT_EQ(subscription->quantity(), 25);
  EXPECT_EQ(subscription->state(), Subscription::ACTIVE);
  EXPECT_EQ(subscription->relationship(), edge);
  EXPECT_EQ(subscription->partner(), kContoso);
  EXPECT_TRUE(subscription->auto_renew());
  EXPECT_EQ(database_.Value(absl::Substitute(
                "SELECT to_timestamp($0) = date_trunc('second', create_time + interval '12 months')"
                " FROM directory.subscriptions",
                subscription->term_end_time().seconds())),
            "t");
  for (const Principal& reader : {anna_, carl_}) {
    const auto read = GetOrder(reader, order->name());
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->SerializeAsString(), order->SerializeAsString());
  }
}

TEST_F(CreateOrderTest, EveryChangeIsAuditedAndAnnouncedUnderOneRoot) {
  Relate(kContoso, kNorthwind);
  const std::string subscription = Sold(anna_, kNorthwind, 1);
  ASSERT_TRUE(CreateOrder(anna_, MoreSeats(subscription, 2)).ok());
  ASSERT_TRUE(CancelSubscription(anna_, CancellationOf(subscription)).ok());
  EXPECT_EQ(database_.Value("SELECT string_agg(event, ' ' ORDER BY id) FROM common.outbox"),
            "subscription.created order.fulfilled subscription.enlarged order.fulfilled"
            " subscription.cancelled");
  EXPECT_EQ(database_.Count("SELECT count(DISTINCT root) FROM common.outbox"), 3);
  EXPECT_EQ(database_.Value("SELECT string_agg(DISTINCT account || actor_account, ' ')"
                            " FROM common.audit_entries"),
            absl::StrCat(kNorthwind, kContoso));
  EXPECT_EQ(database_.Value("SELECT string_agg(coalesce(before->>'quantity', '-') || '>'"
                            " || (after->>'quantity') || ' ' || cause, ', ' ORDER BY id)"
                            " FROM common.audit_entries WHERE resource LIKE '%/subscriptions/%'"),
            "->1 , 1>3 , 3>3 no longer needed");
}

TEST_F(CreateOrderTest, SeatsAreAddedToWhatWasSoldThroughTheSameRelationship) {
  Relate(kContoso, kNorthwind);
  const std::string subscription = Sold(anna_, kNorthwind, 10);
  auto request = MoreSeats(subscription, 5);
  request.mutable_order()->add_line_items()->set_offer(kMail);
  request.mutable_order()->mutable_line_items(1)->set_quantity(1);
  const auto order = CreateOrder(anna_, request);
  ASSERT_TRUE(order.ok()) << order.status();
  ASSERT_EQ(order->line_items_size(), 2);
  EXPECT_EQ(order->line_items(0).subscription(), subscription);
  EXPECT_EQ(order->line_items(0).offer(), kMail);
  EXPECT_NE(order->line_items(1).subscription(), subscription);
  EXPECT_EQ(GetSubscription(anna_, subscription)->quantity(), 15);
}

TEST_F(CreateOrderTest, AllOfItOrNothing) {
  Relate(kContoso, kNorthwind);
  const std::string subscription = Sold(anna_, kNorthwind, 10);
  const int traces = AuditRows() + OutboxRows();
  auto request = MoreSeats(subscription, 5);
  request.mutable_order()->add_line_items()->set_offer("offers/unknown");
  request.mutable_order()->mutable_line_items(1)->set_quantity(1);
  EXPECT_EQ(ReasonOf(CreateOrder(anna_, request).status()), common::v1::OFFER_UNAVAILABLE);
  EXPECT_EQ(GetSubscription(anna_, subscription)->quantity(), 10);
  EXPECT_EQ(AuditRows() + OutboxRows(), traces);
}

TEST_F(CreateOrderTest, ARetiredOfferCannotBeOrderedButSeatsOfItCan) {
  Relate(kContoso, kNorthwind);
  const std::string subscription = Sold(anna_, kNorthwind, 10);
  UpdateOfferRequest retire;
  retire.mutable_offer()->set_name(kMail);
  retire.mutable_offer()->set_state(Offer::RETIRED);
  ASSERT_TRUE(UpdateOffer(retire).ok());
  const absl::Status refused = CreateOrder(anna_, OrderOf(kNorthwind, 1)).status();
  EXPECT_EQ(ReasonOf(refused), common::v1::OFFER_UNAVAILABLE);
  EXPECT_EQ(MetadataOf(refused, "offer"), kMail);
  EXPECT_TRUE(CreateOrder(anna_, MoreSeats(subscription, 1)).ok());
}

TEST_F(CreateOrderTest, SeatsOfAnotherRelationshipOrACancelledSubscriptionAreRefused) {
  Relate(kContoso, kNorthwind);
  Relate(kFabrikam, kNorthwind, "PROVIDER");
  const std::string subscription = Sold(anna_, kNorthwind, 10);
  EXPECT_EQ(ReasonOf(CreateOrder(SalesAgent(kFabrikam), MoreSeats(subscription, 1)).status()),
            common::v1::FIELD_INVALID);
  const std::string unknown = absl::StrCat(kNorthwind, "/subscriptions/", NewUuid());
  EXPECT_EQ(ReasonOf(CreateOrder(anna_, MoreSeats(unknown, 1)).status()),
            common::v1::FIELD_INVALID);
  database_.Run("UPDATE directory.subscriptions SET quantity = 999999");
  EXPECT_TRUE(CreateOrder(anna_, MoreSeats(subscription, 1)).ok());
  EXPECT_EQ(ReasonOf(CreateOrder(anna_, MoreSeats(subscription, 1)).status()),
            common::v1::FIELD_INVALID);
  ASSERT_TRUE(CancelSubscription(anna_, CancellationOf(subscription)).ok());
  EXPECT_EQ(ReasonOf(CreateOrder(anna_, MoreSeats(subscription, 1)).status()),
            common::v1::STATE_TRANSITION);
}

TEST_F(CreateOrderTest, OfTwoRelationshipsOneMustBeNamed) {
  Relate(kContoso, kNorthwind);
  const std::string provider = Relate(kContoso, kNorthwind, "PROVIDER");
  auto request = OrderOf(kNorthwind, 1);
  EXPECT_EQ(ReasonOf(CreateOrder(anna_, request).status()), common::v1::FIELD_INVALID);
  request.mutable_order()->set_relationship(provider);
  const auto order = CreateOrder(anna_, request);
  ASSERT_TRUE(order.ok()) << order.status();
  EXPECT_EQ(order->relationship(), provider);
  request.mutable_order()->set_relationship(Relate(kFabrikam, kNorthwind));
  EXPECT_EQ(ReasonOf(CreateOrder(anna_, request).status()), common::v1::FIELD_INVALID);
}

TEST_F(CreateOrderTest, WhoMayNotOrderIsToldWhy) {
  const auto order = [&](const Principal& caller = SalesAgent(kContoso)) {
    return ReasonOf(CreateOrder(caller, OrderOf(kNorthwind, 1)).status());
  };
  EXPECT_EQ(order(), common::v1::RESOURCE_NOT_FOUND);
  Grant(kContoso, kNorthwind, "global_admin");
  EXPECT_EQ(order(), common::v1::RELATIONSHIP_MISSING);
  const std::string edge = Relate(kContoso, kNorthwind);
  EXPECT_EQ(order(), std::nullopt);
  EXPECT_EQ(order(PrincipalOf(kContoso, {"helpdesk_agent"})), common::v1::ROLE_MISSING);
  EXPECT_EQ(order(Administrator(kNorthwind)), common::v1::ROLE_MISSING);
  Move(edge, "SUSPENDED");
  EXPECT_EQ(order(), common::v1::RELATIONSHIP_INACTIVE);
  Move(edge, "ACTIVE");
  database_.Run("UPDATE relationship.partners SET state = 'SUSPENDED'");
  EXPECT_EQ(order(), common::v1::PARTNER_SUSPENDED);
  database_.Run("UPDATE relationship.partners SET state = 'ACTIVE'");
  Move(edge, "ENDING");
  EXPECT_EQ(order(), common::v1::RELATIONSHIP_INACTIVE);
  Move(edge, "ENDED");
  EXPECT_EQ(order(), common::v1::RELATIONSHIP_MISSING);
}

TEST_F(CreateOrderTest, ARepeatedCallIsOneOrder) {
  Relate(kContoso, kNorthwind);
  auto request = OrderOf(kNorthwind, 1);
  request.set_request_id(NewUuid());
  const auto first = CreateOrder(anna_, request);
  const auto again = CreateOrder(anna_, request);
  ASSERT_TRUE(first.ok() && again.ok()) << first.status() << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.orders"), 1);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.subscriptions"), 1);
  request.mutable_order()->mutable_line_items(0)->set_quantity(2);
  EXPECT_EQ(ReasonOf(CreateOrder(anna_, request).status()), common::v1::REQUEST_ID_REUSED);
}

TEST_F(CreateOrderTest, ValidateOnlyChecksEverythingAndKeepsNothing) {
  Relate(kContoso, kNorthwind);
  auto request = OrderOf(kNorthwind, 3);
  request.set_validate_only(true);
  request.set_request_id(NewUuid());
  const auto order = CreateOrder(anna_, request);
  ASSERT_TRUE(order.ok()) << order.status();
  EXPECT_EQ(order->name(), "");
  EXPECT_EQ(order->line_items(0).subscription(), "");
  EXPECT_EQ(order->line_items(0).quantity(), 3);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.subscriptions"), 0);
  EXPECT_EQ(AuditRows() + OutboxRows() + RequestIds(), 0);
  request.mutable_order()->mutable_line_items(0)->set_offer("offers/unknown");
  EXPECT_EQ(ReasonOf(CreateOrder(anna_, request).status()), common::v1::OFFER_UNAVAILABLE);
}

TEST_F(CreateOrderTest, ListsShowTheNewestFirstPageByPage) {
  Relate(kContoso, kNorthwind);
  std::vector<std::string> sold;
  for (int i = 1; i <= 5; ++i) sold.insert(sold.begin(), Sold(anna_, kNorthwind, i));
  directory::v1::ListSubscriptionsRequest request;
  request.set_parent(kNorthwind);
  request.set_page_size(2);
  std::vector<std::string> listed;
  do {
    const auto page = ListSubscriptions(carl_, request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& subscription : page->subscriptions()) listed.push_back(subscription.name());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, sold);

  directory::v1::ListOrdersRequest orders;
  orders.set_parent(kNorthwind);
  orders.set_filter("actor = \"anna\" AND state = FULFILLED");
  orders.set_page_size(3);
  const auto page = ListOrders(anna_, orders);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->orders_size(), 3);
  EXPECT_EQ(page->orders(0).line_items(0).subscription(), sold[0]);
  EXPECT_FALSE(page->next_page_token().empty());
  orders.set_filter("actor = \"bert\"");
  EXPECT_EQ(ListOrders(anna_, orders)->orders_size(), 0);
}

TEST_F(CreateOrderTest, SubscriptionsAreFilteredByWhatTheyAre) {
  const std::string edge = Relate(kContoso, kNorthwind);
  const std::string kept = Sold(anna_, kNorthwind, 1);
  ASSERT_TRUE(CancelSubscription(anna_, CancellationOf(Sold(anna_, kNorthwind, 2))).ok());
  const auto count = [&](const std::string& filter) {
    directory::v1::ListSubscriptionsRequest request;
    request.set_parent(kNorthwind);
    request.set_filter(filter);
    const auto page = ListSubscriptions(anna_, request);
    EXPECT_TRUE(page.ok()) << page.status();
    return page.ok() ? page->subscriptions_size() : -1;
  };
  EXPECT_EQ(count("state = ACTIVE"), 1);
  EXPECT_EQ(count("state = CANCELLED AND offer = \"offers/mail\""), 1);
  EXPECT_EQ(count(absl::StrCat("relationship = \"", edge, "\"")), 2);
  EXPECT_EQ(count("partner = \"partners/fabrikam\""), 0);
  EXPECT_EQ(count("term_end_time > 2026-01-01T00:00:00Z"), 2);
  EXPECT_EQ(count("term_end_time < 2026-01-01T00:00:00Z OR create_time < 2020-01-01T00:00:00Z"), 0);
}

TEST_F(CreateOrderTest, AnOrderIsItsPartnersAndTheCustomers) {
  const std::string edge = Relate(kContoso, kNorthwind);
  Relate(kFabrikam, kNorthwind);
  const auto order = CreateOrder(anna_, OrderOf(kNorthwind, 1));
  ASSERT_TRUE(order.ok()) << order.status();
  const auto read = [&](const Principal& reader) {
    return ReasonOf(GetOrder(reader, order->name()).status());
  };
  EXPECT_EQ(read(anna_), std::nullopt);
  EXPECT_EQ(read(carl_), std::nullopt);
  EXPECT_EQ(read(SalesAgent(kFabrikam)), common::v1::RESOURCE_NOT_FOUND);
  EXPECT_EQ(read(Administrator(kTailspin)), common::v1::RESOURCE_NOT_FOUND);
  directory::v1::ListOrdersRequest list;
  list.set_parent(kNorthwind);
  EXPECT_EQ(ListOrders(carl_, list)->orders_size(), 1);
  EXPECT_EQ(ListOrders(SalesAgent(kFabrikam), list)->orders_size(), 0);
  Move(edge, "SUSPENDED");
  EXPECT_EQ(read(anna_), std::nullopt);
  Grant(kContoso, kNorthwind, "global_admin");
  Move(edge, "ENDED");
  EXPECT_EQ(read(anna_), common::v1::RELATIONSHIP_MISSING);
  EXPECT_EQ(read(carl_), std::nullopt);
}

TEST_F(CreateOrderTest, WhatCustomersAndTheirPartnersSeeOfTheCount) {
  const std::string edge = Relate(kContoso, kNorthwind);
  Relate(kFabrikam, kNorthwind, "PROVIDER");
  database_.Run(absl::Substitute(
      "INSERT INTO directory.customers (name, display_name, country)"
      " VALUES ('$0', 'Northwind', 'PL');"
      "INSERT INTO directory.edges (partner, relationship, customer, type, state, revision)"
      " SELECT partner, id, customer, type, state, 1 FROM relationship.relationships",
      kNorthwind));
  Sold(anna_, kNorthwind, 1);
  Sold(SalesAgent(kFabrikam), kNorthwind, 1);
  ASSERT_TRUE(CancelSubscription(anna_, CancellationOf(Sold(anna_, kNorthwind, 1))).ok());
  const auto count = [&](const Principal& reader) -> int {
    const auto customer = GetCustomer(reader, kNorthwind);
    EXPECT_TRUE(customer.ok()) << customer.status();
    if (!customer.ok()) return -2;
    for (const auto& hidden : customer->hidden_fields()) {
      if (hidden.field() == "subscription_count") return -1;
    }
    return customer->subscription_count();
  };
  EXPECT_EQ(count(anna_), 2);
  EXPECT_EQ(count(carl_), 2);
  EXPECT_EQ(count(SalesAgent(kFabrikam)), -1);
  EXPECT_EQ(count(support::Operator()), -1);
  Grant(kFabrikam, kNorthwind, "subscription_admin");
  EXPECT_EQ(count(SalesAgent(kFabrikam)), 2);
}

// Who sees and cancels a subscription that contoso has sold, by what the reader holds.
struct Holding {
  const char* partner;
  const char* type;   // of its relationship; empty: it has none
  const char* state;  // of the relationship
  const char* grant;  // roles; empty: none
  std::optional<ErrorReason> view;
  std::optional<ErrorReason> cancel;
};

TEST_F(CreateOrderTest, ASubscriptionIsSeenAndCancelledByWhatAPartnerHolds) {
  using namespace common::v1;  // NOLINT: reasons
  const std::vector<Holding> holdings = {
      // The seller, by the relationship it was sold through.
      {kContoso, "RESELLER", "ACTIVE", "", {}, {}},
      {kContoso, "RESELLER", "SUSPENDED", "", {}, RELATIONSHIP_INACTIVE},
      {kContoso, "RESELLER", "ENDING", "", {}, RELATIONSHIP_INACTIVE},
      {kContoso, "RESELLER", "ENDED", "", RESOURCE_NOT_FOUND, RESOURCE_NOT_FOUND},
      {kContoso, "RESELLER", "ENDED", "subscription_admin", {}, {}},
      {kContoso, "RESELLER", "ENDED", "user_admin", PERMISSION_MISSING, PERMISSION_MISSING},
      {kContoso, "PROVIDER", "ACTIVE", "", {}, {}},
      {kContoso, "PROVIDER", "SUSPENDED", "", {}, RELATIONSHIP_INACTIVE},
      {kContoso, "PROVIDER", "SUSPENDED", "subscription_admin", {}, {}},
      // Another partner.
      {kFabrikam, "", "", "", RESOURCE_NOT_FOUND, RESOURCE_NOT_FOUND},
      {kFabrikam, "RESELLER", "ACTIVE", "", {}, PERMISSION_MISSING},
      {kFabrikam, "RESELLER", "SUSPENDED", "", {}, PERMISSION_MISSING},
      {kFabrikam, "PROVIDER", "ACTIVE", "", PERMISSION_MISSING, PERMISSION_MISSING},
      {kFabrikam, "PROVIDER", "ACTIVE", "directory_reader", PERMISSION_MISSING, PERMISSION_MISSING},
      {kFabrikam, "", "", "directory_reader", PERMISSION_MISSING, PERMISSION_MISSING},
      {kFabrikam, "", "", "subscription_admin", {}, {}},
      {kFabrikam, "", "", "global_admin", {}, {}},
  };
  for (size_t i = 0; i < holdings.size(); ++i) {
    const Holding& held = holdings[i];
    const std::string customer = absl::StrCat("customers/c-", i);
    const bool sells = std::string(held.partner) == kContoso;
    const std::string edge = Relate(kContoso, customer, sells ? held.type : "RESELLER");
    const std::string subscription = Sold(anna_, customer, 1);
    if (!sells && *held.type != '\0') {
      const std::string other = Relate(held.partner, customer, held.type);
      if (std::string(held.state) != "ACTIVE") Move(other, held.state);
    }
    if (sells && std::string(held.state) != "ACTIVE") Move(edge, held.state);
    if (*held.grant != '\0') Grant(held.partner, customer, held.grant);
    const Principal reader = SalesAgent(held.partner);
    EXPECT_EQ(ReasonOf(GetSubscription(reader, subscription).status()), held.view) << "row " << i;
    directory::v1::ListSubscriptionsRequest list;
    list.set_parent(customer);
    const auto page = ListSubscriptions(reader, list);
    // A provider's list has what it sold: here nothing.
    const bool lists_nothing = held.view && std::string(held.type) == "PROVIDER";
    EXPECT_EQ(ReasonOf(page.status()), lists_nothing ? std::nullopt : held.view) << "row " << i;
    const int listed = page.ok() && !lists_nothing ? 1 : 0;
    EXPECT_EQ(page.ok() ? page->subscriptions_size() : 0, listed) << "row " << i;
    EXPECT_EQ(ReasonOf(CancelSubscription(reader, CancellationOf(subscription)).status()),
              held.cancel)
        << "row " << i;
    EXPECT_EQ(database_.Value(absl::StrCat("SELECT state FROM directory.subscriptions WHERE id = '",
                                           IdOf(subscription), "'")),
              held.cancel ? "ACTIVE" : "CANCELLED")
        << "row " << i;
  }
}

TEST_F(CreateOrderTest, CancellingIsForOnceAndNeedsThePresentEtag) {
  Relate(kContoso, kNorthwind);
  const std::string subscription = Sold(anna_, kNorthwind, 1);
  auto request = CancellationOf(subscription);
  request.set_etag(GetSubscription(anna_, subscription)->etag());
  ASSERT_TRUE(CreateOrder(anna_, MoreSeats(subscription, 1)).ok());
  EXPECT_EQ(ReasonOf(CancelSubscription(anna_, request).status()), common::v1::ETAG_MISMATCH);
  request.clear_etag();
  request.set_request_id(NewUuid());
  const auto cancelled = CancelSubscription(anna_, request);
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_EQ(cancelled->state(), Subscription::CANCELLED);
  EXPECT_EQ(cancelled->end_cause(), "no longer needed");
  EXPECT_EQ(CancelSubscription(anna_, request)->SerializeAsString(),
            cancelled->SerializeAsString());
  const absl::Status again = CancelSubscription(anna_, CancellationOf(subscription)).status();
  EXPECT_EQ(ReasonOf(again), common::v1::STATE_TRANSITION);
  EXPECT_EQ(MetadataOf(again, "state"), "CANCELLED");
}

TEST_F(CreateOrderTest, BySqlAloneAPartnerSellsOnlyThroughItsOwnActiveRelationship) {
  const std::string edge = Relate(kContoso, kNorthwind);
  const std::string others = Relate(kFabrikam, kNorthwind);
  const auto sell = [&](const std::string& partner, const std::string& customer,
                        const std::string& through) {
    return database_
        .RunAs("directory", kContoso,
               {absl::Substitute(
                   "INSERT INTO directory.subscriptions (customer, partner, relationship, offer,"
                   " quantity, term_months, state)"
                   " VALUES ('$1', '$0', '$2', 'offers/mail', 1, 12, 'ACTIVE')",
                   partner, customer, IdOf(through))})
        .sqlstate;
  };
  const auto place = [&](const std::string& through) {
    return database_
        .RunAs("directory", kContoso,
               {absl::Substitute("INSERT INTO directory.orders (customer, partner, relationship,"
                                 " actor) VALUES ('$0', '$1', '$2', 'x')",
                                 kNorthwind, kContoso, IdOf(through))})
        .sqlstate;
  };
  constexpr char kNotAllowed[] = "42501";
  EXPECT_EQ(sell(kContoso, kNorthwind, edge), "");
  EXPECT_EQ(place(edge), "");
  EXPECT_EQ(sell(kContoso, kTailspin, edge), kNotAllowed);
  EXPECT_EQ(sell(kContoso, kNorthwind, others), kNotAllowed);
  EXPECT_EQ(sell(kFabrikam, kNorthwind, others), kNotAllowed);
  EXPECT_EQ(place(others), kNotAllowed);
  const auto change = [&](const char* account) {
    return database_
        .RunAs("directory", account,
               {"UPDATE directory.subscriptions SET state = 'CANCELLED' RETURNING id"})
        .rows.size();
  };
  EXPECT_EQ(change(kFabrikam), 0u) << "it sees the row, as a reseller";
  EXPECT_EQ(change(kNorthwind), 0u);
  EXPECT_EQ(change("operators"), 0u);
  Move(edge, "SUSPENDED");
  EXPECT_EQ(sell(kContoso, kNorthwind, edge), kNotAllowed);
  EXPECT_EQ(place(edge), kNotAllowed);
  EXPECT_EQ(change(kContoso), 0u);
  Move(edge, "ACTIVE");
  EXPECT_EQ(change(kContoso), 1u);
}

TEST_F(CreateOrderTest, TheTableKeepsTheLimits) {
  Relate(kContoso, kNorthwind);
  Sold(anna_, kNorthwind, 1);
  const auto breaks = [&](const std::string& sql) {
    return database_.RunAs("postgres", "", {sql}).sqlstate == "23514";
  };
  EXPECT_TRUE(breaks("UPDATE directory.subscriptions SET quantity = 0"));
  EXPECT_TRUE(breaks("UPDATE directory.subscriptions SET quantity = 1000001"));
  EXPECT_TRUE(breaks("UPDATE directory.subscriptions SET end_cause = 'x'"));
  const char* line =
      "INSERT INTO directory.order_lines SELECT customer, order_id, $0, offer, subscription, $1"
      " FROM directory.order_lines";
  EXPECT_TRUE(breaks(absl::Substitute(line, 2, 100001)));
  EXPECT_TRUE(breaks(absl::Substitute(line, 2, 0)));
  EXPECT_TRUE(breaks(absl::Substitute(line, 21, 1)));
  EXPECT_EQ(database_.RunAs("postgres", "", {absl::Substitute(line, 2, 1)}).sqlstate, "23505");
}

TEST_F(CreateOrderTest, ARemovalThatCancelsEndsWhatWasSoldThroughIt) {
  const std::string edge = Relate(kContoso, kNorthwind);
  Relate(kFabrikam, kNorthwind);
  database_.Run(
      absl::Substitute("INSERT INTO directory.customers (name, display_name, country)"
                       " VALUES ('$0', 'Northwind', 'PL')",
                       kNorthwind));
  const std::string ended = Sold(anna_, kNorthwind, 1);
  const std::string others = Sold(SalesAgent(kFabrikam), kNorthwind, 1);
  const Principal admin = PrincipalOf(kContoso, {"admin_agent"});
  EXPECT_EQ(ReasonOf(Remove(admin, edge).status()), common::v1::ACTIVE_SUBSCRIPTIONS);
  const auto removed = Remove(admin, edge, true);
  ASSERT_TRUE(removed.ok()) << removed.status();
  directory::v1::ApplyRelationshipsRequest news;
  ASSERT_TRUE(news.ParseFromString(
      pqxx::binarystring(
          database_.Run("SELECT payload FROM common.outbox WHERE target = 'directory'")[0][0])
          .str()));
  ASSERT_TRUE(Apply(news).ok());
  ASSERT_TRUE(Apply(news).ok());
  const auto cancelled = GetSubscription(carl_, ended);
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_EQ(cancelled->state(), Subscription::CANCELLED);
  EXPECT_EQ(cancelled->end_cause(), "relationship removed");
  EXPECT_EQ(GetSubscription(carl_, others)->state(), Subscription::ACTIVE);
  EXPECT_EQ(database_.Value("SELECT string_agg(resource || ' ' || cause, ', ')"
                            " FROM common.audit_entries WHERE after->>'state' = 'CANCELLED'"),
            ended + " relationship removed");
  EXPECT_EQ(Orphans(), 0);
}

struct Term {
  const char* start;
  int months;
  const char* moment;
  const char* end;
};

TEST_F(CreateOrderTest, TermsFollowEachOther) {
  const std::vector<Term> terms = {
      {"2026-01-15 10:00", 1, "2026-01-15 10:00", "2026-02-15 10:00"},
      {"2026-01-15 10:00", 1, "2026-02-15 09:59", "2026-02-15 10:00"},
      {"2026-01-15 10:00", 1, "2026-02-15 10:00", "2026-03-15 10:00"},
      {"2026-01-31 10:00", 1, "2026-02-01 00:00", "2026-02-28 10:00"},
      {"2026-01-31 10:00", 1, "2026-02-28 10:00", "2026-03-31 10:00"},
      {"2026-01-31 10:00", 12, "2027-01-31 09:00", "2027-01-31 10:00"},
      {"2026-01-31 10:00", 12, "2031-06-01 00:00", "2032-01-31 10:00"},
      {"2026-11-25 10:00", 36, "2026-11-25 10:00", "2029-11-25 10:00"},
      {"2026-12-31 23:00", 3, "2027-12-31 22:00", "2027-12-31 23:00"},
      {"2026-01-15 10:00", 1, "2026-01-15 09:59", "2026-02-15 10:00"},
  };
  for (const Term& term : terms) {
    EXPECT_EQ(database_.Value(
                  absl::Substitute("SELECT to_char(directory.running_term_end('$0Z', $1, '$2Z'),"
                                   " 'YYYY-MM-DD HH24:MI')",
                                   term.start, term.months, term.moment)),
              term.end)
        << term.start << " " << term.moment;
  }
}

}  // namespace
}  // namespace partnerlink::orders_test
