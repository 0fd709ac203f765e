#include "services/directory/customers/rules.h"

#include <functional>
#include <optional>
#include <utility>

#include "common/context/testing/principal.h"
#include "common/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace partnerlink::directory::customers {
namespace {

using relationship::v1::Grant;
using relationship::v1::Relationship;
using support::PrincipalOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr char kRelationship[] = "relationships/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";

Principal Partner() { return PrincipalOf("partners/contoso", {"sales_agent"}); }
Principal Operator() { return PrincipalOf("operators", {"operator"}); }
Principal CustomerWith(const std::string& role) { return PrincipalOf("customers/acme", {role}); }

v1::Customer Acme(std::initializer_list<Relationship::Type> edges) {
  v1::Customer customer;
  customer.set_name("customers/acme");
  for (const Relationship::Type type : edges) {
    v1::Customer::Edge& edge = *customer.add_edges();
    edge.set_type(type);
    edge.set_partner("partners/contoso");
    edge.set_state(Relationship::ACTIVE);
  }
  return customer;
}

std::vector<Grant> GrantOf(std::initializer_list<const char*> roles) {
  Grant grant;
  grant.set_name("partners/contoso/grants/1");
  for (const char* role : roles) grant.add_roles(role);
  return {grant};
}

std::vector<std::string> HiddenFrom(const Principal& reader, const Counts& counts) {
  v1::Customer customer = Acme({});
  Complete(reader, {}, counts, customer);
  std::vector<std::string> fields;
  for (const auto& hidden : customer.hidden_fields()) fields.push_back(hidden.field());
  return fields;
}

v1::ApplyRelationshipsRequest SoundRequest() {
  v1::ApplyRelationshipsRequest request;
  request.set_customer("customers/acme");
  request.mutable_company()->set_display_name("Acme");
  request.mutable_company()->set_country("PL");
  request.mutable_company()->add_domains("acme.example");
  auto& edge = *request.add_edges();
  edge.set_relationship(kRelationship);
  edge.set_type(Relationship::RESELLER);
  edge.set_partner("partners/contoso");
  edge.set_state(Relationship::ACTIVE);
  edge.set_revision(1);
  return request;
}

TEST(CheckReaderTest, APartnerNeedsAnEdgeOrAGrant) {
  EXPECT_TRUE(CheckReader(Partner(), Acme({Relationship::PROVIDER}), {}).ok());
  EXPECT_TRUE(CheckReader(Partner(), Acme({}), GrantOf({"user_admin"})).ok());
  EXPECT_EQ(CheckReader(Partner(), Acme({}), {}), NotFound());
}

TEST(CheckReaderTest, ACustomerSeesOnlyItself) {
  EXPECT_TRUE(CheckReader(CustomerWith("billing_admin"), Acme({}), {}).ok());
  Principal other = CustomerWith("global_admin");
  other.account = "customers/other";
  EXPECT_EQ(CheckReader(other, Acme({Relationship::RESELLER}), {}), NotFound());
}

TEST(CheckReaderTest, OperatorsSeeAllAndNobodyNothing) {
  EXPECT_TRUE(CheckReader(Operator(), Acme({}), {}).ok());
  EXPECT_EQ(CheckReader(Principal(), Acme({Relationship::RESELLER}), {}), NotFound());
}

TEST(CompleteTest, WhatTheReaderMaySeeIsCountedAndTheRestNamed) {
  v1::Customer customer = Acme({});
  Complete(Partner(), {}, {.subscriptions = 7, .users = 3}, customer);
  EXPECT_EQ(customer.subscription_count(), 7);
  EXPECT_EQ(customer.user_count(), 3);
  EXPECT_THAT(customer.hidden_fields(), IsEmpty());
  EXPECT_THAT(HiddenFrom(Partner(), {.subscriptions = 0}), ElementsAre("user_count"));
  EXPECT_THAT(HiddenFrom(Partner(), {.users = 0}), ElementsAre("subscription_count"));
}

TEST(CompleteTest, WhatIsAPartnersOwnIsHiddenFromCustomerAndOperators) {
  EXPECT_THAT(HiddenFrom(CustomerWith("global_admin"), {.subscriptions = 0, .users = 0}),
              UnorderedElementsAre("channel", "labels", "correlation_id"));
  EXPECT_THAT(HiddenFrom(CustomerWith("billing_admin"), {.subscriptions = 0}),
              UnorderedElementsAre("grants", "channel", "labels", "correlation_id", "user_count"));
  EXPECT_THAT(HiddenFrom(Operator(), {}),
              UnorderedElementsAre("channel", "labels", "correlation_id", "subscription_count",
                                   "user_count"));
}

TEST(CompleteTest, ABillingAdministratorIsShownNoGrants) {
  v1::Customer customer = Acme({});
  Complete(CustomerWith("billing_admin"), GrantOf({"user_admin"}), {}, customer);
  EXPECT_THAT(customer.grants(), IsEmpty());
  Complete(CustomerWith("global_admin"), GrantOf({"user_admin"}), {}, customer);
  EXPECT_THAT(customer.grants(), ElementsAre("partners/contoso/grants/1"));
}

TEST(ExistenceTest, OnesOwnComesFirst) {
  using Response = v1::CheckCustomerExistsResponse;
  EXPECT_EQ(ExistenceOf(true, true), Response::YOURS);
  EXPECT_EQ(ExistenceOf(true, false), Response::YOURS);
  EXPECT_EQ(ExistenceOf(false, true), Response::VIA_PARTNER);
  EXPECT_EQ(ExistenceOf(false, false), Response::UNKNOWN);
}

TEST(EditedTest, WhatIsNotWrittenStays) {
  v1::Customer before = Acme({Relationship::RESELLER});
  before.set_display_name("Acme");
  before.set_country("PL");
  before.add_domains()->set_name("acme.example");
  before.mutable_domains(0)->set_verified(true);
  before.mutable_contact()->set_phone_number("1");
  google::protobuf::FieldMask paths;
  v1::Customer asked;
  asked.set_country("DE");
  EXPECT_EQ(Edited(paths, asked, before, true).DebugString(), before.DebugString());
  paths.add_paths("registration_number");
  asked.set_registration_number("KRS 1");
  v1::Customer after = Edited(paths, asked, before, false);
  EXPECT_EQ(after.registration_number(), "KRS 1");
  after.clear_registration_number();
  EXPECT_EQ(after.DebugString(), before.DebugString());
  EXPECT_FALSE(Writes(paths, "domains"));
  EXPECT_TRUE(Writes(paths, "registration_number"));
}

TEST(EditedTest, WhatIsSoAlreadyIsTheSame) {
  v1::Customer before = Acme({});
  for (const char* name : {"one.example", "two.example"}) before.add_domains()->set_name(name);
  google::protobuf::FieldMask paths;
  paths.add_paths("domains");
  paths.add_paths("contact.phone_number");
  v1::Customer asked;
  for (const char* name : {"two.example", "One.example"}) asked.add_domains()->set_name(name);
  EXPECT_EQ(Edited(paths, asked, before, false).DebugString(), before.DebugString());
}

TEST(EditedTest, OnlyAnOperatorSaysWhatIsVerified) {
  v1::Customer before = Acme({});
  for (const char* name : {"one.example", "two.example"}) before.add_domains()->set_name(name);
  before.mutable_domains(0)->set_verified(true);
  v1::Customer asked;
  for (const char* name : {"ONE.example", "one.example", "two.example", "three.example"}) {
    asked.add_domains()->set_name(name);
  }
  asked.mutable_domains(2)->set_verified(true);
  google::protobuf::FieldMask paths;
  paths.add_paths("domains");
  const auto verified = [](const v1::Customer& customer) {
    std::vector<std::string> names;
    for (const auto& domain : customer.domains()) {
      names.push_back(domain.name() + (domain.verified() ? "!" : ""));
    }
    return names;
  };
  const v1::Customer partners = Edited(paths, asked, before, false);
  EXPECT_THAT(verified(partners), ElementsAre("one.example!", "three.example", "two.example"));
  EXPECT_THAT(NewlyVerified(before, partners), IsEmpty());
  const v1::Customer operators = Edited(paths, asked, before, true);
  EXPECT_THAT(verified(operators), ElementsAre("one.example", "three.example", "two.example!"));
  EXPECT_THAT(NewlyVerified(before, operators), ElementsAre("two.example"));
}

TEST(CompanyAloneTest, IsWithoutWhatIsAPartners) {
  v1::Customer customer = Acme({Relationship::RESELLER});
  customer.set_display_name("Acme");
  customer.set_channel(common::v1::OTHER);
  customer.set_correlation_id("1");
  (*customer.mutable_labels())["tier"] = "gold";
  EXPECT_EQ(CompanyAlone(customer).ShortDebugString(),
            "name: \"customers/acme\" display_name: \"Acme\"");
}

TEST(CompleteTest, GrantsAreNamed) {
  v1::Customer customer = Acme({});
  Complete(Partner(), GrantOf({"user_admin"}), {}, customer);
  EXPECT_THAT(customer.grants(), ElementsAre("partners/contoso/grants/1"));
}

TEST(CheckShapeTest, ASoundRequestPasses) {
  v1::ApplyRelationshipsRequest request = SoundRequest();
  EXPECT_TRUE(CheckShape(request).ok()) << CheckShape(request);
  request.clear_company();
  EXPECT_TRUE(CheckShape(request).ok()) << CheckShape(request);
}

TEST(CheckShapeTest, EachBreachIsAViolation) {
  const std::vector<std::function<void(v1::ApplyRelationshipsRequest&)>> breaches = {
      [](auto& request) { request.set_customer("partners/acme"); },
      [](auto& request) { request.set_customer("customers/-"); },
      [](auto& request) { request.set_root_event("1"); },
      [](auto& request) { request.clear_edges(); },
      [](auto& request) { *request.add_edges() = request.edges(0); },
      [](auto& request) { request.mutable_edges(0)->set_relationship("relationships/1"); },
      [](auto& request) { request.mutable_edges(0)->clear_type(); },
      [](auto& request) {
        request.mutable_edges(0)->set_type(static_cast<Relationship::Type>(99));
      },
      [](auto& request) { request.mutable_edges(0)->set_partner("partners/"); },
      [](auto& request) { request.mutable_edges(0)->clear_state(); },
      [](auto& request) { request.mutable_edges(0)->set_revision(0); },
      [](auto& request) {
        request.mutable_edges(0)->set_channel(static_cast<common::v1::Channel>(99));
      },
      [](auto& request) { request.mutable_company()->clear_display_name(); },
      [](auto& request) { request.mutable_company()->set_country("pl"); },
      [](auto& request) { request.mutable_company()->add_domains("Acme.example"); },
      [](auto& request) {
        for (int i = 0; i < 50; ++i) request.mutable_company()->add_domains("acme.example");
      },
  };
  for (size_t i = 0; i < breaches.size(); ++i) {
    v1::ApplyRelationshipsRequest request = SoundRequest();
    breaches[i](request);
    EXPECT_EQ(ReasonOf(CheckShape(request)), common::v1::FIELD_INVALID) << "breach " << i;
  }
}

TEST(ChannelsByPartnerTest, TheFirstChannelSaidCounts) {
  v1::ApplyRelationshipsRequest request = SoundRequest();
  *request.add_edges() = request.edges(0);
  *request.add_edges() = request.edges(0);
  request.mutable_edges(1)->set_channel(common::v1::VENDOR_REFERRAL);
  request.mutable_edges(2)->set_channel(common::v1::OTHER);
  EXPECT_THAT(ChannelsByPartner(request),
              ElementsAre(std::make_pair("partners/contoso", common::v1::VENDOR_REFERRAL)));
}

TEST(EventOfTest, TellsWhatAPartnerSees) {
  EXPECT_EQ(EventOf(Acme({}), Acme({Relationship::RESELLER})), "customer.listed");
  EXPECT_EQ(EventOf(Acme({Relationship::RESELLER}), Acme({})), "customer.unlisted");
  EXPECT_EQ(EventOf(Acme({Relationship::RESELLER}),
                    Acme({Relationship::RESELLER, Relationship::PROVIDER})),
            "customer.edge_changed");
}

TEST(CompanyRequiredTest, SaysWhichFieldIsMissing) {
  EXPECT_EQ(ReasonOf(CompanyRequired()), common::v1::COMPANY_REQUIRED);
}

v1::CreateCustomerRequest Creation() {
  v1::CreateCustomerRequest request;
  request.set_customer_id("acme");
  request.mutable_customer()->set_display_name("Acme");
  request.mutable_customer()->set_country("PL");
  request.mutable_customer()->add_domains()->set_name("Bücher.example");
  request.mutable_customer()->set_channel(common::v1::VENDOR_REFERRAL);
  (*request.mutable_customer()->mutable_labels())["segment"] = "small";
  return request;
}

relationship::v1::Partner Enrolled(std::initializer_list<relationship::v1::Partner::Type> types) {
  relationship::v1::Partner partner;
  partner.set_name("partners/contoso");
  partner.set_country("PL");
  partner.set_state(relationship::v1::Partner::ACTIVE);
  for (const auto type : types) partner.add_types(type);
  return partner;
}

TEST(CheckCreationShapeTest, EveryFieldIsChecked) {
  FieldViolations none;
  CheckCreationShape(Creation(), none);
  EXPECT_TRUE(none.empty()) << none.ToStatus();
  using Spoil = void (*)(v1::CreateCustomerRequest&);
  const std::pair<const char*, Spoil> table[] = {
      {"customer_id", [](auto& r) { r.set_customer_id("Acme"); }},
      {"customer_id", [](auto& r) { r.set_customer_id("a/b"); }},
      {"customer.display_name", [](auto& r) { r.mutable_customer()->clear_display_name(); }},
      {"customer.country", [](auto& r) { r.mutable_customer()->set_country("pl"); }},
      {"customer.domains", [](auto& r) { r.mutable_customer()->add_domains()->set_name("a b"); }},
      {"customer.channel",
       [](auto& r) { r.mutable_customer()->set_channel(static_cast<common::v1::Channel>(99)); }},
      {"customer.labels", [](auto& r) { (*r.mutable_customer()->mutable_labels())["A"] = "1"; }},
      {"customer.correlation_id",
       [](auto& r) { r.mutable_customer()->set_correlation_id(std::string(101, '1')); }},
  };
  for (const auto& [field, spoil] : table) {
    v1::CreateCustomerRequest request = Creation();
    spoil(request);
    FieldViolations violations;
    CheckCreationShape(request, violations);
    EXPECT_EQ(violations.ToStatus().message().find(field), 0u) << field;
  }
}

TEST(CheckOwnTest, LabelsHaveTheirLimits) {
  using Labels = google::protobuf::Map<std::string, std::string>;
  const auto is_sound = [](const Labels& labels) {
    FieldViolations violations;
    CheckOwn(labels, "", common::v1::CHANNEL_UNSPECIFIED, "", violations);
    return violations.empty();
  };
  const auto one = [](const std::string& key, const std::string& value) {
    Labels labels;
    labels[key] = value;
    return labels;
  };
  Labels many;
  for (int i = 0; i < 64; ++i) many[std::to_string(i)] = "";
  EXPECT_TRUE(is_sound(many));
  many["one.more"] = "";
  EXPECT_FALSE(is_sound(many));
  EXPECT_TRUE(is_sound(one(std::string(63, 'k'), std::string(255, 'v'))));
  EXPECT_TRUE(is_sound(one("account_manager-1.a", "Zoë Łuk")));
  for (const std::string& key : {std::string(), std::string(64, 'k'), std::string("Key"),
                                 std::string("a b"), std::string("ą")}) {
    EXPECT_FALSE(is_sound(one(key, "1"))) << key;
  }
  EXPECT_FALSE(is_sound(one("key", std::string(256, 'v'))));
  EXPECT_FALSE(is_sound(one("key", "a\nb")));
}

TEST(CheckCreatorTest, FollowsTheTable) {
  using relationship::v1::Partner;
  const Partner active = Enrolled({Partner::RESELLER});
  Partner suspended = active;
  suspended.set_state(Partner::SUSPENDED);
  const struct {
    std::optional<Partner> partner;
    const char* customer;
    bool same_region;
    std::optional<ErrorReason> reason;
  } table[] = {
      {active, "customers/acme", true, std::nullopt},
      {active, "customers/acme", false, common::v1::REGION},
      {active, "customers/contoso", true, common::v1::SELF_RELATIONSHIP},
      {active, "customers/contoso2", true, std::nullopt},
      {suspended, "customers/acme", true, common::v1::PARTNER_SUSPENDED},
      {std::nullopt, "customers/acme", true, common::v1::PARTNER_SUSPENDED},
  };
  for (const auto& row : table) {
    const absl::Status status = CheckCreator(row.partner, row.customer, row.same_region);
    EXPECT_EQ(ReasonOf(status), row.reason) << row.customer;
  }
}

TEST(OrderForTest, AResellerGetsTheDefaultGrantAndAProviderNone) {
  using relationship::v1::Partner;
  v1::Customer customer = Creation().customer();
  customer.set_name("customers/acme");
  const auto order = [&](const Partner& partner, bool relationship_only) {
    v1::CreateCustomerRequest request = Creation();
    request.set_relationship_only(relationship_only);
    return OrderFor(partner, customer, request, "ada", "root");
  };
  const auto reseller = order(Enrolled({Partner::RESELLER, Partner::PROVIDER}), false);
  EXPECT_EQ(reseller.edges(0).type(), Relationship::RESELLER);
  EXPECT_EQ(reseller.grant().roles_size(), 5);
  EXPECT_EQ(reseller.source(), "customers/acme");
  EXPECT_EQ(reseller.origin(), Relationship::CREATED);
  EXPECT_EQ(reseller.channel(), common::v1::VENDOR_REFERRAL);
  EXPECT_EQ(reseller.company().domains(0), "xn--bcher-kva.example");
  EXPECT_FALSE(order(Enrolled({Partner::RESELLER}), true).has_grant());
  const auto provider = order(Enrolled({Partner::PROVIDER}), false);
  EXPECT_EQ(provider.edges(0).type(), Relationship::PROVIDER);
  EXPECT_FALSE(provider.has_grant());
}

TEST(ParseListedNameTest, TakesAPartnerAndACustomerAndNothingElse) {
  const auto name = ParseListedName("partners/contoso/customers/acme");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->partner, "partners/contoso");
  EXPECT_EQ(name->customer, "customers/acme");
  for (const char* bad : {"", "partners/contoso", "customers/acme", "partners/-/customers/acme",
                          "partners/contoso/customers/-", "partners/contoso/customers/acme/x",
                          "customers/acme/customers/acme", "partners/contoso/customers/"}) {
    EXPECT_FALSE(ParseListedName(bad)) << bad;
  }
}

}  // namespace
}  // namespace partnerlink::directory::customers
