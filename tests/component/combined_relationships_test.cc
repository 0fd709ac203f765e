// What the acceptance of a combined invitation becomes: a RESELLER and a PROVIDER relationship,
// each decided and told of by itself; and what a provider may do with its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "services/relationship/partnerships/handlers.h"
#include "services/relationship/relationships/handlers.h"
#include "tests/component/relationship_fixture.h"
#include "tests/support/race.h"

namespace partnerlink::combined_relationships_test {
namespace {

using relationship::v1::EstablishRelationshipsResponse;
using relationship::v1::Relationship;
using support::CombinedAcceptance;
using support::kContoso;
using support::kNorthwind;
using support::kTailspin;
using support::PrincipalOf;
using support::RelationshipCall;
using support::TestCall;
using testing::ElementsAre;
using testing::IsEmpty;
using Edge = EstablishRelationshipsResponse::Edge;

constexpr char kTailwind[] = "partners/tailwind";

Principal Tess() { return PrincipalOf(kTailwind, {"admin_agent"}, "tess"); }

class CombinedRelationshipsTest : public support::RelationshipTest {
 protected:
  CombinedRelationshipsTest() : partnership_(PartnerUp(kTailwind, kContoso)) { NewEvents(); }

  EstablishRelationshipsResponse Accepted(const std::string& customer = kNorthwind) {
    const auto response = Establish(CombinedAcceptance(customer, kContoso, kTailwind, NewUuid()));
    EXPECT_TRUE(response.ok()) << response.status();
    TellDirectory();
    return response.value_or(EstablishRelationshipsResponse());
  }

  void Move(const std::string& state) {
    database_.Run(absl::StrCat("UPDATE relationship.partnerships SET state = '", state,
                               "', end_time = CASE WHEN '", state, "' = 'ENDED' THEN now() END"));
  }

  absl::Status EndPartnership() {
    relationship::v1::EndPartnershipRequest request;
    request.set_name(partnership_);
    const TestCall call = RelationshipCall("EndPartnership", Tess());
    return relationship::partnerships::EndPartnership(call.context, relationship_deps_, request)
        .status();
  }

  const std::string partnership_;
};

TEST_F(CombinedRelationshipsTest, OneCallMakesBothAndEachPartnerListsTheCustomer) {
  const EstablishRelationshipsResponse response = Accepted();
  ASSERT_EQ(response.edges_size(), 2);
  for (const Edge& edge : response.edges()) EXPECT_EQ(edge.state(), Edge::ACTIVE);
  EXPECT_THAT(
      NewEvents(),
      ElementsAre("relationship.established partners/contoso",
                  "relationship.established partners/tailwind", "grant.activated partners/contoso",
                  "relationships.established customers/northwind",
                  "customer.created customers/northwind", "customer.listed partners/contoso",
                  "customer.listed partners/tailwind"));
  EXPECT_THAT(ListOf(kContoso), ElementsAre(kNorthwind));
  EXPECT_THAT(ListOf(kTailwind), ElementsAre(kNorthwind));
  EXPECT_EQ(database_.Value("SELECT string_agg(type || ' ' || partner || ' ' || via_partner, ', '"
                            " ORDER BY type) FROM relationship.relationships"),
            "PROVIDER partners/tailwind partners/contoso, RESELLER partners/contoso ");
  EXPECT_EQ(database_.Value("SELECT string_agg(partner, ' ') FROM relationship.grants"), kContoso);
}

TEST_F(CombinedRelationshipsTest, TheProviderReadsListsAndRemovesItsOwn) {
  const EstablishRelationshipsResponse response = Accepted();
  const std::string& name = response.edges(1).relationship();
  relationship::v1::GetRelationshipRequest get;
  get.set_name(name);
  const TestCall reading = RelationshipCall("GetRelationship", Tess());
  const auto read =
      relationship::relationships::GetRelationship(reading.context, relationship_deps_, get);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->type(), Relationship::PROVIDER);
  EXPECT_EQ(read->via_partner(), kContoso);
  get.set_name(response.edges(0).relationship());
  EXPECT_EQ(ReasonOf(relationship::relationships::GetRelationship(reading.context,
                                                                  relationship_deps_, get)
                         .status()),
            common::v1::RESOURCE_NOT_FOUND)
      << "the reseller's is not its own";
  relationship::v1::ListRelationshipsRequest list;
  list.set_parent(kTailwind);
  const TestCall listing = RelationshipCall("ListRelationships", Tess());
  const auto page =
      relationship::relationships::ListRelationships(listing.context, relationship_deps_, list);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->relationships_size(), 1);
  EXPECT_EQ(page->relationships(0).name(), name);
  EXPECT_EQ(ReasonOf(Remove(support::RemovalOf(name), support::Anna()).status()),
            common::v1::RESOURCE_NOT_FOUND);
  ASSERT_TRUE(Remove(support::RemovalOf(name), Tess()).ok());
  TellDirectory();
  EXPECT_THAT(ListOf(kTailwind), IsEmpty());
  EXPECT_THAT(ListOf(kContoso), ElementsAre(kNorthwind));
  EXPECT_EQ(database_.Value("SELECT state FROM relationship.partnerships"), "ACTIVE");
}

