// From the acceptance, and from the creation of a customer, to the partner's list, and out of it:
// Invitation, Relationship and Directory in one process, joined by their relays, with peers that
// fail on the way.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/outbox/relay.h"
#include "common/status/status.h"
#include "services/directory/customers/handlers.h"
#include "services/invitation/redemptions/handlers.h"
#include "services/invitation/redemptions/outcome.h"
#include "tests/component/relationship_fixture.h"

namespace partnerlink::convergence_test {
namespace {

using invitation::v1::Invitation;
using relationship::v1::EstablishRelationshipsRequest;
using support::Customer;
using support::kContoso;
using support::RelationshipTest;
using support::SuiteTest;
using support::TestCall;
using Outcome = invitation::v1::Redemption::RelationshipOutcome;

// The relays; each call to a peer may fail before it arrives, or its answer after.
class ConvergenceTest : public RelationshipTest {
 protected:
  ConvergenceTest()
      : invitation_background_("invitation_worker", database_.Conninfo("invitation_worker"), 1),
        relationship_background_("relationship_worker", database_.Conninfo("relationship_worker"),
                                 1),
        directory_background_("directory_worker", database_.Conninfo("directory_worker"), 1),
        to_relationship_(
            {"invitation", "relationship"}, invitation_background_,
            [this](const outbox::Delivery& delivery, absl::Time, auto done) {
              done(Send(delivery.payload, &ConvergenceTest::Establish));
            },
            invitation::redemptions::TakeOverOutcome),
        to_directory_(
            {"relationship", "directory"}, relationship_background_,
            [this](const outbox::Delivery& delivery, absl::Time, auto done) {
              done(Send(delivery.payload, &ConvergenceTest::Apply));
            },
            [](auto&, auto&, auto&) { return absl::OkStatus(); }),
        from_directory_(
            {"directory", "relationship"}, directory_background_,
            [this](const outbox::Delivery& delivery, absl::Time, auto done) {
              done(Send(delivery.payload, &ConvergenceTest::Establish));
            },
            [](auto&, auto&, auto&) { return absl::OkStatus(); }) {}

  void StartRelays() {
    to_relationship_.Start();
    to_directory_.Start();
    from_directory_.Start();
  }

  void CreateCustomer(const std::string& id) {
    directory::v1::CreateCustomerRequest request;
    request.set_customer_id(id);
    request.mutable_customer()->set_display_name(id);
    request.mutable_customer()->set_country("PL");
    request.mutable_initial_admin()->set_user_principal_name("carl@northwind.example");
    const TestCall call = support::DirectoryCall("CreateCustomer", support::Anna());
    const auto created =
        directory::customers::CreateCustomer(call.context, directory_deps_, request);
    EXPECT_TRUE(created.ok()) << created.status();
  }

  template <typename Request, typename Response>
  absl::StatusOr<std::string> Send(const std::string& payload,
                                   absl::StatusOr<Response> (SuiteTest::*call)(const Request&)) {
    Request request;
    EXPECT_TRUE(request.ParseFromString(payload));
    if (lost_requests_-- > 0) return absl::AbortedError("the request was lost");
    const absl::StatusOr<Response> answer = (this->*call)(request);
    if (lost_answers_-- > 0) return absl::AbortedError("the answer was lost");
    if (!answer.ok()) return answer.status();
    return answer->SerializeAsString();
  }

  bool AwaitNothingOwed() {
    const absl::Time end = absl::Now() + absl::Seconds(20);
    while (absl::Now() < end) {
      if (database_.Count("SELECT count(*) FROM common.outbox"
                          " WHERE target IS NOT NULL AND delivered_time IS NULL") == 0) {
        return true;
      }
      absl::SleepFor(absl::Milliseconds(10));
    }
    return false;
  }

