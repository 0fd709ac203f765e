// Which fields of a customer each kind of reader is shown in view FULL, and why not the others: a
// row for every field there is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/access/grant_terms.h"
#include "common/context/testing/principal.h"
#include "google/protobuf/descriptor.h"
#include "services/directory/customers/rules.h"

namespace partnerlink::directory::customers {
namespace {

using relationship::v1::Grant;
using relationship::v1::Relationship;
using support::PrincipalOf;
using testing::IsEmpty;

constexpr char kAcme[] = "customers/acme";

// Somebody who sees the customer, and by what.
struct Kind {
  std::string name;
  Principal reader;
  access::Facts facts = {};
};

Kind PartnerWith(const std::string& name, const std::string& role) {
  Kind kind = {name, PrincipalOf("partners/contoso", {role})};
  kind.facts.partner_active = true;
  return kind;
}

Kind ByEdge(const std::string& name, Relationship::Type type, Relationship::State state,
            const std::string& role = "helpdesk_agent") {
  Kind kind = PartnerWith(name, role);
  Relationship& relationship = kind.facts.relationships.emplace_back();
  relationship.set_name("relationships/1");
  relationship.set_type(type);
  relationship.set_state(state);
  return kind;
}

Kind ByGrant(std::string_view grant_role) {
  Kind kind = PartnerWith("grant of " + std::string(grant_role), "sales_agent");
  Grant& grant = kind.facts.grants.emplace_back();
  grant.set_name("partners/contoso/grants/1");
  grant.add_roles(std::string(grant_role));
  return kind;
}

std::vector<Kind> AllKinds() {
  std::vector<Kind> kinds = {
      ByEdge("reseller", Relationship::RESELLER, Relationship::ACTIVE),
      ByEdge("reseller, paused", Relationship::RESELLER, Relationship::SUSPENDED),
      ByEdge("reseller, ending", Relationship::RESELLER, Relationship::ENDING),
      ByEdge("reseller's administrator", Relationship::RESELLER, Relationship::ACTIVE,
             "global_admin"),
      ByEdge("provider", Relationship::PROVIDER, Relationship::ACTIVE),
      {"customer's administrator", PrincipalOf(kAcme, {"global_admin"})},
      {"customer's billing", PrincipalOf(kAcme, {"billing_admin"})},
      {"operator", PrincipalOf("operators", {"operator"})}};
  for (const std::string_view role : access::kGrantRoles) kinds.push_back(ByGrant(role));
  return kinds;
}

// The reason that a kind of reader is given; readers that are not named see the field.
using Reasons = std::map<std::string, std::string>;

const std::map<std::string, Reasons>& Table() {
  static const std::string own = "Each partner keeps its own; only that partner sees it.";
  static const std::string subscriptions =
      "Needs a RESELLER relationship, or a grant with subscription_admin.";
  static const std::string users = "Needs a grant with user_admin or directory_reader.";
  static const std::string administrators = "Needs the role global_admin.";
  static const std::string theirs = "Only the customer and its partners see it.";
  static const Reasons of_partners = {
      {"customer's administrator", own}, {"customer's billing", own}, {"operator", own}};
  static const auto* const table =
      new std::map<std::string, Reasons>{{"name", {}},
                                         {"display_name", {}},
                                         {"country", {}},
                                         {"domains", {}},
                                         {"contact", {}},
                                         {"registration_number", {}},
                                         {"channel", of_partners},
                                         {"labels", of_partners},
                                         {"correlation_id", of_partners},
                                         {"edges", {}},
                                         {"grants", {{"customer's billing", administrators}}},
                                         {"subscription_count",
                                          {{"provider", subscriptions},
                                           {"grant of user_admin", subscriptions},
                                           {"grant of license_admin", subscriptions},
                                           {"grant of service_admin", subscriptions},
                                           {"grant of directory_reader", subscriptions},
                                           {"operator", theirs}}},
                                         {"user_count",
                                          {{"reseller", users},
                                           {"reseller, paused", users},
                                           {"reseller, ending", users},
                                           {"reseller's administrator", users},
                                           {"provider", users},
                                           {"grant of license_admin", users},
                                           {"grant of service_admin", users},
                                           {"grant of subscription_admin", users},
                                           {"customer's billing", administrators},
                                           {"operator", theirs}}},
                                         {"create_time", {}},
                                         {"update_time", {}},
                                         {"etag", {}}};
  return *table;
}

// A customer with something in every field that is read from its rows, whoever reads.
v1::Customer Whole() {
  v1::Customer customer;
  customer.set_name(kAcme);
  customer.set_display_name("Acme");
  customer.set_country("PL");
  customer.add_domains()->set_name("acme.example");
  customer.mutable_contact()->set_display_name("Carl");
  customer.set_registration_number("KRS 1");
  customer.set_channel(common::v1::OTHER);
  (*customer.mutable_labels())["tier"] = "gold";
  customer.set_correlation_id("C-1");
  customer.add_edges()->set_partner("partners/contoso");
  customer.mutable_create_time()->set_seconds(1);
  customer.mutable_update_time()->set_seconds(2);
  customer.set_etag("3");
  return customer;
}

// As GetCustomer answers it, to a reader of this kind.
v1::Customer Shown(const Kind& kind) {
  Grant grant;
  grant.set_name("partners/contoso/grants/1");
  const Counted counted = WhatIsCounted(kind.reader, kAcme, kind.facts);
  Counts counts;
  if (counted.subscriptions) counts.subscriptions = 7;
  if (counted.users) counts.users = 3;
  v1::Customer customer = Whole();
  Complete(kind.reader, {grant}, counts, customer);
  return customer;
}

bool IsEmptyField(const v1::Customer& customer, const google::protobuf::FieldDescriptor& field) {
  const google::protobuf::Reflection& reflection = *customer.GetReflection();
  return field.is_repeated() ? reflection.FieldSize(customer, &field) == 0
                             : !reflection.HasField(customer, &field);
}

TEST(HiddenFieldsTest, EveryFieldHasARow) {
  std::vector<std::string> without, of_none;
  const auto& descriptor = *v1::Customer::descriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const std::string& name = descriptor.field(i)->name();
    if (name != "hidden_fields" && !Table().contains(name)) without.push_back(name);
  }
  for (const auto& [name, _] : Table()) {
    if (descriptor.FindFieldByName(name) == nullptr) of_none.push_back(name);
  }
  EXPECT_THAT(without, IsEmpty());
  EXPECT_THAT(of_none, IsEmpty());
}

TEST(HiddenFieldsTest, EveryRowNamesKindsThatThereAre) {
  std::map<std::string, int> kinds;
  for (const Kind& kind : AllKinds()) ++kinds[kind.name];
  for (const auto& [field, reasons] : Table()) {
    for (const auto& [kind, _] : reasons) EXPECT_EQ(kinds[kind], 1) << field << ": " << kind;
  }
}

TEST(HiddenFieldsTest, EachKindOfReaderSeesTheFieldOrIsToldWhyNot) {
  for (const Kind& kind : AllKinds()) {
    const v1::Customer customer = Shown(kind);
    Reasons told;
    for (const auto& hidden : customer.hidden_fields()) {
      EXPECT_TRUE(told.emplace(hidden.field(), hidden.reason()).second) << hidden.field();
    }
    Reasons wanted;
    for (const auto& [field, reasons] : Table()) {
      const auto reason = reasons.find(kind.name);
      const bool is_hidden = reason != reasons.end();
      if (is_hidden) wanted[field] = reason->second;
      EXPECT_EQ(IsEmptyField(customer, *customer.GetDescriptor()->FindFieldByName(field)),
                is_hidden)
          << kind.name << ": " << field;
    }
    EXPECT_EQ(told, wanted) << kind.name;
  }
}

}  // namespace
}  // namespace partnerlink::directory::customers
