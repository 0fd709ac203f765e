// Licences given and taken, how they are counted, and the services that come with them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "tests/component/user_fixture.h"

namespace partnerlink::licenses_test {
namespace {

using directory::v1::ListLicenseCountsRequest;
using directory::v1::ListManagedServicesRequest;
using directory::v1::User;
using support::Administrator;
using support::CancellationOf;
using support::IdOf;
using support::kContoso;
using support::kFabrikam;
using support::kNorthwind;
using support::ModificationOf;
using support::MoreSeats;
using support::Operator;
using support::OrderOf;
using support::PrincipalOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using LicensesTest = support::UserTest;

TEST_F(LicensesTest, AreGivenAndTakenInOneCallAndCounted) {
  const std::string mail = Sold(anna_, kNorthwind, 3);
  const std::string phone = Sold(anna_, kNorthwind, 1);
  const std::string ann = Made("ann");
  const auto given = ModifyLicenses(ann, {mail, phone});
  ASSERT_TRUE(given.ok()) << given.status();
  EXPECT_THAT(given->licenses(), UnorderedElementsAre(mail, phone));
  EXPECT_EQ(Counted(), "3/1 1/1");
  EXPECT_EQ(GetSubscription(carl_, mail)->assigned(), 1);
  const std::string bob = Made("bob");
  const auto moved = ModifyLicenses(carl_, ModificationOf(ann, {}, {phone}));
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_THAT(moved->licenses(), ElementsAre(mail));
  EXPECT_TRUE(ModifyLicenses(bob, {phone, mail}).ok());
  EXPECT_EQ(Counted(), "3/2 1/1");
  EXPECT_EQ(GetUser(anna_, ann)->SerializeAsString(), moved->SerializeAsString());
  EXPECT_EQ(FaultsOfSeats(), "");
}

TEST_F(LicensesTest, AllOfItOrNothingWhereASubscriptionHasNoSeatLeft) {
  const std::string mail = Sold(anna_, kNorthwind, 3);
  const std::string phone = Sold(anna_, kNorthwind, 1);
  ASSERT_TRUE(ModifyLicenses(Made("ann"), {phone}).ok());
  const std::string bob = Made("bob");
  const int traces = AuditRows() + OutboxRows();
  const absl::Status refused = ModifyLicenses(bob, {mail, phone}).status();
  EXPECT_EQ(ReasonOf(refused), common::v1::LICENSES_EXHAUSTED);
  EXPECT_THAT(ToRpcStatus(refused).SerializeAsString(), HasSubstr(phone));
  EXPECT_EQ(Counted(), "3/0 1/1");
  EXPECT_THAT(GetUser(anna_, bob)->licenses(), IsEmpty());
  EXPECT_EQ(AuditRows() + OutboxRows(), traces);
  ASSERT_TRUE(CreateOrder(anna_, MoreSeats(phone, 1)).ok());
  EXPECT_TRUE(ModifyLicenses(bob, {mail, phone}).ok());
}

TEST_F(LicensesTest, WhatIsSoAlreadyChangesNothing) {
  const std::string mail = Sold(anna_, kNorthwind, 1);
  const std::string phone = Sold(anna_, kNorthwind, 1);
  const std::string ann = Made("ann");
  const auto given = ModifyLicenses(ann, {mail});
  ASSERT_TRUE(given.ok()) << given.status();
  const int traces = AuditRows() + OutboxRows();
  const auto again = ModifyLicenses(ann, {mail}, {phone});
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), given->SerializeAsString());
  EXPECT_EQ(Counted(), "1/1 1/0");
  EXPECT_EQ(AuditRows() + OutboxRows(), traces);
}