  std::atomic<int> lost_requests_ = 0;
  std::atomic<int> lost_answers_ = 0;
  postgres::Pool invitation_background_;
  postgres::Pool relationship_background_;
  postgres::Pool directory_background_;
  outbox::Relay to_relationship_;
  outbox::Relay to_directory_;
  outbox::Relay from_directory_;
};

TEST_F(ConvergenceTest, AnAcceptanceBringsTheCustomerToThePartnersListAlone) {
  StartRelays();
  const auto redemption = Accept(Customer("northwind"), TokenOf(Issued()));
  ASSERT_TRUE(redemption.ok()) << redemption.status();
  ASSERT_TRUE(AwaitNothingOwed());
  EXPECT_EQ(ListOf(kContoso), std::vector<std::string>{"customers/northwind"});
  EXPECT_EQ(ListOf(support::kFabrikam), std::vector<std::string>());
  const TestCall call = support::CallOf("AcceptInvitation", Customer("northwind"));
  const auto now = invitation::redemptions::ReadRedemption(call.context, deps_, *redemption);
  ASSERT_TRUE(now.ok()) << now.status();
  ASSERT_EQ(now->relationships_size(), 1);
  EXPECT_EQ(now->relationships(0).state(), Outcome::ACTIVE);
  EXPECT_NE(now->relationships(0).relationship(), "");
  EXPECT_NE(now->grant(), "");
  EXPECT_EQ(database_.Count("SELECT count(DISTINCT root) FROM common.outbox WHERE event NOT IN"
                            " ('invitation.created', 'invitation.issued')"),
            1)
      << "one chain, one consistency token";
}

TEST_F(ConvergenceTest, LostRequestsAndAnswersLeaveOneOfEach) {
  lost_requests_ = 3;
  lost_answers_ = 3;
  StartRelays();
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(Accept(Customer(absl::StrCat("customer", i)), TokenOf(Issued())).ok());
  }
  ASSERT_TRUE(AwaitNothingOwed());
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.relationships"), 4);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.grants"), 4);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.customers"), 4);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM invitation.redemption_relationships"
                            " WHERE state = 'ACTIVE'"),
            4);
  EXPECT_EQ(ListOf(kContoso), RebuiltListOf(kContoso));
}

TEST_F(ConvergenceTest, ASecondRelationshipIsRefusedAndSaidSo) {
  StartRelays();
  ASSERT_TRUE(Accept(Customer("northwind"), TokenOf(Issued())).ok());
  ASSERT_TRUE(AwaitNothingOwed());
  const auto second = Accept(Customer("northwind"), TokenOf(Issued()));
  ASSERT_TRUE(second.ok()) << second.status();
  ASSERT_TRUE(AwaitNothingOwed());
  const TestCall call = support::CallOf("AcceptInvitation", Customer("northwind"));
  const auto now = invitation::redemptions::ReadRedemption(call.context, deps_, *second);
  EXPECT_EQ(now->relationships(0).state(), Outcome::REFUSED);
  EXPECT_EQ(now->relationships(0).reason(), common::v1::RELATIONSHIP_EXISTS);
  EXPECT_EQ(ListOf(kContoso).size(), 1u);
}

TEST_F(ConvergenceTest, EveryAcceptanceThatIsTakenCanBeEstablished) {
  // What Relationship refuses as malformed would be sent for ever.
  StartRelays();
  Invitation wish;
  wish.mutable_grant_request()->add_roles("user_admin");
  wish.mutable_grant_request()->add_roles("license_admin");
  std::vector<invitation::v1::AcceptInvitationRequest> requests(6, support::AcceptanceOf(""));
  requests[0].add_accepted_roles("user_admin");
  requests[0].add_accepted_roles("user_admin");
  requests[1].set_decline_grant(true);
  requests[2].mutable_company()->set_display_name(
      "\xC5\x81\xC3\xB3"
      "d\xC5\xBA & Co <\"'>");
  requests[3].mutable_company()->add_domains("Northwind.Example");
  requests[3].mutable_company()->add_domains("northwind.example");
  requests[4].mutable_company()->mutable_contact()->set_display_name("'quoted'");
  requests[5].mutable_company()->set_registration_number("'");
  for (size_t i = 0; i < requests.size(); ++i) {
    requests[i].set_token(TokenOf(Issued(wish)));
    if (!invitation::redemptions::ValidateAcceptInvitation(requests[i]).ok()) continue;
    Principal principal = Customer(absl::StrCat("customer", i));
    principal.subject = "\xC5\xBC\xC3\xB3\xC5\x82w | '\"";
    const TestCall call = support::CallOf("AcceptInvitation", principal);
    invitation::redemptions::AcceptInvitation(call.context, deps_, requests[i]).IgnoreError();
  }
  EXPECT_TRUE(AwaitNothingOwed()) << database_.Value("SELECT max(last_error) FROM common.outbox");
  EXPECT_EQ(database_.Count("SELECT count(*) FROM invitation.redemption_relationships"
                            " WHERE state <> 'ACTIVE'"),
            0);
}