TEST_F(CombinedRelationshipsTest, WithoutAnActivePartnershipOnlyTheResellersComesToBe) {
  int number = 0;
  for (const char* state : {"SUSPENDED", "ENDED"}) {
    Move(state);
    const EstablishRelationshipsResponse response =
        Accepted(absl::StrCat("customers/acme-", ++number));
    EXPECT_EQ(response.edges(0).state(), Edge::ACTIVE) << state;
    EXPECT_EQ(response.edges(1).state(), Edge::REFUSED) << state;
    EXPECT_EQ(response.edges(1).reason(), common::v1::PARTNERSHIP_INACTIVE) << state;
    EXPECT_EQ(response.edges(1).partner(), kTailwind);
    EXPECT_NE(response.grant(), "");
  }
  EXPECT_THAT(ListOf(kTailwind), IsEmpty());
}

TEST_F(CombinedRelationshipsTest, EachEdgeHasItsOwnOutcome) {
  Relate(kNorthwind, kContoso);
  EstablishRelationshipsResponse response = Accepted();
  EXPECT_EQ(response.edges(0).reason(), common::v1::RELATIONSHIP_EXISTS);
  EXPECT_EQ(response.edges(1).state(), Edge::ACTIVE) << "the provider joins the reseller";
  Suspend(kContoso);
  response = Accepted(kTailspin);
  EXPECT_EQ(response.edges(0).reason(), common::v1::PARTNER_SUSPENDED);
  EXPECT_EQ(response.edges(1).state(), Edge::ACTIVE);
  EXPECT_EQ(response.grant(), "");
  Suspend(kTailwind);
  response = Accepted("customers/acme");
  EXPECT_EQ(response.edges(1).reason(), common::v1::PARTNER_SUSPENDED);
}

// Whatever comes by way of a partnership came before its end.
TEST_F(CombinedRelationshipsTest, NothingComesOfAPartnershipThatHasEnded) {
  support::Race(8, [&](int i) {
    if (i == 3) {
      const absl::Status ended = EndPartnership();
      EXPECT_TRUE(ended.ok()) << ended;
      return;
    }
    const auto response = Establish(
        CombinedAcceptance(absl::StrCat("customers/racer-", i), kContoso, kTailwind, NewUuid()));
    EXPECT_TRUE(response.ok()) << response.status();
  });
  EXPECT_EQ(database_.Value("SELECT state FROM relationship.partnerships"), "ENDED");
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.relationships r, "
                            "relationship.partnerships p WHERE r.type = 'PROVIDER' AND"
                            " r.create_time >= p.end_time"),
            0);
  EXPECT_EQ(Accepted("customers/late").edges(1).reason(), common::v1::PARTNERSHIP_INACTIVE);
}

// The customer is Polish; between its two acceptances the second partner has moved, or the regions
// were drawn anew.
TEST_F(CombinedRelationshipsTest, TheRegionOfACustomerThatIsKnownIsAskedOfAgain) {
  Accepted();
  const std::string path = testing::TempDir() + "/regions-" + NewUuid();
  std::ofstream(path) << "PL EU\nUS AMERICA\n";
  const region::Regions regions = *region::Regions::FromFile(path);
  const relationship::Deps deps{relationship_pool_, relationship_work_, page_tokens_, regions};
  const auto establish = [&](const std::string& country, bool with_company) {
    database_.Run(absl::StrCat("UPDATE relationship.partners SET country = '", country,
                               "' WHERE name = 'partners/fabrikam'"));
    auto request = support::AcceptedBy(kNorthwind, support::kFabrikam, NewUuid());
    request.mutable_company()->set_country("US");
    if (!with_company) request.clear_company();
    const TestCall call("partnerlink.relationship.v1.RelationshipService/EstablishRelationships",
                        Principal(), "invitation");
    return relationship::relationships::EstablishRelationships(call.context, deps, request);
  };
  for (const bool with_company : {false, true}) {
    const auto refused = establish("US", with_company);
    ASSERT_TRUE(refused.ok()) << refused.status();
    EXPECT_EQ(refused->edges(0).state(), Edge::REFUSED);
    EXPECT_EQ(refused->edges(0).reason(), common::v1::REGION) << with_company;
    EXPECT_THAT(refused->grant(), IsEmpty());
  }
  const auto made = establish("PL", false);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->edges(0).state(), Edge::ACTIVE);
  // The control: of whom no country is kept, nothing is known to be wrong.
  database_.Run(
      "DELETE FROM relationship.customers;"
      " DELETE FROM relationship.relationships WHERE partner = 'partners/fabrikam'");
  EXPECT_EQ(establish("US", false)->edges(0).state(), Edge::ACTIVE);
}

// What is refused for everybody tells nothing of the customer's country.
TEST_F(CombinedRelationshipsTest, TheCountryIsKeptWithTheFirstRelationship) {
  Suspend(kContoso);
  auto request = support::AcceptedBy(kTailspin, kContoso, NewUuid());
  request.mutable_company()->set_country("US");
  ASSERT_EQ(Establish(request)->edges(0).state(), Edge::REFUSED);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.customers"), 0);
  request = support::AcceptedBy(kTailspin, support::kFabrikam, NewUuid());
  ASSERT_EQ(Establish(request)->edges(0).state(), Edge::ACTIVE);
  EXPECT_EQ(database_.Value("SELECT country FROM relationship.customers"), "PL");
}

}  // namespace
}  // namespace partnerlink::combined_relationships_test
