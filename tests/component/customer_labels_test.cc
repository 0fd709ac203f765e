// SetCustomerLabels and CountCustomers: what each does, refuses and leaves behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "services/directory/customers/handlers.h"
#include "tests/component/relationship_fixture.h"

namespace partnerlink::customer_labels_test {
namespace {

using directory::v1::CountCustomersRequest;
using directory::v1::Customer;
using directory::v1::SetCustomerLabelsRequest;
using support::Anna;
using support::Bert;
using support::DirectoryCall;
using support::kContoso;
using support::kFabrikam;
using support::kNorthwind;
using support::kTailspin;
using support::PrincipalOf;
using support::RemovalOf;
using support::TestCall;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

class SetCustomerLabelsTest : public support::RelationshipTest {
 protected:
  SetCustomerLabelsTest() {
    relationship_ = Relate(kNorthwind, kContoso);
    Relate(kNorthwind, kFabrikam);
  }

  // The shape's check included.
  absl::StatusOr<Customer> SetLabels(const SetCustomerLabelsRequest& request,
                                     const Principal& principal = Anna()) {
    PARTNERLINK_RETURN_IF_ERROR(directory::customers::ValidateSetCustomerLabels(request));
    const TestCall call = DirectoryCall("SetCustomerLabels", principal);
    return directory::customers::SetCustomerLabels(call.context, directory_deps_, request);
  }

  static SetCustomerLabelsRequest Labelling(const std::string& partner = kContoso) {
    SetCustomerLabelsRequest request;
    request.set_name(absl::StrCat(partner, "/", kNorthwind));
    (*request.mutable_labels())["team"] = "north";
    request.set_correlation_id("C-1");
    request.set_channel(common::v1::VENDOR_REFERRAL);
    return request;
  }

  std::string relationship_;
};

TEST_F(SetCustomerLabelsTest, AreThisPartnersAlone) {
  const std::string others =
      "SELECT p::text || p.xmin FROM directory.partner_customers p WHERE partner = "
      "'partners/fabrikam'";
  const std::string before = database_.Value(others);
  const auto set = SetLabels(Labelling());
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_THAT(set->labels(), UnorderedElementsAre(Pair("team", "north")));
  EXPECT_EQ(set->correlation_id(), "C-1");
  EXPECT_EQ(set->channel(), common::v1::VENDOR_REFERRAL);
  EXPECT_EQ(database_.Value(others), before);
  EXPECT_EQ(Read(kNorthwind, Anna())->correlation_id(), "C-1");
  for (const Principal& other :
       {Bert(), support::Customer("northwind"), PrincipalOf("operators", {"operator"})}) {
    const auto read = Read(kNorthwind, other);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_THAT(read->labels(), IsEmpty()) << other.account;
    EXPECT_EQ(read->correlation_id(), "") << other.account;
    EXPECT_EQ(read->channel(), common::v1::CHANNEL_UNSPECIFIED) << other.account;
  }
}

TEST_F(SetCustomerLabelsTest, TheMaskSaysWhichAreSet) {
  ASSERT_TRUE(SetLabels(Labelling()).ok());
  SetCustomerLabelsRequest request;
  request.set_name(Labelling().name());
  request.set_correlation_id("C-2");
  const auto set = SetLabels(request);
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->correlation_id(), "C-2");
  EXPECT_EQ(set->labels_size(), 1) << "what is not given stays";
  request.clear_correlation_id();
  request.mutable_update_mask()->add_paths("labels");
  EXPECT_THAT(SetLabels(request)->labels(), IsEmpty());
  EXPECT_EQ(Read(kNorthwind, Anna())->correlation_id(), "C-2");
  request.mutable_update_mask()->add_paths("name");
  EXPECT_EQ(ReasonOf(SetLabels(request).status()), common::v1::FIELD_INVALID);
}

TEST_F(SetCustomerLabelsTest, WhatIsNotInThePartnersListDoesNotExist) {
  const std::vector<std::pair<std::string, Principal>> others = {
      {"partners/contoso/customers/tailspin", Anna()},
      {"partners/fabrikam/customers/northwind", Anna()},
      {"partners/contoso/customers/northwind", Bert()}};
  const std::string before = WholeDatabase();
  for (const auto& [name, principal] : others) {
    SetCustomerLabelsRequest request = Labelling();
    request.set_name(name);
    EXPECT_EQ(ReasonOf(SetLabels(request, principal).status()), common::v1::RESOURCE_NOT_FOUND)
        << name;
  }
  EXPECT_EQ(WholeDatabase(), before);
  ASSERT_TRUE(Remove(RemovalOf(relationship_), Anna()).ok());
  TellDirectory();
  EXPECT_EQ(ReasonOf(SetLabels(Labelling()).status()), common::v1::RESOURCE_NOT_FOUND)
      << "a grant does not list";
}

TEST_F(SetCustomerLabelsTest, OutliveTheRelationship) {
  ASSERT_TRUE(SetLabels(Labelling()).ok());
  ASSERT_TRUE(Remove(RemovalOf(relationship_), Anna()).ok());
  TellDirectory();
  Relate(kNorthwind, kContoso);
  const auto read = Read(kNorthwind, Anna());
  EXPECT_THAT(read->labels(), UnorderedElementsAre(Pair("team", "north")));
  EXPECT_EQ(read->channel(), common::v1::VENDOR_REFERRAL);
}

TEST_F(SetCustomerLabelsTest, ASuspendedPartnerIsRefused) {
  Suspend(kContoso);
  const std::string before = WholeDatabase();
  EXPECT_EQ(ReasonOf(SetLabels(Labelling()).status()), common::v1::PARTNER_SUSPENDED);
  EXPECT_EQ(WholeDatabase(), before);
}

TEST_F(SetCustomerLabelsTest, HaveTheirLimits) {
  const std::vector<std::function<void(SetCustomerLabelsRequest&)>> faults = {
      [](auto& r) { r.set_name("customers/northwind"); },
      [](auto& r) { r.set_name("partners/contoso/customers/-"); },
      [](auto& r) { r.set_correlation_id(std::string(101, 'x')); },
      [](auto& r) { r.set_channel(static_cast<common::v1::Channel>(99)); },
      [](auto& r) { (*r.mutable_labels())[""] = "x"; },
      [](auto& r) { (*r.mutable_labels())["Upper"] = "x"; },
      [](auto& r) { (*r.mutable_labels())[std::string(64, 'k')] = "x"; },
      [](auto& r) { (*r.mutable_labels())["k"] = std::string(256, 'x'); },
      [](auto& r) {
        for (int i = 0; i < 65; ++i) (*r.mutable_labels())[absl::StrCat("k", i)] = "x";
      },
      [](auto& r) { r.set_request_id("1"); },
  };
  for (size_t i = 0; i < faults.size(); ++i) {
    SetCustomerLabelsRequest request = Labelling();
    faults[i](request);
    EXPECT_EQ(ReasonOf(SetLabels(request).status()), common::v1::FIELD_INVALID) << i;
  }
  SetCustomerLabelsRequest most = Labelling();
  most.clear_labels();
  for (int i = 10; i < 74; ++i) {
    (*most.mutable_labels())[absl::StrCat(std::string(61, 'k'), i)] = std::string(255, 'x');
  }
  const auto set = SetLabels(most);
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->labels_size(), 64);
}

