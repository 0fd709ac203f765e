#include "tests/component/relationship_fixture.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/access/grant_terms.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "services/directory/customers/handlers.h"
#include "services/directory/customers/refusals.h"
#include "services/directory/imports/handlers.h"
#include "services/directory/imports/rules.h"
#include "services/directory/orders/handlers.h"
#include "services/invitation/notices/handlers.h"
#include "services/relationship/creations/handlers.h"
#include "services/relationship/creations/rules.h"
#include "services/relationship/notices/rules.h"
#include "services/relationship/partnerships/handlers.h"
#include "services/relationship/relationships/handlers.h"
#include "tests/support/order_fixture.h"

namespace partnerlink::support {

using relationship::v1::EstablishPartnershipRequest;
using relationship::v1::EstablishRelationshipsRequest;
using relationship::v1::EstablishRelationshipsResponse;
using relationship::v1::Relationship;
using relationship::v1::RemoveRelationshipRequest;
using relationship::v1::RemoveRelationshipResponse;

namespace {

// All rows of a table t, in the order of their texts.
constexpr char kRows[] =
    "coalesce(string_agg(t::text || ' ' || t.ctid || ' ' || t.xmin, E'\\n' ORDER BY t::text), '')";

}  // namespace

TestCall RelationshipCall(const std::string& rpc, const Principal& principal) {
  return TestCall("partnerlink.relationship.v1.RelationshipService/" + rpc, principal);
}

TestCall DirectoryCall(const std::string& rpc, const Principal& principal) {
  return TestCall("partnerlink.directory.v1.CustomerDirectoryService/" + rpc, principal);
}

Principal Bert() { return PrincipalOf(kFabrikam, {"admin_agent"}, "bert"); }

EstablishRelationshipsRequest AcceptedBy(const std::string& customer, const std::string& partner,
                                         const std::string& source) {
  EstablishRelationshipsRequest request;
  request.set_source(source);
  request.set_origin(Relationship::INVITATION);
  request.set_invitation(absl::StrCat(partner, "/invitations/", NewUuid()));
  request.set_customer(customer);
  request.mutable_company()->set_display_name(customer);
  request.mutable_company()->set_country("PL");
  auto& edge = *request.add_edges();
  edge.set_type(Relationship::RESELLER);
  edge.set_partner(partner);
  request.mutable_grant()->set_partner(partner);
  *request.mutable_grant()->mutable_roles() = partnerlink::access::DefaultGrantRoles();
  request.set_actor("carl");
  request.set_root_event(NewUuid());
  return request;
}

EstablishPartnershipRequest AcceptedPartnership(const std::string& provider,
                                                const std::string& reseller,
                                                const std::string& source) {
  EstablishPartnershipRequest request;
  request.set_source(source);
  request.set_invitation(absl::StrCat(provider, "/invitations/", NewUuid()));
  request.set_provider(provider);
  request.set_reseller(reseller);
  request.set_actor("anna");
  request.set_root_event(NewUuid());
  return request;
}

EstablishRelationshipsRequest CombinedAcceptance(const std::string& customer,
                                                 const std::string& partner,
                                                 const std::string& provider,
                                                 const std::string& source) {
  EstablishRelationshipsRequest request = AcceptedBy(customer, partner, source);
  auto& edge = *request.add_edges();
  edge.set_type(Relationship::PROVIDER);
  edge.set_partner(provider);
  edge.set_via_partner(partner);
  return request;
}

RemoveRelationshipRequest RemovalOf(const std::string& relationship) {
  RemoveRelationshipRequest request;
  request.set_name(relationship);
  auto& attestation = *request.mutable_attestation();
  attestation.set_text_version("2026-11");
  attestation.set_good_faith(true);
  attestation.set_business_purpose(true);
  attestation.set_per_agreement(true);
  attestation.set_accepts_responsibility(true);
  attestation.set_legal_notice(relationship::v1::Attestation::NOT_REQUIRED);
  return request;
}

EstablishRelationshipsResponse RelationshipTest::Established(const std::string& customer,
                                                             const std::string& partner) {
  const auto response = Establish(AcceptedBy(customer, partner, NewUuid()));
  EXPECT_TRUE(response.ok()) << response.status();
  if (!response.ok()) return {};
  EXPECT_EQ(response->edges(0).state(), EstablishRelationshipsResponse::Edge::ACTIVE);
  TellDirectory();
  return *response;
}

std::string RelationshipTest::Relate(const std::string& customer, const std::string& partner) {
  const EstablishRelationshipsResponse response = Established(customer, partner);
  return response.edges().empty() ? "" : response.edges(0).relationship();
}

absl::StatusOr<RemoveRelationshipResponse> RelationshipTest::Remove(
    const RemoveRelationshipRequest& request, const Principal& remover) {
  PARTNERLINK_RETURN_IF_ERROR(relationship::relationships::ValidateRemoveRelationship(request));
  const TestCall call = RelationshipCall("RemoveRelationship", remover);
  return relationship::relationships::RemoveRelationship(call.context, relationship_deps_, request);
}

absl::StatusOr<directory::v1::Order> RelationshipTest::Order(const std::string& customer,
                                                             const Principal& seller,
                                                             int quantity) {
  database_.Run(
      "INSERT INTO directory.offers (name, display_name, term_months, state)"
      " VALUES ('offers/mail', 'Mail', 12, 'ACTIVE') ON CONFLICT DO NOTHING");
  const TestCall call = DirectoryCall("CreateOrder", seller);
  return directory::orders::CreateOrder(call.context, directory_deps_, OrderOf(customer, quantity));
}

std::string RelationshipTest::Sell(const std::string& customer, const Principal& seller,
                                   int quantity) {
  const auto order = Order(customer, seller, quantity);
  EXPECT_TRUE(order.ok()) << order.status();
  return order.ok() ? order->line_items(0).subscription() : "";
}

absl::StatusOr<directory::v1::Customer> RelationshipTest::Read(const std::string& customer,
                                                               const Principal& reader) {
  directory::v1::GetCustomerRequest request;
  request.set_name(customer);
  request.set_view(directory::v1::FULL);
  const TestCall call = DirectoryCall("GetCustomer", reader);
  return directory::customers::GetCustomer(call.context, directory_deps_, request);
}

void RelationshipTest::Suspend(const std::string& partner) {
  database_.Run(absl::StrCat("UPDATE relationship.partners SET state = 'SUSPENDED' WHERE name = '",
                             partner, "'"));
}

absl::StatusOr<relationship::v1::EstablishPartnershipResponse>
RelationshipTest::EstablishPartnership(
    const relationship::v1::EstablishPartnershipRequest& request) {
  PARTNERLINK_RETURN_IF_ERROR(relationship::partnerships::ValidateEstablishPartnership(request));
  const TestCall call("partnerlink.relationship.v1.RelationshipService/EstablishPartnership",
                      Principal(), "invitation");
  return relationship::partnerships::EstablishPartnership(call.context, relationship_deps_,
                                                          request);
}

std::string RelationshipTest::PartnerUp(const std::string& provider, const std::string& reseller) {
  if (database_.Count("SELECT count(*) FROM relationship.partners WHERE name = '" + provider +
                      "'") == 0) {
    Enrol(database_, provider);
  }
  database_.Run("UPDATE relationship.partners SET types = '{RESELLER,PROVIDER}' WHERE name = '" +
                provider + "'");
  const auto response = EstablishPartnership(AcceptedPartnership(provider, reseller, NewUuid()));
  EXPECT_TRUE(response.ok()) << response.status();
  if (!response.ok()) return "";
  EXPECT_EQ(response->state(), relationship::v1::EstablishPartnershipResponse::ACTIVE);
  return response->partnership();
}

void RelationshipTest::TellDirectory() { Tell("directory"); }
void RelationshipTest::TellRelationship() { Tell("relationship"); }
void RelationshipTest::TellInvitation() { Tell("invitation"); }

void RelationshipTest::Tell(const std::string& target) {
  const pqxx::result owed =
      database_.Run(absl::StrCat("SELECT id, payload, event FROM common.outbox WHERE target = '",
                                 target, "' AND delivered_time IS NULL ORDER BY create_time, id"));
  for (const pqxx::row& row : owed) {
    const std::string payload = pqxx::binarystring(row[1]).str();
    absl::Status told;
    const std::string event = row[2].as<std::string>();
    if (relationship::creations::AreCreated(event)) {
      directory::v1::ApplyCreatedCustomersRequest news;
      ASSERT_TRUE(news.ParseFromString(payload));
      told = ApplyCreated(news).status();
    } else if (directory::imports::AreOrdered(event)) {
      relationship::v1::EstablishCreatedCustomersRequest order;
      ASSERT_TRUE(order.ParseFromString(payload));
      const auto answer = EstablishCreated(order);
      told = answer.status();
      if (answer.ok()) {
        told =
            TakeOver(directory::customers::SettleCreations, order.root_event(), payload, *answer);
      }
    } else if (target == "directory") {
      directory::v1::ApplyRelationshipsRequest news;
      ASSERT_TRUE(news.ParseFromString(payload));
      told = Apply(news).status();
    } else if (relationship::notices::IsNotice(event)) {
      invitation::v1::QueueNoticeRequest notice;
      ASSERT_TRUE(notice.ParseFromString(payload));
      told = invitation::notices::ValidateQueueNotice(notice);
      const TestCall call("partnerlink.invitation.v1.InvitationService/QueueNotice", Principal(),
                          "relationship");
      if (told.ok()) told = invitation::notices::QueueNotice(call.context, deps_, notice).status();
    } else if (target == "invitation") {
      invitation::v1::ApplyPartnershipsRequest news;
      ASSERT_TRUE(news.ParseFromString(payload));
      told = ApplyPartnerships(news).status();
    } else {
      EstablishRelationshipsRequest order;
      ASSERT_TRUE(order.ParseFromString(payload));
      const auto answer = Establish(order);
      told = answer.status();
      if (answer.ok() && order.origin() == relationship::v1::Relationship::CREATED) {
        told = TakeOver(directory::customers::SettleCreation, order.root_event(), payload, *answer);
      }
    }
    ASSERT_TRUE(told.ok()) << told;
    database_.Run(absl::StrCat("UPDATE common.outbox SET delivered_time = now() WHERE id = '",
                               row[0].as<std::string>(), "'"));
  }
}

absl::Status RelationshipTest::TakeOver(const outbox::Settle& settle, const std::string& root,
                                        const std::string& order,
                                        const google::protobuf::Message& answer) {
  outbox::Delivery delivery;
  delivery.root = root;
  delivery.payload = order;
  return postgres::TransactStatus(
      directory_deps_.work_pool, postgres::Scope{}, [&](postgres::Transaction& transaction) {
        return settle(transaction, delivery, answer.SerializeAsString());
      });
}

absl::StatusOr<relationship::v1::EstablishCreatedCustomersResponse>
RelationshipTest::EstablishCreated(
    const relationship::v1::EstablishCreatedCustomersRequest& request) {
  PARTNERLINK_RETURN_IF_ERROR(relationship::creations::ValidateEstablishCreatedCustomers(request));
  const TestCall call("partnerlink.relationship.v1.RelationshipService/EstablishCreatedCustomers",
                      Principal(), "directory");
  return relationship::creations::EstablishCreatedCustomers(call.context, relationship_deps_,
                                                            request);
}

absl::StatusOr<directory::v1::ApplyCreatedCustomersResponse> RelationshipTest::ApplyCreated(
    const directory::v1::ApplyCreatedCustomersRequest& request) {
  PARTNERLINK_RETURN_IF_ERROR(directory::imports::ValidateApplyCreatedCustomers(request));
  const TestCall call("partnerlink.directory.v1.CustomerDirectoryService/ApplyCreatedCustomers",
                      Principal(), "relationship");
  return directory::imports::ApplyCreatedCustomers(call.context, directory_deps_, request);
}

std::vector<std::string> RelationshipTest::Tables() {
  std::vector<std::string> tables;
  for (const pqxx::row& row :
       database_.Run("SELECT oid::regclass FROM pg_class WHERE relkind IN ('r', 'p')"
                     " AND relnamespace::regnamespace::text IN"
                     " ('common', 'invitation', 'relationship', 'directory') ORDER BY 1")) {
    tables.push_back(row[0].as<std::string>());
  }
  return tables;
}

std::string RelationshipTest::RowsOf(const std::string& table) {
  return database_.Value(absl::StrCat("SELECT ", kRows, " FROM ", table, " t"));
}

// One statement of all tables: $ stands for a table's name.
std::string RelationshipTest::OfEveryTable(const std::string& select) {
  std::vector<std::string> selects;
  for (const std::string& table : Tables()) {
    selects.push_back(absl::StrReplaceAll(select, {{"$", table}}));
  }
  return absl::StrJoin(selects, " UNION ALL ");
}

std::string RelationshipTest::WholeDatabase() {
  std::string all;
  for (const pqxx::row& row :
       database_.Run(OfEveryTable(absl::StrCat("SELECT '$', ", kRows, " FROM $ t")))) {
    absl::StrAppend(&all, row[0].as<std::string>(), ":\n", row[1].as<std::string>(), "\n");
  }
  return all;
}

RowCounts RelationshipTest::CountRows() {
  RowCounts counts;
  for (const pqxx::row& row : database_.Run(OfEveryTable("SELECT '$', count(*) FROM $"))) {
    counts[row[0].as<std::string>()] = row[1].as<int>();
  }
  return counts;
}

std::vector<std::string> RelationshipTest::NewEvents() {
  std::vector<std::string> events;
  for (const pqxx::row& row :
       database_.Run(absl::StrCat("SELECT event || ' ' || account FROM common.outbox"
                                  " ORDER BY create_time OFFSET ",
                                  events_seen_))) {
    events.push_back(row[0].as<std::string>());
  }
  events_seen_ += static_cast<int>(events.size());
  return events;
}

}  // namespace partnerlink::support
