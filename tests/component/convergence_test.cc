// From the acceptance to the partner's list: Invitation, Relationship and Directory in one process,
// joined by their relays, with peers that fail on the way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/identifier/uuid.h"
#include "common/outbox/relay.h"
#include "common/status/status.h"
#include "services/directory/customers/handlers.h"
#include "services/invitation/redemptions/handlers.h"
#include "services/invitation/redemptions/outcome.h"
#include "services/relationship/partners/handlers.h"
#include "services/relationship/relationships/handlers.h"
#include "tests/support/invitation_fixture.h"
#include "tests/support/race.h"

namespace partnerlink {
namespace {

using directory::v1::ApplyRelationshipsRequest;
using invitation::v1::Invitation;
using invitation::v1::Redemption;
using relationship::v1::EstablishRelationshipsRequest;
using relationship::v1::EstablishRelationshipsResponse;
using relationship::v1::Relationship;
using support::Customer;
using support::kContoso;
using support::TestCall;
using Edge = EstablishRelationshipsResponse::Edge;
using Outcome = Redemption::RelationshipOutcome;

class SuiteTest : public support::InvitationTest {
 protected:
  SuiteTest()
      : relationship_pool_("relationship", database_.Conninfo("relationship"), 4),
        relationship_work_("relationship_worker", database_.Conninfo("relationship_worker"), 8),
        directory_pool_("directory", database_.Conninfo("directory"), 4),
        directory_work_("directory_worker", database_.Conninfo("directory_worker"), 8),
        relationship_deps_{relationship_pool_, relationship_work_, page_tokens_, regions_},
        directory_deps_{directory_pool_, directory_work_, page_tokens_} {}

  absl::StatusOr<EstablishRelationshipsResponse> Establish(
      const EstablishRelationshipsRequest& request) {
    PARTNERLINK_RETURN_IF_ERROR(
        relationship::relationships::ValidateEstablishRelationships(request));
    const TestCall call("partnerlink.relationship.v1.RelationshipService/EstablishRelationships",
                        Principal(), "invitation");
    return relationship::relationships::EstablishRelationships(call.context, relationship_deps_,
                                                               request);
  }

  absl::Status Apply(const ApplyRelationshipsRequest& request) {
    PARTNERLINK_RETURN_IF_ERROR(directory::customers::ValidateApplyRelationships(request));
    const TestCall call("partnerlink.directory.v1.CustomerDirectoryService/ApplyRelationships",
                        Principal(), "relationship");
    return directory::customers::ApplyRelationships(call.context, directory_deps_, request).status();
  }

  std::vector<std::string> ListOf(const std::string& partner) {
    directory::v1::ListCustomersRequest request;
    request.set_parent(partner);
    const TestCall call("partnerlink.directory.v1.CustomerDirectoryService/ListCustomers",
                        support::PrincipalOf(partner, {"admin_agent"}));
    const auto page = directory::customers::ListCustomers(call.context, directory_deps_, request);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> names;
    if (page.ok()) {
      for (const auto& customer : page->customers()) names.push_back(customer.name());
    }
    return names;
  }

  // The list made anew from the edges that are in force.
  std::vector<std::string> RebuiltListOf(const std::string& partner) {
    std::vector<std::string> names;
    for (const pqxx::row& row : database_.Run(absl::StrCat(
             "SELECT DISTINCT customer FROM relationship.relationships"
             " WHERE state <> 'ENDED' AND partner = '", partner, "' ORDER BY customer"))) {
      names.push_back(row[0].as<std::string>());
    }
    return names;
  }