TEST_F(LicensesTest, AChangeIsAuditedAndAnnouncedAndMovesTheUsersEtag) {
  const std::string mail = Sold(anna_, kNorthwind, 1);
  const std::string ann = Made("ann");
  const std::string etag = GetUser(anna_, ann)->etag();
  auto request = ModificationOf(ann, {mail});
  request.set_etag(etag);
  request.set_request_id(NewUuid());
  const auto given = ModifyLicenses(anna_, request);
  ASSERT_TRUE(given.ok()) << given.status();
  EXPECT_NE(given->etag(), etag);
  EXPECT_EQ(ModifyLicenses(anna_, request)->SerializeAsString(), given->SerializeAsString());
  request.set_request_id("");
  EXPECT_EQ(ReasonOf(ModifyLicenses(anna_, request).status()), common::v1::ETAG_MISMATCH);
  EXPECT_EQ(database_.Value("SELECT event || ' ' || account FROM common.outbox ORDER BY id DESC"
                            " LIMIT 1"),
            "user.licenses_modified customers/northwind");
  EXPECT_EQ(database_.Value("SELECT coalesce(before->>'licenses', '-') || ' '"
                            " || (after->'licenses'->>0) || ' ' || actor_account"
                            " FROM common.audit_entries ORDER BY id DESC LIMIT 1"),
            absl::StrCat("- ", mail, " ", kContoso));
}

TEST_F(LicensesTest, OfWhatTheCustomerHasNotOrIsOverAreRefused) {
  const std::string mail = Sold(anna_, kNorthwind, 2);
  const std::string ann = Made("ann");
  const std::string bob = Made("bob");
  ASSERT_TRUE(ModifyLicenses(ann, {mail}).ok());
  const std::string unknown = absl::StrCat(kNorthwind, "/subscriptions/", NewUuid());
  EXPECT_EQ(ReasonOf(ModifyLicenses(ann, {unknown}).status()), common::v1::FIELD_INVALID);
  EXPECT_EQ(ReasonOf(ModifyLicenses(ann, {}, {unknown}).status()), common::v1::FIELD_INVALID);
  EXPECT_EQ(ReasonOf(ModifyLicenses(ann, {}, {}).status()), common::v1::FIELD_INVALID);
  ASSERT_TRUE(CancelSubscription(anna_, CancellationOf(mail)).ok());
  EXPECT_EQ(ReasonOf(ModifyLicenses(bob, {mail}).status()), common::v1::STATE_TRANSITION);
  // What is over is nobody's licence, and no row of the counts.
  EXPECT_THAT(GetUser(anna_, ann)->licenses(), IsEmpty());
  EXPECT_EQ(Counted(), "");
  EXPECT_EQ(FaultsOfSeats(), "");
  EXPECT_TRUE(ModifyLicenses(ann, {}, {mail}).ok());
  EXPECT_EQ(FaultsOfSeats(), "");
}

// What is paused keeps its licences and shows them; what is over by the clock, whether a sweep has
// been there or not, shows none. Of neither is one given, of both one is taken.
TEST_F(LicensesTest, OfWhatIsPausedAndOfWhatTheClockHasEnded) {
  const std::string paused = Sold(anna_, kNorthwind, 2);
  const std::string over = Sold(anna_, kNorthwind, 3);
  const std::string ann = Made("ann");
  const std::string bob = Made("bob");
  ASSERT_TRUE(ModifyLicenses(ann, {paused, over}).ok());
  ASSERT_TRUE(SuspendSubscription(anna_, paused).ok());
  EndTerm(over, "clock_timestamp()");
  EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.subscriptions WHERE state = 'EXPIRED'"),
            0);
  EXPECT_THAT(GetUser(anna_, ann)->licenses(), ElementsAre(paused));
  EXPECT_EQ(Counted(), "2/1");
  ListManagedServicesRequest services;
  services.set_parent(kNorthwind);
  EXPECT_EQ(ListManagedServices(carl_, services)->managed_services_size(), 0);
  for (const std::string& subscription : {paused, over}) {
    EXPECT_EQ(ReasonOf(ModifyLicenses(bob, {subscription}).status()), common::v1::STATE_TRANSITION);
  }
  EXPECT_EQ(FaultsOfSeats(), "");
  const auto taken = ModifyLicenses(ann, {}, {paused, over});
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_THAT(taken->licenses(), IsEmpty());
  EXPECT_EQ(Counted(), "2/0");
  EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.license_assignments"), 0);
  EXPECT_EQ(FaultsOfSeats(), "");
  ASSERT_TRUE(ReactivateSubscription(anna_, paused).ok());
  EXPECT_TRUE(ModifyLicenses(bob, {paused}).ok());
  EXPECT_EQ(ListManagedServices(carl_, services)->managed_services_size(), 1);
}

