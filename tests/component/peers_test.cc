// What Relationship and Directory make of the calls of operators and peers, repeated, late and at
// the same time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "services/directory/customers/handlers.h"
#include "services/relationship/partners/handlers.h"
#include "tests/support/race.h"
#include "tests/support/suite_fixture.h"

namespace partnerlink::peers_test {
namespace {

using directory::v1::ApplyRelationshipsRequest;
using relationship::v1::EstablishRelationshipsRequest;
using relationship::v1::EstablishRelationshipsResponse;
using relationship::v1::Relationship;
using support::kContoso;
using support::SuiteTest;
using support::TestCall;
using Edge = EstablishRelationshipsResponse::Edge;

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
  EXPECT_EQ(
      database_.Count("SELECT count(*) FROM relationship.partners WHERE partner_number = '42'"), 1);
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
  ApplyRelationshipsRequest News(int64_t revision,
                                 Relationship::State state = Relationship::ACTIVE) {
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
  std::vector<ApplyRelationshipsRequest> news = {News(1), News(2, Relationship::SUSPENDED),
                                                 News(3, Relationship::ACTIVE),
                                                 News(4, Relationship::ENDED)};
  std::sort(news.begin(), news.end(),
            [](auto& a, auto& b) { return a.edges(0).revision() > b.edges(0).revision(); });
  for (int round = 0; round < 2; ++round) {
    for (const auto& one : news) ASSERT_TRUE(Apply(one).ok()) << Apply(one).status();
    EXPECT_EQ(database_.Value("SELECT state || revision FROM directory.edges"), "ENDED4");
    EXPECT_EQ(ListOf(kContoso), std::vector<std::string>());
  }
}

TEST_F(DirectoryHandlersTest, ARepeatedCallChangesNothing) {
  ASSERT_TRUE(Apply(News(1)).ok());
  EXPECT_EQ(AuditRows(), OutboxRows());
  const int audited = AuditRows();
  const std::string rows =
      "SELECT string_agg(c::text || c.xmin || p::text || p.xmin || e::text || e.xmin, '')"
      " FROM directory.customers c, directory.partner_customers p, directory.edges e";
  const std::string before = database_.Value(rows);
  ASSERT_TRUE(Apply(News(1)).ok());
  EXPECT_EQ(AuditRows(), audited);
  EXPECT_EQ(database_.Value(rows), before);
}

TEST_F(DirectoryHandlersTest, TheCustomerIsAnsweredAsItWasToldWithItsEdges) {
  auto news = News(1);
  news.mutable_company()->add_domains("northwind.example");
  news.mutable_company()->add_domains("northwind.test");
  ASSERT_TRUE(Apply(news).ok()) << Apply(news).status();
  directory::v1::GetCustomerRequest request;
  request.set_name("customers/northwind");
  const TestCall call("partnerlink.directory.v1.CustomerDirectoryService/GetCustomer",
                      support::PrincipalOf(kContoso, {"admin_agent"}));
  const auto customer = directory::customers::GetCustomer(call.context, directory_deps_, request);
  ASSERT_TRUE(customer.ok()) << customer.status();
  ASSERT_EQ(customer->edges_size(), 1);
  EXPECT_EQ(customer->edges(0).relationship(), news.edges(0).relationship());
  EXPECT_EQ(customer->edges(0).type(), Relationship::RESELLER);
  EXPECT_EQ(customer->edges(0).partner(), kContoso);
  EXPECT_EQ(customer->edges(0).state(), Relationship::ACTIVE);
  ASSERT_EQ(customer->domains_size(), 2);
  EXPECT_EQ(customer->domains(0).name(), "northwind.example");
  EXPECT_FALSE(customer->domains(0).verified());
}

TEST_F(DirectoryHandlersTest, RacingNewsEndInTheNewest) {
  support::Race(8, [&](int i) {
    const auto answer = Apply(News(i + 1, i == 7 ? Relationship::SUSPENDED : Relationship::ACTIVE));
    EXPECT_TRUE(answer.ok()) << answer.status();
  });
  EXPECT_EQ(database_.Value("SELECT state || revision FROM directory.edges"), "SUSPENDED8");
  EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.customers"), 1);
  EXPECT_EQ(ListOf(kContoso), std::vector<std::string>{"customers/northwind"});
}

TEST_F(DirectoryHandlersTest, AnUnknownCustomerNeedsItsCompany) {
  auto news = News(1);
  news.clear_company();
  EXPECT_EQ(ReasonOf(Apply(news).status()), common::v1::COMPANY_REQUIRED);
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
}  // namespace partnerlink::peers_test