  postgres::Pool relationship_pool_;
  postgres::Pool relationship_work_;
  postgres::Pool directory_pool_;
  postgres::Pool directory_work_;
  const relationship::Deps relationship_deps_;
  const directory::Deps directory_deps_;
};

// The two relays; each call to a peer may fail before it arrives, or its answer after.
class ConvergenceTest : public SuiteTest {
 protected:
  ConvergenceTest()
      : invitation_background_("invitation_worker", database_.Conninfo("invitation_worker"), 1),
        relationship_background_("relationship_worker", database_.Conninfo("relationship_worker"), 1),
        to_relationship_({"invitation", "relationship"}, invitation_background_,
                         [this](const std::string& payload, absl::Time, auto done) {
                           done(Send(payload, [this](const EstablishRelationshipsRequest& request) {
                             return Establish(request);
                           }));
                         },
                         invitation::redemptions::TakeOverOutcome),
        to_directory_({"relationship", "directory"}, relationship_background_,
                      [this](const std::string& payload, absl::Time, auto done) {
                        done(Send(payload, [this](const ApplyRelationshipsRequest& request)
                                               -> absl::StatusOr<EstablishRelationshipsResponse> {
                          PARTNERLINK_RETURN_IF_ERROR(Apply(request));
                          return EstablishRelationshipsResponse();
                        }));
                      },
                      [](auto&, auto&, auto&) { return absl::OkStatus(); }) {}

  void StartRelays() {
    to_relationship_.Start();
    to_directory_.Start();
  }

  template <typename Request>
  absl::StatusOr<std::string> Send(
      const std::string& payload,
      const std::function<absl::StatusOr<EstablishRelationshipsResponse>(const Request&)>& call) {
    Request request;
    EXPECT_TRUE(request.ParseFromString(payload));
    if (lost_requests_-- > 0) return absl::AbortedError("the request was lost");
    const auto answer = call(request);
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
  outbox::Relay to_relationship_;
  outbox::Relay to_directory_;
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
  requests[2].mutable_company()->set_display_name("\xC5\x81\xC3\xB3" "d\xC5\xBA & Co <\"'>");
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
  database_.Run("INSERT INTO directory.customers (name, display_name, country)"
                " VALUES ('customers/northwind', 'Northwind', 'PL')");
  ASSERT_TRUE(Accept(Customer("northwind"), TokenOf(Issued())).ok());
  EstablishRelationshipsRequest order;
  const auto payload = database_.Run("SELECT payload FROM common.outbox WHERE target IS NOT NULL");
  ASSERT_TRUE(order.ParseFromString(pqxx::binarystring(payload[0][0]).str()));
  EXPECT_FALSE(order.has_company()) << "what it says now of its country decides nothing";
}

class RelationshipHandlersTest : public SuiteTest {
 protected:
  EstablishRelationshipsRequest Order(const std::string& source,
                                      const std::string& customer = "customers/northwind") {
    EstablishRelationshipsRequest order;
    order.set_source(source);
    order.set_origin(Relationship::INVITATION);
    order.set_invitation("partners/contoso/invitations/x");
    order.set_customer(customer);
    order.mutable_company()->set_display_name("Northwind");
    order.mutable_company()->set_country("PL");
    auto& edge = *order.add_edges();
    edge.set_type(Relationship::RESELLER);
    edge.set_partner(kContoso);
    order.mutable_grant()->set_partner(kContoso);
    order.mutable_grant()->add_roles("user_admin");
    order.set_actor("carl");
    order.set_root_event(NewUuid());
    return order;
  }

  absl::StatusOr<relationship::v1::Partner> Enroll(
      const relationship::v1::EnrollPartnerRequest& request) {
    const TestCall call("partnerlink.relationship.v1.RelationshipService/EnrollPartner",
                        support::PrincipalOf("operators", {"operator"}, "olga"));
    return relationship::partners::EnrollPartner(call.context, relationship_deps_, request);
  }