// Between the look at the seats and their change of hands the last term of one ends.
TEST_F(LicensesTest, OfWhatEndsByTheClockMeanwhileNothingIsGiven) {
  const std::string mail = Sold(anna_, kNorthwind, 1);
  const std::string phone = Sold(anna_, kNorthwind, 1);
  const std::string ann = Made("ann");
  ASSERT_TRUE(ModifyLicenses(ann, {phone}).ok());
  EndTerm(mail, "clock_timestamp() + interval '1 second'");
  // Of what is taken away the writing lasts until then.
  MakeWritesLastUntil(
      "BEFORE DELETE ON directory.license_assignments",
      absl::Substitute("(SELECT expire_time FROM directory.subscriptions WHERE id = '$0')",
                       IdOf(mail)));
  ASSERT_EQ(GetSubscription(anna_, mail)->state(), directory::v1::Subscription::ACTIVE);
  EXPECT_EQ(ReasonOf(ModifyLicenses(ann, {mail}, {phone}).status()), common::v1::STATE_TRANSITION);
  EXPECT_THAT(GetUser(anna_, ann)->licenses(), ElementsAre(phone));
  EXPECT_EQ(FaultsOfSeats(), "");
}

TEST_F(LicensesTest, ADeletedUsersAreFreeAtOnceAndNotGivenBack) {
  const std::string mail = Sold(anna_, kNorthwind, 1);
  const std::string over = Sold(anna_, kNorthwind, 1);
  const std::string ann = Made("ann");
  ASSERT_TRUE(ModifyLicenses(ann, {mail, over}).ok());
  ASSERT_TRUE(CancelSubscription(anna_, CancellationOf(over)).ok());
  HoldGrant("user_admin");
  const auto deleted = DeleteUser(anna_, ann);
  ASSERT_TRUE(deleted.ok()) << deleted.status();
  EXPECT_THAT(deleted->licenses(), IsEmpty());
  EXPECT_EQ(Counted(), "1/0");
  EXPECT_EQ(FaultsOfSeats(), "");
  EXPECT_EQ(ReasonOf(ModifyLicenses(carl_, ModificationOf(ann, {mail})).status()),
            common::v1::STATE_TRANSITION);
  ASSERT_TRUE(ModifyLicenses(carl_, ModificationOf(Made("bob"), {mail})).ok());
  const auto restored = UndeleteUser(anna_, ann);
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_THAT(restored->licenses(), IsEmpty());
  EXPECT_EQ(Counted(), "1/1");
}

TEST_F(LicensesTest, WhoMayNotViewTheUserIsToldOfItsLicencesOnly) {
  const std::string mail = Sold(anna_, kNorthwind, 1);
  const std::string ann = Made("ann");
  HoldGrant("license_admin");
  const auto given = ModifyLicenses(ann, {mail});
  ASSERT_TRUE(given.ok()) << given.status();
  EXPECT_EQ(given->name(), ann);
  EXPECT_THAT(given->licenses(), ElementsAre(mail));
  EXPECT_NE(given->etag(), "");
  EXPECT_EQ(given->user_principal_name() + given->given_name() + given->display_name(), "");
}