TEST_F(SetCustomerLabelsTest, AnEtagIsOfTheCustomerAsThisPartnerReadsIt) {
  SetCustomerLabelsRequest request = Labelling();
  request.set_etag(Read(kNorthwind, Anna())->etag());
  SetCustomerLabelsRequest others = Labelling(kFabrikam);
  ASSERT_TRUE(SetLabels(others, Bert()).ok());
  const auto set = SetLabels(request);
  ASSERT_TRUE(set.ok()) << "another partner's labels are no change: " << set.status();
  EXPECT_EQ(set->etag(), Read(kNorthwind, Anna())->etag());
  const std::string before = WholeDatabase();
  EXPECT_EQ(ReasonOf(SetLabels(request).status()), common::v1::ETAG_MISMATCH);
  EXPECT_EQ(WholeDatabase(), before);
}

TEST_F(SetCustomerLabelsTest, ARepeatedRequestIdGetsTheSameAnswerAndHasOneEffect) {
  SetCustomerLabelsRequest request = Labelling();
  request.set_request_id(NewUuid());
  const auto first = SetLabels(request);
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string before = WholeDatabase();
  EXPECT_EQ(SetLabels(request)->etag(), first->etag());
  request.set_correlation_id("C-2");
  EXPECT_EQ(ReasonOf(SetLabels(request).status()), common::v1::REQUEST_ID_REUSED);
  EXPECT_EQ(WholeDatabase(), before);
}

TEST_F(SetCustomerLabelsTest, LeaveOneAuditRowAndOneEventOfThePartner) {
  NewEvents();
  const int audited = AuditRows();
  ASSERT_TRUE(SetLabels(Labelling()).ok());
  EXPECT_THAT(NewEvents(), ElementsAre("customer.labelled partners/contoso"));
  EXPECT_EQ(AuditRows() - audited, 1);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.audit_entries WHERE actor = 'anna'"
                            " AND account = 'partners/contoso' AND resource = 'customers/northwind'"
                            " AND before -> 'labels' IS NULL"
                            " AND after -> 'labels' ->> 'team' = 'north'"),
            1);
}

class CountCustomersTest : public support::RelationshipTest {
 protected:
  absl::StatusOr<directory::v1::CountCustomersResponse> Count(
      CountCustomersRequest::GroupBy group_by = CountCustomersRequest::GROUP_BY_UNSPECIFIED,
      const std::string& filter = "", const std::string& parent = kContoso) {
    CountCustomersRequest request;
    request.set_parent(parent);
    request.set_group_by(group_by);
    request.set_filter(filter);
    PARTNERLINK_RETURN_IF_ERROR(directory::customers::ValidateCountCustomers(request));
    const TestCall call = DirectoryCall("CountCustomers", Anna());
    return directory::customers::CountCustomers(call.context, directory_deps_, request);
  }