  relationship::v1::EnrollPartnerRequest Enrolment(const std::string& id = "tailspin") {
    relationship::v1::EnrollPartnerRequest request;
    request.set_partner_id(id);
    request.mutable_partner()->set_display_name("Tailspin");
    request.mutable_partner()->set_country("PL");
    request.mutable_partner()->set_partner_number("42");
    request.mutable_partner()->add_types(relationship::v1::Partner::RESELLER);
    return request;
  }
};

TEST_F(RelationshipHandlersTest, AnEnrolmentLeavesOneOfEachAndMayBeRepeated) {
  const auto first = Enroll(Enrolment());
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(AuditRows(), 1);
  EXPECT_EQ(OutboxRows(), 1);
  const auto again = Enroll(Enrolment());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(AuditRows(), 1);
  auto other = Enrolment();
  other.mutable_partner()->set_country("DE");
  EXPECT_EQ(ReasonOf(Enroll(other).status()), common::v1::PARTNER_EXISTS);
  other = Enrolment("another");
  EXPECT_EQ(ReasonOf(Enroll(other).status()), common::v1::PARTNER_EXISTS) << "the number is taken";
}

TEST_F(RelationshipHandlersTest, RacingEnrolmentsEnrolOnce) {
  support::Race(8, [&](int) { EXPECT_TRUE(Enroll(Enrolment()).ok()); });
  EXPECT_EQ(AuditRows(), 1);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.partners WHERE partner_number = '42'"),
            1);
}

TEST_F(RelationshipHandlersTest, AValidateOnlyEnrolmentChangesNothing) {
  auto request = Enrolment();
  request.set_validate_only(true);
  EXPECT_TRUE(Enroll(request).ok());
  EXPECT_EQ(AuditRows() + OutboxRows() + RequestIds(), 0);
  EXPECT_TRUE(Enroll(Enrolment()).ok());
}

TEST_F(RelationshipHandlersTest, AnEstablishmentLeavesARowForEachOfItsThings) {
  ASSERT_TRUE(Establish(Order("s1")).ok());
  // The edge, the grant, and the customer's own, which Directory gets.
  EXPECT_EQ(AuditRows(), 3);
  EXPECT_EQ(OutboxRows(), 3);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.outbox WHERE target = 'directory'"), 1);
  EXPECT_EQ(database_.Count("SELECT count(DISTINCT root) FROM common.outbox"), 1);
  EXPECT_EQ(database_.Count("SELECT count(DISTINCT x) FROM ("
                            "SELECT xmin::text FROM common.outbox UNION ALL"
                            " SELECT xmin::text FROM common.audit_entries UNION ALL"
                            " SELECT xmin::text FROM relationship.relationships UNION ALL"
                            " SELECT xmin::text FROM relationship.grants UNION ALL"
                            " SELECT xmin::text FROM relationship.establishments) rows (x)"),
            1);
}

TEST_F(RelationshipHandlersTest, OneSourceHasOneEffectAndOneAnswer) {
  const auto order = Order("s1");
  absl::Mutex mutex;
  std::vector<std::string> answers;
  support::Race(8, [&](int) {
    const auto answer = Establish(order);
    EXPECT_TRUE(answer.ok()) << answer.status();
    absl::MutexLock lock(&mutex);
    answers.push_back(answer.value_or(EstablishRelationshipsResponse()).SerializeAsString());
  });
  EXPECT_THAT(answers, testing::Each(answers[0]));
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.relationships"), 1);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.grants"), 1);
  EXPECT_EQ(OutboxRows(), 3);
}

TEST_F(RelationshipHandlersTest, OfRacingSourcesOneEstablishesTheEdge) {
  std::atomic<int> active = 0;
  std::atomic<int> refused = 0;
  support::Race(8, [&](int i) {
    const auto answer = Establish(Order(absl::StrCat("s", i)));
    ASSERT_TRUE(answer.ok()) << answer.status();
    if (answer->edges(0).state() == Edge::ACTIVE) ++active;
    if (answer->edges(0).reason() == common::v1::RELATIONSHIP_EXISTS) ++refused;
  });
  EXPECT_EQ(active, 1);
  EXPECT_EQ(refused, 7);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.relationships"), 1);
}

TEST_F(RelationshipHandlersTest, ASuspendedOrUnknownPartnerGetsNothing) {
  database_.Run("UPDATE relationship.partners SET state = 'SUSPENDED'");
  auto unknown = Order("s2");
  unknown.mutable_edges(0)->set_partner("partners/nobody");
  unknown.mutable_grant()->set_partner("partners/nobody");
  for (const auto& order : {Order("s1"), unknown}) {
    const auto answer = Establish(order);
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->edges(0).state(), Edge::REFUSED);
    EXPECT_EQ(answer->edges(0).reason(), common::v1::PARTNER_SUSPENDED);
    EXPECT_EQ(answer->grant(), "");
  }
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.relationships"), 0);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.grants"), 0);
}