TEST_F(LicensesTest, WhoMayNotIsToldWhy) {
  const std::string mail = Sold(anna_, kNorthwind, 2);
  const std::string ann = Made("ann");
  const auto modify = [&](const Principal& caller) {
    return ReasonOf(ModifyLicenses(caller, ModificationOf(ann, {mail})).status());
  };
  const auto count = [&](const Principal& reader) {
    ListLicenseCountsRequest request;
    request.set_parent(kNorthwind);
    return ReasonOf(ListLicenseCounts(reader, request).status());
  };
  const auto serve = [&](const Principal& reader) {
    ListManagedServicesRequest request;
    request.set_parent(kNorthwind);
    return ReasonOf(ListManagedServices(reader, request).status());
  };
  const Principal sam = PrincipalOf(kContoso, {"sales_agent"});
  const Principal bill = PrincipalOf(kNorthwind, {"billing_admin"});
  EXPECT_EQ(modify(sam), common::v1::ROLE_MISSING);
  EXPECT_EQ(count(sam), std::nullopt);
  EXPECT_EQ(serve(sam), common::v1::ROLE_MISSING);
  EXPECT_EQ(count(PrincipalOf(kContoso, {"helpdesk_agent"})), common::v1::ROLE_MISSING);
  EXPECT_EQ(modify(bill), common::v1::ROLE_MISSING);
  EXPECT_EQ(count(bill), std::nullopt);
  EXPECT_EQ(serve(bill), common::v1::ROLE_MISSING);
  EXPECT_EQ(modify(Operator()), common::v1::ROLE_MISSING);
  HoldGrant("user_admin");
  EXPECT_EQ(modify(anna_), common::v1::PERMISSION_MISSING);
  EXPECT_EQ(serve(anna_), common::v1::PERMISSION_MISSING);
  HoldGrant("service_admin");
  EXPECT_EQ(serve(anna_), std::nullopt);
  HoldGrant("");
  EXPECT_EQ(modify(anna_), common::v1::PERMISSION_MISSING);
  EXPECT_EQ(count(anna_), std::nullopt) << "by the relationship";
  Move(relationship_, "ENDED");
  EXPECT_EQ(count(anna_), common::v1::RESOURCE_NOT_FOUND);
  HoldGrant("directory_reader");
  EXPECT_EQ(count(anna_), std::nullopt) << "by the grant";
  const Principal bert = PrincipalOf(kFabrikam, {"admin_agent"});
  for (const auto& reason :
       {modify(bert), count(bert), serve(bert), modify(Administrator("customers/tailspin"))}) {
    EXPECT_EQ(reason, common::v1::RESOURCE_NOT_FOUND);
  }
}

TEST_F(LicensesTest, AnotherCustomersUserAndSubscriptionAreNotThere) {
  Know("customers/tailspin");
  Relate(kContoso, "customers/tailspin");
  const std::string theirs = Sold(anna_, "customers/tailspin", 1);
  const std::string ann = Made("ann");
  EXPECT_EQ(ReasonOf(ModifyLicenses(ann, {theirs}).status()), common::v1::FIELD_INVALID);
  const std::string elsewhere = absl::StrCat("customers/tailspin/users/", support::IdOf(ann));
  EXPECT_EQ(ReasonOf(ModifyLicenses(Administrator("customers/tailspin"),
                                    ModificationOf(elsewhere, {theirs}))
                         .status()),
            common::v1::RESOURCE_NOT_FOUND);
}