  std::vector<std::pair<std::string, int>> Groups(CountCustomersRequest::GroupBy group_by,
                                                  const std::string& filter = "") {
    std::vector<std::pair<std::string, int>> groups;
    const auto counted = Count(group_by, filter);
    EXPECT_TRUE(counted.ok()) << counted.status();
    if (!counted.ok()) return groups;
    for (const auto& group : counted->groups()) groups.emplace_back(group.value(), group.count());
    return groups;
  }

  // Of contoso, from `country`, by this channel.
  void Add(const std::string& customer, const std::string& country, common::v1::Channel channel,
           relationship::v1::Relationship::Type type = relationship::v1::Relationship::RESELLER) {
    auto request = support::AcceptedBy(customer, kContoso, NewUuid());
    request.mutable_company()->set_country(country);
    request.mutable_edges(0)->set_type(type);
    request.set_channel(channel);
    ASSERT_TRUE(Establish(request).ok());
    TellDirectory();
  }
};

TEST_F(CountCustomersTest, CountsThePartnersListAndNothingElse) {
  EXPECT_EQ(Count()->total_count(), 0);
  const std::string gone = Relate("customers/gone", kContoso);
  Relate(kNorthwind, kContoso);
  Relate(kNorthwind, kFabrikam);
  Relate(kTailspin, kFabrikam);
  ASSERT_TRUE(Remove(RemovalOf(gone), Anna()).ok());
  TellDirectory();
  const auto counted = Count();
  EXPECT_EQ(counted->total_count(), 1);
  EXPECT_THAT(counted->groups(), IsEmpty());
  EXPECT_EQ(Count(CountCustomersRequest::GROUP_BY_UNSPECIFIED, "", kFabrikam)->total_count(), 0)
      << "another partner's list is empty to this one";
}

TEST_F(CountCustomersTest, TheGrantsInForceAreCountedByTheClock) {
  const auto count = [&](const std::string& filter) {
    return Count(CountCustomersRequest::GROUP_BY_UNSPECIFIED, filter)->total_count();
  };
  Relate(kNorthwind, kContoso);
  Relate(kNorthwind, kFabrikam);
  Relate(kTailspin, kContoso);
  EXPECT_EQ(count("grant_count = 1"), 2);
  EXPECT_EQ(count("grant_count = 0"), 0);
  database_.Run(
      "SET session_replication_role = replica;"
      " UPDATE relationship.grants SET start_time = now() - interval '9 days', end_time = now(),"
      " auto_extend = 0 WHERE partner = 'partners/contoso' AND customer = 'customers/northwind';"
      " RESET session_replication_role");
  EXPECT_EQ(count("grant_count = 0"), 1) << "another partner's grant is not this one's";
  EXPECT_EQ(count("grant_count >= 1 AND country = \"PL\""), 1);
}

TEST_F(CountCustomersTest, TheLargestGroupComesFirst) {
  using relationship::v1::Relationship;
  Add("customers/one", "DE", common::v1::OWN_MARKETING);
  Add("customers/two", "PL", common::v1::OTHER);
  Add("customers/three", "PL", common::v1::CHANNEL_UNSPECIFIED, Relationship::PROVIDER);
  Add("customers/four", "PL", common::v1::OTHER);
  Add("customers/four", "PL", common::v1::OTHER, Relationship::PROVIDER);
  EXPECT_THAT(Groups(CountCustomersRequest::COUNTRY), ElementsAre(Pair("PL", 3), Pair("DE", 1)));
  EXPECT_THAT(
      Groups(CountCustomersRequest::CHANNEL),
      ElementsAre(Pair("OTHER", 2), Pair("CHANNEL_UNSPECIFIED", 1), Pair("OWN_MARKETING", 1)));
  EXPECT_THAT(Groups(CountCustomersRequest::TYPE),
              ElementsAre(Pair("RESELLER", 3), Pair("PROVIDER", 2)))
      << "one with both types is in both groups";
  EXPECT_EQ(Count(CountCustomersRequest::TYPE)->total_count(), 4);
  EXPECT_THAT(Groups(CountCustomersRequest::COUNTRY, "channel = OTHER"),
              ElementsAre(Pair("PL", 2)));
  EXPECT_EQ(Count(CountCustomersRequest::COUNTRY, "type = PROVIDER")->total_count(), 2);
  EXPECT_EQ(Count(CountCustomersRequest::COUNTRY, "country = \"FR\"")->total_count(), 0);
}

TEST_F(CountCustomersTest, ABadRequestIsRefused) {
  EXPECT_EQ(ReasonOf(Count(static_cast<CountCustomersRequest::GroupBy>(9)).status()),
            common::v1::FIELD_INVALID);
  EXPECT_EQ(ReasonOf(Count(CountCustomersRequest::TYPE, "", "customers/x").status()),
            common::v1::FIELD_INVALID);
  EXPECT_EQ(ReasonOf(Count(CountCustomersRequest::TYPE, "listed = false").status()),
            common::v1::FILTER_INVALID);
}

}  // namespace
}  // namespace partnerlink::customer_labels_test