class DirectoryHandlersTest : public SuiteTest {
 protected:
  // The edge of contoso and northwind as it stands in this revision.
  ApplyRelationshipsRequest News(int64_t revision, Relationship::State state = Relationship::ACTIVE) {
    ApplyRelationshipsRequest news;
    news.set_customer("customers/northwind");
    news.mutable_company()->set_display_name("Northwind");
    news.mutable_company()->set_country("PL");
    auto& edge = *news.add_edges();
    edge.set_relationship("relationships/00000000-0000-7000-8000-000000000001");
    edge.set_type(Relationship::RESELLER);
    edge.set_partner(kContoso);
    edge.set_state(state);
    edge.set_revision(revision);
    news.set_root_event(NewUuid());
    return news;
  }
};

TEST_F(DirectoryHandlersTest, NewsAreAppliedOnceWhateverTheirOrder) {
  std::vector<ApplyRelationshipsRequest> news = {
      News(1), News(2, Relationship::SUSPENDED), News(3, Relationship::ACTIVE),
      News(4, Relationship::ENDED)};
  std::sort(news.begin(), news.end(),
            [](auto& a, auto& b) { return a.edges(0).revision() > b.edges(0).revision(); });
  for (int round = 0; round < 2; ++round) {
    for (const auto& one : news) ASSERT_TRUE(Apply(one).ok()) << Apply(one);
    EXPECT_EQ(database_.Value("SELECT state || revision FROM directory.edges"), "ENDED4");
    EXPECT_EQ(ListOf(kContoso), std::vector<std::string>());
  }
}

TEST_F(DirectoryHandlersTest, ARepeatedCallChangesNothing) {
  ASSERT_TRUE(Apply(News(1)).ok());
  EXPECT_EQ(AuditRows(), OutboxRows());
  const int audited = AuditRows();
  const std::string rows = "SELECT string_agg(c::text || c.xmin || p::text || p.xmin || e::text || e.xmin, '')"
                           " FROM directory.customers c, directory.partner_customers p, directory.edges e";
  const std::string before = database_.Value(rows);
  ASSERT_TRUE(Apply(News(1)).ok());
  EXPECT_EQ(AuditRows(), audited);
  EXPECT_EQ(database_.Value(rows), before);
}

TEST_F(DirectoryHandlersTest, RacingNewsEndInTheNewest) {
  support::Race(8, [&](int i) {
    const absl::Status status =
        Apply(News(i + 1, i == 7 ? Relationship::SUSPENDED : Relationship::ACTIVE));
    EXPECT_TRUE(status.ok()) << status;
  });
  EXPECT_EQ(database_.Value("SELECT state || revision FROM directory.edges"), "SUSPENDED8");
  EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.customers"), 1);
  EXPECT_EQ(ListOf(kContoso), std::vector<std::string>{"customers/northwind"});
}

TEST_F(DirectoryHandlersTest, AnUnknownCustomerNeedsItsCompany) {
  auto news = News(1);
  news.clear_company();
  EXPECT_EQ(ReasonOf(Apply(news)), common::v1::COMPANY_REQUIRED);
  EXPECT_EQ(AuditRows() + OutboxRows(), 0);
}

TEST_F(DirectoryHandlersTest, AStrangersAnswerIsThatOfNothing) {
  ASSERT_TRUE(Apply(News(1)).ok());
  const auto get = [&](const std::string& account, const std::string& name) {
    directory::v1::GetCustomerRequest request;
    request.set_name(name);
    const TestCall call("partnerlink.directory.v1.CustomerDirectoryService/GetCustomer",
                        support::PrincipalOf(account, {"admin_agent"}));
    return directory::customers::GetCustomer(call.context, directory_deps_, request).status();
  };
  EXPECT_TRUE(get(kContoso, "customers/northwind").ok());
  EXPECT_EQ(ToRpcStatus(get(support::kFabrikam, "customers/northwind")).SerializeAsString(),
            ToRpcStatus(get(support::kFabrikam, "customers/nobody")).SerializeAsString());
  EXPECT_EQ(ReasonOf(get(support::kFabrikam, "customers/northwind")),
            common::v1::RESOURCE_NOT_FOUND);
}

}  // namespace
}  // namespace partnerlink