TEST_F(LicensesTest, CountsComePageByPageOldestFirst) {
  std::vector<std::string> sold;
  for (int i = 1; i <= 5; ++i) sold.push_back(Sold(anna_, kNorthwind, i));
  ListLicenseCountsRequest request;
  request.set_parent(kNorthwind);
  request.set_page_size(2);
  std::vector<std::string> counted;
  do {
    const auto page = ListLicenseCounts(anna_, request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& count : page->license_counts()) {
      counted.push_back(count.subscription());
      EXPECT_EQ(count.offer(), support::kMail);
      EXPECT_EQ(count.total(), static_cast<int>(counted.size()));
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(counted, sold);
}

TEST_F(LicensesTest, ServicesOfWhatRunsAreListedWithWhereTheyAreAdministered) {
  database_.Run(
      "INSERT INTO directory.offers (name, display_name, services, admin_uris,"
      " term_months, state) VALUES ('offers/suite', 'Suite', '{files,\"team, chat\"}',"
      " '{https://files.example,\"\"}', 1, 'ACTIVE')");
  const std::string mail = Sold(anna_, kNorthwind, 1);
  auto order = OrderOf(kNorthwind, 1);
  order.mutable_order()->mutable_line_items(0)->set_offer("offers/suite");
  const auto placed = CreateOrder(anna_, order);
  ASSERT_TRUE(placed.ok()) << placed.status();
  ASSERT_TRUE(CancelSubscription(anna_, CancellationOf(Sold(anna_, kNorthwind, 1))).ok());
  ListManagedServicesRequest request;
  request.set_parent(kNorthwind);
  request.set_page_size(1);
  std::vector<std::string> services;
  do {
    const auto page = ListManagedServices(anna_, request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& service : page->managed_services()) {
      services.push_back(absl::StrCat(service.service(), " ", service.admin_uri(), " ",
                                      service.offer(), " ", service.subscription()));
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  const std::string& suite = placed->line_items(0).subscription();
  EXPECT_THAT(services, ElementsAre("mailboxes https://admin.example offers/mail " + mail,
                                    "files https://files.example offers/suite " + suite,
                                    "team, chat  offers/suite " + suite));
}

// The walls alone, without the service's decision.
TEST_F(LicensesTest, RowsAreOpenToWhomTheGrantSays) {
  const std::string mail = Sold(anna_, kNorthwind, 2);
  const std::string ann = Made("ann");
  ASSERT_TRUE(ModifyLicenses(ann, {mail}).ok());
  const auto rows = [&](const std::string& account, const std::string& sql) {
    const auto outcome = database_.RunAs("directory", account, {sql});
    EXPECT_TRUE(outcome.ok()) << outcome.message;
    return outcome.rows.size();
  };
  const std::string see = "SELECT true FROM directory.license_assignments";
  const std::string count = "UPDATE directory.subscriptions SET assigned = assigned RETURNING true";
  const std::string take = "DELETE FROM directory.license_assignments RETURNING true";
  for (const char* stranger : {kFabrikam, "customers/tailspin", "operators", ""}) {
    for (const std::string& sql : {see, count, take})
      EXPECT_EQ(rows(stranger, sql), 0u) << stranger;
  }
  HoldGrant("directory_reader");
  Move(relationship_, "ENDED");
  EXPECT_EQ(rows(kContoso, see), 1u);
  EXPECT_EQ(rows(kContoso, count), 0u);
  EXPECT_EQ(rows(kContoso, take), 0u);
  HoldGrant("service_admin");
  EXPECT_EQ(rows(kContoso, see), 0u);
  HoldGrant("license_admin");
  EXPECT_EQ(rows(kContoso, count), 1u);
  EXPECT_EQ(rows(kContoso, take), 1u);
}

// Whoever writes: the table itself holds no more assignments than seats.
TEST_F(LicensesTest, NoStatementCountsMoreThanThereAreSeats) {
  const std::string mail = Sold(anna_, kNorthwind, 2);
  ASSERT_TRUE(ModifyLicenses(Made("ann"), {mail}).ok());
  ASSERT_TRUE(ModifyLicenses(Made("bob"), {mail}).ok());
  for (const char* sql : {"UPDATE directory.subscriptions SET assigned = assigned + 1",
                          "UPDATE directory.subscriptions SET assigned = -1",
                          "UPDATE directory.subscriptions SET quantity = quantity - 1"}) {
    const auto outcome = database_.RunAs("postgres", "", {sql});
    EXPECT_EQ(outcome.sqlstate, "23514") << sql;
    EXPECT_THAT(outcome.message, HasSubstr("subscriptions_assigned")) << sql;
  }
}

}  // namespace
}  // namespace partnerlink::licenses_test
