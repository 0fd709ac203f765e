// What comes with customers that a partner has created many at a time: for each what
// EstablishRelationships makes of one, decided on the same grounds under the same locks, but
// written by a statement for all. Said again it answers the first answer.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/outbox/change.h"
#include "common/status/status.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "services/relationship/creations/handlers.h"
#include "services/relationship/creations/rules.h"
#include "services/relationship/creations/store.h"
#include "services/relationship/establishments/store.h"
#include "services/relationship/grants/rules.h"
#include "services/relationship/grants/store.h"
#include "services/relationship/partners/store.h"
#include "services/relationship/relationships/rules.h"
#include "services/relationship/relationships/store.h"

namespace partnerlink::relationship::creations {
namespace {

using directory::v1::ApplyCreatedCustomersRequest;
using postgres::Transaction;
using v1::EstablishCreatedCustomersRequest;
using v1::EstablishCreatedCustomersResponse;
using Customers = std::vector<const EstablishCreatedCustomersRequest::Customer*>;

outbox::Actor ActorOf(const CallContext& context, const EstablishCreatedCustomersRequest& request) {
  outbox::Actor actor = outbox::ActorOf(context);
  actor.subject = request.actor();
  actor.on_behalf_of = request.partner();
  actor.root = request.root_event();
  return actor;
}

template <typename Rows>
std::vector<std::string> NamesOf(const Rows& customers) {
  std::vector<std::string> names;
  for (const auto* customer : customers) names.push_back(customer->customer());
  return names;
}

Customers AllOf(const EstablishCreatedCustomersRequest& request) {
  Customers all;
  for (const auto& customer : request.customers()) all.push_back(&customer);
  return all;
}

// Those to which there can be a relationship; the others are refused in `response`.
Customers Judge(const Deps& deps, const EstablishCreatedCustomersRequest& request,
                const std::vector<v1::Partner>& partners,
                const std::map<std::string, relationships::Customer>& known,
                EstablishCreatedCustomersResponse& response) {
  const v1::Partner* partner = partners.empty() ? nullptr : &partners.front();
  Customers taken;
  for (const auto& customer : request.customers()) {
    const relationships::Customer& before = known.at(customer.customer());
    const std::string& country = before.country.empty() ? customer.country() : before.country;
    const auto reason = relationships::WhyNot(
        {.partner = partner,
         .same_region = partner != nullptr && deps.regions.Same(partner->country(), country),
         .created_before = before.is_known});
    if (!reason) {
      taken.push_back(&customer);
      continue;
    }
    auto& refused = *response.add_refused();
    refused.set_customer(customer.customer());
    refused.set_reason(*reason);
  }
  return taken;
}

void KeepCountriesOf(Transaction& transaction, const EstablishCreatedCustomersRequest& request) {
  std::vector<std::string> countries;
  for (const auto& customer : request.customers()) countries.push_back(customer.country());
  KeepCountries(transaction, NamesOf(AllOf(request)), countries);
}

template <typename Resource>
outbox::Change ChangeOf(const std::string& account, const char* event, const Resource& resource) {
  outbox::Change change;
  change.account = account;
  change.resource = resource.name();
  change.event = event;
  change.after = outbox::ToJson(resource);
  change.payload = resource.SerializeAsString();
  return change;
}

// What one customer's own row of it says: as EstablishRelationships would have answered.
using AnswersByCustomer = std::map<std::string, v1::EstablishRelationshipsResponse>;

void AddRelationships(const std::vector<relationships::Row>& rows, AnswersByCustomer& answers,
                      std::vector<outbox::Change>& changes) {
  for (const relationships::Row& row : rows) {
    *answers[row.relationship.customer()].add_edges() =
        relationships::Established(row.relationship);
    changes.push_back(
        ChangeOf(row.relationship.partner(), "relationship.established", row.relationship));
  }
}

void AddGrants(const std::vector<v1::Grant>& grants, AnswersByCustomer& answers,
               std::vector<outbox::Change>& changes) {
  for (const v1::Grant& grant : grants) {
    answers[grant.customer()].set_grant(grant.name());
    changes.push_back(ChangeOf(grant.partner(), "grant.activated", grant));
  }
}

void AddRefused(const EstablishCreatedCustomersRequest& request,
                const EstablishCreatedCustomersResponse& response, AnswersByCustomer& answers) {
  for (const auto& refused : response.refused()) {
    v1::Relationship wanted = RelationshipOf(request);
    wanted.set_customer(refused.customer());
    *answers[refused.customer()].add_edges() = relationships::Refused(wanted, refused.reason());
  }
}

// The customers' own rows.
void AddAnswers(const AnswersByCustomer& answers, std::vector<outbox::Change>& changes) {
  for (const auto& [customer, answer] : answers) {
    outbox::Change& change = changes.emplace_back();
    change.account = customer;
    change.resource = customer;
    const bool is_refused =
        answer.edges(0).state() == v1::EstablishRelationshipsResponse::Edge::REFUSED;
    change.event = is_refused ? "relationships.refused" : "relationships.established";
    change.after = outbox::ToJson(answer);
    change.payload = answer.SerializeAsString();
  }
}

// What Directory hears, of all in one.
outbox::Change NewsOf(const EstablishCreatedCustomersRequest& request,
                      const std::vector<relationships::Row>& rows) {
  ApplyCreatedCustomersRequest news;
  news.set_partner(request.partner());
  news.set_type(request.type());
  news.set_root_event(request.root_event());
  std::map<std::string, common::v1::Channel> channels;
  for (const auto& customer : request.customers()) {
    channels[customer.customer()] = customer.channel();
  }
  for (const relationships::Row& row : rows) {
    auto& edge = *news.add_edges();
    edge.set_customer(row.relationship.customer());
    edge.set_relationship(row.relationship.name());
    edge.set_state(row.relationship.state());
    edge.set_revision(row.revision);
    edge.set_channel(channels[row.relationship.customer()]);
  }
  outbox::Change change;
  change.account = request.partner();
  change.resource = request.source();
  change.event = kEstablished;
  change.target = "directory";
  change.payload = news.SerializeAsString();
  return change;
}

std::vector<v1::Grant> InsertGrants(Transaction& transaction,
                                    const EstablishCreatedCustomersRequest& request,
                                    const Customers& taken) {
  Customers granting;
  for (const auto* customer : taken) {
    if (HasGrant(request, *customer)) granting.push_back(customer);
  }
  if (granting.empty()) return {};
  return grants::InsertAll(transaction, grants::ToCreate(TermsOf(request), "", ""),
                           NamesOf(granting));
}

absl::Status Write(Transaction& transaction, outbox::Changes& changes,
                   const EstablishCreatedCustomersRequest& request, const Customers& taken,
                   const EstablishCreatedCustomersResponse& response) {
  const std::vector<relationships::Row> rows =
      relationships::InsertCreated(transaction, RelationshipOf(request), NamesOf(taken));
  if (rows.size() != taken.size()) {
    return Refusal(common::v1::CONFLICT, "A relationship is just made: try again.");
  }
  AnswersByCustomer answers;
  std::vector<outbox::Change> made;
  AddRelationships(rows, answers, made);
  AddGrants(InsertGrants(transaction, request, taken), answers, made);
  AddRefused(request, response, answers);
  AddAnswers(answers, made);
  if (!rows.empty()) made.push_back(NewsOf(request, rows));
  changes.RecordAll(made);
  return absl::OkStatus();
}

}  // namespace

absl::Status ValidateEstablishCreatedCustomers(const EstablishCreatedCustomersRequest& request) {
  FieldViolations violations;
  CheckShape(request, violations);
  if (!request.grant_roles().empty()) {
    grants::CheckTerms(TermsOf(request), "grant_roles", violations);
  }
  return violations.ToStatus();
}

absl::StatusOr<EstablishCreatedCustomersResponse> EstablishCreatedCustomers(
    const CallContext& context, const Deps& deps, const EstablishCreatedCustomersRequest& request) {
  const std::vector<std::string> names = NamesOf(AllOf(request));
  bool directory_hears = false;
  PARTNERLINK_ASSIGN_OR_RETURN(
      EstablishCreatedCustomersResponse answer,
      postgres::Transact<EstablishCreatedCustomersResponse>(
          deps.work_pool, {"", context.deadline},
          [&](Transaction& transaction) -> absl::StatusOr<EstablishCreatedCustomersResponse> {
            // Locks in one order everywhere: partner, customers.
            const auto partners = partners::LockShared(transaction, {request.partner()});
            LockCustomers(transaction, names);
            EstablishCreatedCustomersResponse response;
            directory_hears = false;
            if (const auto first = establishments::Find(transaction, request.source())) {
              if (response.ParseFromString(*first)) return response;
              return absl::InternalError("a kept answer does not parse");
            }
            const Customers taken =
                Judge(deps, request, partners, FindKnown(transaction, names), response);
            outbox::Changes changes(transaction, ActorOf(context, request));
            PARTNERLINK_RETURN_IF_ERROR(Write(transaction, changes, request, taken, response));
            KeepCountriesOf(transaction, request);
            establishments::Keep(transaction, request.source(), response.SerializeAsString());
            directory_hears = !taken.empty();
            return response;
          }));
  if (directory_hears) context.outcome->root_event = request.root_event();
  return answer;
}

}  // namespace partnerlink::relationship::creations
