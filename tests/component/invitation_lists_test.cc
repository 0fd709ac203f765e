// CountInvitations and ListRedemptions: what a partner sees of all its invitations, and of those
// who have accepted one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/redemptions/handlers.h"
#include "tests/support/combined_fixture.h"

namespace partnerlink::invitation::invitation_lists_test {
namespace {

using support::Anna;
using support::CallOf;
using support::Customer;
using support::kContoso;
using support::kFabrikam;
using support::PrincipalOf;
using support::TestCall;
using support::Tom;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using v1::CountInvitationsRequest;
using v1::Invitation;

class CountInvitationsTest : public support::CombinedTest {
 protected:
  absl::StatusOr<v1::CountInvitationsResponse> Count(
      CountInvitationsRequest::GroupBy group_by = CountInvitationsRequest::GROUP_BY_UNSPECIFIED,
      const std::string& filter = "", const Principal& reader = Anna()) {
    CountInvitationsRequest request;
    request.set_parent(reader.account);
    request.set_group_by(group_by);
    request.set_filter(filter);
    PARTNERLINK_RETURN_IF_ERROR(invitations::ValidateCountInvitations(request));
    const TestCall call = CallOf("CountInvitations", reader);
    return invitations::CountInvitations(call.context, deps_, request);
  }

  std::vector<std::pair<std::string, int>> Groups(CountInvitationsRequest::GroupBy group_by,
                                                  const std::string& filter = "") {
    const auto answer = Count(group_by, filter);
    EXPECT_TRUE(answer.ok()) << answer.status();
    std::vector<std::pair<std::string, int>> groups;
    for (const auto& group : answer->groups()) groups.emplace_back(group.value(), group.count());
    return groups;
  }
};

TEST_F(CountInvitationsTest, GroupsByWhatIsInEffect) {
  Invitation wish;
  wish.set_channel(common::v1::OWN_MARKETING);
  Draft(wish);
  Issued(wish);
  Issued(wish);
  const Invitation expired = Issued();
  MakeProvider("CONFIRM");
  Combined();
  ExpireIn(expired.name(), -1);
  EXPECT_EQ(Count()->total_count(), 5);
  EXPECT_THAT(Count()->groups(), IsEmpty());
  EXPECT_EQ(StoredState(expired.name()), "PENDING");
  EXPECT_THAT(Groups(CountInvitationsRequest::STATE),
              ElementsAre(Pair("PENDING", 2), Pair("AWAITING_PROVIDER", 1), Pair("DRAFT", 1),
                          Pair("EXPIRED", 1)));
  EXPECT_THAT(Groups(CountInvitationsRequest::CHANNEL),
              ElementsAre(Pair("OWN_MARKETING", 3), Pair("CHANNEL_UNSPECIFIED", 2)));
  EXPECT_THAT(Groups(CountInvitationsRequest::KIND),
              ElementsAre(Pair("CUSTOMER", 4), Pair("CUSTOMER_WITH_PROVIDER", 1)));
  EXPECT_THAT(Groups(CountInvitationsRequest::STATE, "channel = OWN_MARKETING"),
              ElementsAre(Pair("PENDING", 2), Pair("DRAFT", 1)));
  EXPECT_EQ(Count(CountInvitationsRequest::KIND, "state = EXPIRED")->total_count(), 1);
}

TEST_F(CountInvitationsTest, CountsThePartnersOwnAndNothingElse) {
  Issued();
  EXPECT_EQ(Count(CountInvitationsRequest::STATE, "", PrincipalOf(kFabrikam, {"admin_agent"}))
                ->total_count(),
            0);
  MakeProvider("AUTO");
  Combined();
  EXPECT_EQ(Count(CountInvitationsRequest::STATE, "", Tom())->total_count(), 0)
      << "what names a provider is the reseller's";
}

TEST_F(CountInvitationsTest, BadRequestsAreRefused) {
  EXPECT_EQ(ReasonOf(Count(static_cast<CountInvitationsRequest::GroupBy>(9)).status()),
            common::v1::FIELD_INVALID);
  EXPECT_EQ(ReasonOf(Count(CountInvitationsRequest::STATE, "no_such = 1").status()),
            common::v1::FILTER_INVALID);
}

TEST_F(CountInvitationsTest, AnAddressIsFoundHoweverItsCaseIsWritten) {
  Invitation wish;
  wish.mutable_customer_hint()->set_email_address("Ann.Beebe@Alpine.example");
  Draft(wish);
  for (const std::string address : {"ann.beebe@alpine.EXAMPLE", "Ann.Beebe@Alpine.example"}) {
    const auto counted =
        Count(CountInvitationsRequest::STATE, "customer_hint.email_address = \"" + address + "\"");
    ASSERT_TRUE(counted.ok()) << counted.status();
    EXPECT_EQ(counted->total_count(), 1) << address;
  }
}

TEST_F(CountInvitationsTest, WhoSeesAddressesMaskedCannotCountByThem) {
  const std::string filter = "customer_hint.email_address = \"ann@alpine.example\"";
  EXPECT_TRUE(Count(CountInvitationsRequest::STATE, filter).ok());
  EXPECT_EQ(ReasonOf(Count(CountInvitationsRequest::STATE, filter,
                           PrincipalOf(kContoso, {"helpdesk_agent"}))
                         .status()),
            common::v1::FILTER_INVALID);
}

class ListRedemptionsTest : public support::CombinedTest {
 protected:
  absl::StatusOr<v1::ListRedemptionsResponse> List(const Principal& reader,
                                                   const std::string& parent, int page_size = 0,
                                                   const std::string& page_token = "") {
    v1::ListRedemptionsRequest request;
    request.set_parent(parent);
    request.set_page_size(page_size);
    request.set_page_token(page_token);
    PARTNERLINK_RETURN_IF_ERROR(redemptions::ValidateListRedemptions(request));
    const TestCall call = CallOf("ListRedemptions", reader);
    return redemptions::ListRedemptions(call.context, deps_, request);
  }