TEST_F(ConvergenceTest, AKnownCustomersCompanyIsNotAskedAgain) {
  database_.Run(
      "INSERT INTO directory.customers (name, display_name, country)"
      " VALUES ('customers/northwind', 'Northwind', 'PL')");
  ASSERT_TRUE(Accept(Customer("northwind"), TokenOf(Issued())).ok());
  EstablishRelationshipsRequest order;
  const auto payload = database_.Run("SELECT payload FROM common.outbox WHERE target IS NOT NULL");
  ASSERT_TRUE(order.ParseFromString(pqxx::binarystring(payload[0][0]).str()));
  EXPECT_FALSE(order.has_company()) << "what it says now of its country decides nothing";
}

TEST_F(ConvergenceTest, ACreatedCustomerComesToThePartnersListThroughLostRequestsAndAnswers) {
  lost_requests_ = 3;
  lost_answers_ = 3;
  for (int i = 0; i < 4; ++i) CreateCustomer(absl::StrCat("customer", i));
  EXPECT_EQ(ListOf(kContoso).size(), 0u) << "Relationship is down";
  StartRelays();
  ASSERT_TRUE(AwaitNothingOwed());
  EXPECT_EQ(ListOf(kContoso).size(), 4u);
  EXPECT_EQ(ListOf(kContoso), RebuiltListOf(kContoso));
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.relationships"), 4);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.grants"), 4);
  EXPECT_EQ(database_.Count("SELECT count(DISTINCT root) FROM common.outbox"), 4)
      << "each its one chain";
}

TEST_F(ConvergenceTest, ARemovalReachesTheListAndWhatWasSoldThroughLostRequestsAndAnswers) {
  for (int i = 0; i < 4; ++i) {
    const std::string customer = absl::StrCat("customers/customer", i);
    Relate(customer, kContoso);
    Sell(customer, support::Anna());
  }
  Relate("customers/customer0", support::kFabrikam);
  const std::string grants = RowsOf("relationship.grants");
  database_.Run(
      "UPDATE relationship.relationships SET state = 'SUSPENDED'"
      " WHERE customer = 'customers/customer3'");
  lost_requests_ = 3;
  lost_answers_ = 3;
  for (const pqxx::row& row :
       database_.Run("SELECT 'relationships/' || id FROM relationship.relationships"
                     " WHERE partner = 'partners/contoso'")) {
    auto request = support::RemovalOf(row[0].as<std::string>());
    request.set_cancel_subscriptions(true);
    const auto removed = Remove(request, support::Anna());
    ASSERT_TRUE(removed.ok()) << removed.status();
  }
  EXPECT_EQ(ListOf(kContoso).size(), 4u) << "Directory is down";
  StartRelays();
  ASSERT_TRUE(AwaitNothingOwed());
  EXPECT_EQ(ListOf(kContoso), std::vector<std::string>());
  EXPECT_EQ(ListOf(support::kFabrikam), std::vector<std::string>{"customers/customer0"});
  EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.subscriptions"
                            " WHERE state = 'CANCELLED' AND end_cause <> ''"),
            4);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.outbox"
                            " WHERE event = 'subscription.cancelled'"),
            4);
  EXPECT_EQ(RowsOf("relationship.grants"), grants);
}

// News that overtake each other leave what the newest says.
TEST_F(ConvergenceTest, ARemovalThatArrivesBeforeItsEstablishmentStays) {
  Relate("customers/northwind", support::kFabrikam);
  const auto response =
      Establish(support::AcceptedBy("customers/northwind", kContoso, "redemptions/1"));
  ASSERT_TRUE(response.ok()) << response.status();
  const auto removed =
      Remove(support::RemovalOf(response->edges(0).relationship()), support::Anna());
  ASSERT_TRUE(removed.ok()) << removed.status();
  database_.Run(
      "UPDATE common.outbox SET next_attempt_time = now() + '1 second'"
      " WHERE event = 'relationships.established'");
  StartRelays();
  ASSERT_TRUE(AwaitNothingOwed());
  EXPECT_EQ(ListOf(kContoso), std::vector<std::string>());
  EXPECT_EQ(database_.Value("SELECT state FROM directory.edges WHERE partner = 'partners/contoso'"),
            "ENDED");
  EXPECT_EQ(ListOf(support::kFabrikam), std::vector<std::string>{"customers/northwind"});
}

}  // namespace
}  // namespace partnerlink::convergence_test