  // Accepted by these customers, in order.
  Invitation AcceptedBy(const std::vector<std::string>& ids) {
    Invitation wish;
    wish.set_mode(Invitation::OPEN);
    wish.set_max_uses(10);
    const Invitation issued = Issued(wish);
    const std::string token = TokenOf(issued);
    for (const std::string& id : ids) {
      const auto accepted = Accept(Customer(id), token);
      EXPECT_TRUE(accepted.ok()) << accepted.status();
    }
    return issued;
  }

  static std::vector<std::string> CustomersOf(const v1::ListRedemptionsResponse& page) {
    std::vector<std::string> customers;
    for (const auto& redemption : page.redemptions()) customers.push_back(redemption.customer());
    return customers;
  }
};

TEST_F(ListRedemptionsTest, SaysWhoAcceptedWhatWhenAndWhatBecameOfIt) {
  const Invitation issued = Issued();
  const auto accepted = Accept(Customer("northwind"), TokenOf(issued));
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  const auto page = List(Anna(), issued.name());
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->redemptions_size(), 1);
  EXPECT_EQ(page->redemptions(0).SerializeAsString(), accepted->SerializeAsString());
  EXPECT_EQ(page->redemptions(0).actor(), "carl@northwind");
  EXPECT_EQ(page->redemptions(0).agreement_version(), support::kAgreement);
  EXPECT_EQ(page->next_page_token(), "");
  EXPECT_THAT(List(Anna(), Issued().name())->redemptions(), IsEmpty());
}

TEST_F(ListRedemptionsTest, ShowsTheNewestFirstPageByPage) {
  const Invitation first = AcceptedBy({"adventure", "bellows", "coho"});
  const Invitation second = AcceptedBy({"delta", "echo"});
  const auto page = List(Anna(), first.name(), 2);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_THAT(CustomersOf(*page), ElementsAre("customers/coho", "customers/bellows"));
  const auto next = List(Anna(), first.name(), 2, page->next_page_token());
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_THAT(CustomersOf(*next), ElementsAre("customers/adventure"));
  EXPECT_EQ(next->next_page_token(), "");
  EXPECT_EQ(ReasonOf(List(Anna(), second.name(), 2, page->next_page_token()).status()),
            common::v1::PAGE_TOKEN_INVALID);
}

TEST_F(ListRedemptionsTest, TheProviderThatIsNamedSeesThemAndNobodyElse) {
  MakeProvider("AUTO");
  const Invitation combined = Combined();
  ASSERT_TRUE(Accept(Customer("northwind"), TokenOf(combined)).ok());
  const auto seen = List(Tom(), combined.name());
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_THAT(CustomersOf(*seen), ElementsAre("customers/northwind"));
  EXPECT_EQ(seen->redemptions(0).relationships_size(), 2);
  EXPECT_EQ(List(PrincipalOf("operators", {"operator"}), combined.name())->redemptions_size(), 1);
  const Invitation plain = Issued();
  ASSERT_TRUE(Accept(Customer("northwind"), TokenOf(plain)).ok());
  for (const auto& [reader, name] : std::vector<std::pair<Principal, std::string>>{
           {Tom(), plain.name()},
           {PrincipalOf(kFabrikam, {"global_admin"}), combined.name()},
           {Customer("northwind"), combined.name()}}) {
    EXPECT_EQ(ReasonOf(List(reader, name).status()), common::v1::RESOURCE_NOT_FOUND)
        << reader.account;
  }
}

// The wall behind that: the database shows the provider what names it, and no more.
TEST_F(ListRedemptionsTest, TheDatabaseShowsAProviderOnlyWhatNamesIt) {
  MakeProvider("AUTO");
  const Invitation combined = Combined();
  const Invitation plain = Issued();
  ASSERT_TRUE(Accept(Customer("northwind"), TokenOf(combined)).ok());
  ASSERT_TRUE(Accept(Customer("northwind"), TokenOf(plain)).ok());
  pqxx::connection connection(database_.Conninfo("invitation"));
  const auto count = [&](const std::string& account, const std::string& table) {
    pqxx::work transaction(connection);
    transaction.exec_params("SELECT set_config('partnerlink.account', $1, true)", account);
    return transaction.exec("SELECT count(*) FROM invitation." + table)[0][0].as<int>();
  };
  EXPECT_EQ(count(support::kTailwind, "redemptions"), 1);
  EXPECT_EQ(count(support::kTailwind, "redemption_relationships"), 2);
  EXPECT_EQ(count(kContoso, "redemptions"), 2);
  EXPECT_EQ(count(kFabrikam, "redemptions"), 0);
  EXPECT_EQ(count(kFabrikam, "redemption_relationships"), 0);
}

TEST_F(ListRedemptionsTest, ItsShapeIsChecked) {
  EXPECT_EQ(ReasonOf(List(Anna(), kContoso).status()), common::v1::FIELD_INVALID);
  EXPECT_EQ(ReasonOf(List(Anna(), Draft().name(), -1).status()), common::v1::FIELD_INVALID);
}

}  // namespace
}  // namespace partnerlink::invitation::invitation_lists_test
