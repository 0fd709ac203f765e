#include "services/directory/customers/store.h"

#include "absl/strings/str_cat.h"
#include "common/postgres/count.h"
#include "common/postgres/fields.h"
#include "common/postgres/text_array.h"
#include "common/request/request.h"
#include "common/validation/domain.h"

namespace partnerlink::directory::customers {
namespace {

using common::v1::Channel;
using postgres::FromTextArray;
using postgres::ToTextArray;
using relationship::v1::Grant;
using relationship::v1::Partner;
using relationship::v1::Relationship;

constexpr char kRelationships[] = "relationships/";

// Arrays of arrays come flat: of a label key and value, of a domain name and verified, of an edge
// relationship, type, partner and state.
void SetLabels(const pqxx::field& field, v1::Customer& customer) {
  const std::vector<std::string> labels = FromTextArray(field);
  for (size_t i = 0; i + 2 <= labels.size(); i += 2) {
    (*customer.mutable_labels())[labels[i]] = labels[i + 1];
  }
}

// What a group's customers share; null where nothing is grouped.
const char* GroupValue(v1::CountCustomersRequest::GroupBy group_by) {
  switch (group_by) {
    case v1::CountCustomersRequest::CHANNEL:
      return "coalesce(nullif(channel, ''), 'CHANNEL_UNSPECIFIED')";
    case v1::CountCustomersRequest::COUNTRY:
      return "country";
    case v1::CountCustomersRequest::TYPE:
      return "unnest(types)";
    default:
      return nullptr;
  }
}

void AddDomains(const pqxx::field& field, v1::Customer& customer) {
  const std::vector<std::string> domains = FromTextArray(field);
  for (size_t i = 0; i + 2 <= domains.size(); i += 2) {
    v1::Customer::Domain& domain = *customer.add_domains();
    domain.set_name(domains[i]);
    domain.set_verified(domains[i + 1] == "true");
  }
}

void AddEdges(const pqxx::field& field, v1::Customer& customer) {
  const std::vector<std::string> edges = FromTextArray(field);
  for (size_t i = 0; i + 4 <= edges.size(); i += 4) {
    v1::Customer::Edge& edge = *customer.add_edges();
    edge.set_relationship(absl::StrCat(kRelationships, edges[i]));
    Relationship::Type type = Relationship::TYPE_UNSPECIFIED;
    if (Relationship::Type_Parse(edges[i + 1], &type)) edge.set_type(type);
    edge.set_partner(edges[i + 2]);
    Relationship::State state = Relationship::STATE_UNSPECIFIED;
    if (Relationship::State_Parse(edges[i + 3], &state)) edge.set_state(state);
  }
}

// The columns of a customer, from the first one of a row on. By number: a name is looked for anew
// in each row.
enum Column : pqxx::row::size_type {
  kName,
  kDisplayName,
  kCountry,
  kContactDisplayName,
  kContactEmailAddress,
  kContactPhoneNumber,
  kRegistrationNumber,
  kChannel,
  kCorrelationId,
  kLabels,
  kDomains,
  kEdges,
  kCreateMicros,
  kUpdateMicros,
  kRevision
};

v1::Customer FromRow(const pqxx::row& row, pqxx::row::size_type first = 0) {
  const auto field = [&](Column column) { return row[first + column]; };
  v1::Customer customer;
  customer.set_name(field(kName).c_str());
  customer.set_display_name(field(kDisplayName).c_str());
  customer.set_country(field(kCountry).c_str());
  common::v1::Contact contact;
  contact.set_display_name(field(kContactDisplayName).c_str());
  contact.set_email_address(field(kContactEmailAddress).c_str());
  contact.set_phone_number(field(kContactPhoneNumber).c_str());
  if (contact.ByteSizeLong() > 0) *customer.mutable_contact() = std::move(contact);
  customer.set_registration_number(field(kRegistrationNumber).c_str());
  Channel channel = common::v1::CHANNEL_UNSPECIFIED;
  // Null, and then empty, without a partner whose own it would be.
  if (common::v1::Channel_Parse(field(kChannel).c_str(), &channel)) customer.set_channel(channel);
  customer.set_correlation_id(field(kCorrelationId).c_str());
  SetLabels(field(kLabels), customer);
  AddDomains(field(kDomains), customer);
  AddEdges(field(kEdges), customer);
  postgres::SetTime(field(kCreateMicros), [&] { return customer.mutable_create_time(); });
  postgres::SetTime(field(kUpdateMicros), [&] { return customer.mutable_update_time(); });
  customer.set_etag(postgres::Etag(field(kRevision).as<int64_t>()));
  return customer;
}

// A column of a partner's list and the type of its values.
struct ListKey {
  const char* column;
  const char* type;
};

ListKey KeyOf(const paging::Order& order) {
  if (order.field == "create_time") return {"create_time", "timestamptz"};
  return {"sort_key", "text"};
}

// The keys of a page.
std::vector<ListPosition> ListPlaces(postgres::Transaction& transaction, const Listing& listing,
                                     const std::optional<ListPosition>& after, int limit) {
  const ListKey key = KeyOf(listing.order);
  const char* direction = listing.order.descending ? " DESC" : "";
  std::vector<std::string> parameters = {listing.partner, after ? after->key : "",
                                         after ? after->customer : "", absl::StrCat(limit),
                                         listing.among ? ToTextArray(*listing.among) : ""};
  parameters.insert(parameters.end(), listing.filter.parameters.begin(),
                    listing.filter.parameters.end());
  // The first page has no place to go on from, and most lists are not narrowed, but the statement
  // has the same parameters.
  const std::string behind =
      after ? absl::StrCat("(", key.column, ", customer) ", listing.order.descending ? "<" : ">",
                           " ($2::", key.type, ", $3::text)")
            : "$2::text = $3::text";
  const char* among = listing.among ? "customer = ANY ($5::text[])" : "$5::text = ''";
  // Planned anew each time: only with the limit's value is the planner sure of the index.
  const pqxx::result rows = transaction.RunOnce(
      absl::StrCat("SELECT ", key.column, "::text AS key, customer ",
                   "FROM directory.partner_customers WHERE partner = $1 AND listed AND ", behind,
                   " AND ", among, " AND ", listing.filter.sql, " ORDER BY ", key.column, direction,
                   ", customer", direction, " LIMIT $4::int"),
      parameters);
  std::vector<ListPosition> places;
  for (const pqxx::row& row : rows) {
    places.push_back({row["key"].as<std::string>(), row["customer"].as<std::string>()});
  }
  return places;
}

}  // namespace

std::string StoredChannel(Channel channel) {
  return channel == common::v1::CHANNEL_UNSPECIFIED ? "" : common::v1::Channel_Name(channel);
}

std::vector<std::string> FlatLabels(const v1::Customer& customer) {
  std::vector<std::string> flat;
  for (const auto& [key, value] : customer.labels()) {
    flat.push_back(key);
    flat.push_back(value);
  }
  return flat;
}

std::vector<v1::Customer> Find(postgres::Transaction& transaction,
                               const std::vector<std::string>& names, const std::string& partner) {
  const pqxx::result rows = transaction.Run(
      R"sql(
      SELECT c.name, c.display_name, c.country, c.contact_display_name, c.contact_email_address,
        c.contact_phone_number, c.registration_number, p.channel, p.correlation_id,
        ARRAY(SELECT ARRAY[label.key, label.value] FROM jsonb_each_text(p.labels) AS label
              ORDER BY label.key) AS labels,
        ARRAY(SELECT ARRAY[d.name, d.verified::text] FROM directory.domains d
              WHERE d.customer = c.name ORDER BY d.name) AS domains,
        ARRAY(SELECT ARRAY[e.relationship::text, e.type, e.partner, e.state] FROM directory.edges e
              WHERE e.customer = c.name AND e.state <> 'ENDED' AND ($2 = '' OR e.partner = $2)
              ORDER BY e.partner, e.relationship) AS edges,
        )sql" PARTNERLINK_MICROS("c.create_time") R"sql( AS create_micros,
        )sql" PARTNERLINK_MICROS("c.update_time") R"sql( AS update_micros,
        -- For a partner, its own row counts, too.
        c.revision + coalesce(p.revision, 0) AS revision
      FROM unnest($1::text[]) WITH ORDINALITY AS asked (name, place)
      JOIN directory.customers c ON c.name = asked.name
      LEFT JOIN directory.partner_customers p ON p.partner = $2 AND p.customer = c.name
      ORDER BY asked.place)sql",
      ToTextArray(names), partner);
  std::vector<v1::Customer> customers;
  for (const pqxx::row& row : rows) customers.push_back(FromRow(row));
  return customers;
}

std::vector<Grant> FindGrantsInForce(postgres::Transaction& transaction,
                                     const std::string& customer, const std::string& partner) {
  const pqxx::result rows = transaction.Run(
      R"sql(
      SELECT g.partner || '/grants/' || g.id AS name, g.roles
      FROM relationship.published_grants g
      WHERE g.customer = $1 AND ($2 = '' OR g.partner = $2)
      ORDER BY g.partner, g.id)sql",
      customer, partner);
  std::vector<Grant> grants;
  for (const pqxx::row& row : rows) {
    Grant& grant = grants.emplace_back();
    grant.set_name(row["name"].as<std::string>());
    for (std::string& role : FromTextArray(row["roles"])) grant.add_roles(std::move(role));
  }
  return grants;
}

Whose FindWhose(postgres::Transaction& transaction, const CompanyKey& key) {
  const pqxx::row row =
      transaction.Run("SELECT own, created, of_partner FROM directory.whose_customer($1, $2, $3)",
                      key.kind, key.value, key.country)[0];
  return {FromTextArray(row[0]), row[1].as<bool>(), row[2].as<bool>()};
}

Creation FindCreation(postgres::Transaction& transaction, const std::string& customer) {
  const pqxx::row row = transaction.Run(
      R"sql(SELECT creator, directory.is_served(name), EXISTS (
              SELECT FROM directory.edges e WHERE e.partner = creator AND e.customer = name)
            FROM directory.customers WHERE name = $1)sql",
      customer)[0];
  return {row[0].as<std::string>(), row[1].as<bool>(), row[2].as<bool>()};
}

void DeleteCreation(postgres::Transaction& transaction, const std::string& customer) {
  transaction.RunLater("DELETE FROM directory.partner_customers WHERE customer = $1", customer);
  transaction.RunLater("DELETE FROM directory.users WHERE customer = $1", customer);
  transaction.RunLater("DELETE FROM directory.domains WHERE customer = $1", customer);
  transaction.RunLater("DELETE FROM directory.customers WHERE name = $1", customer);
}

void Disown(postgres::Transaction& transaction, const std::string& customer,
            const std::string& creator) {
  transaction.RunLater(
      "DELETE FROM directory.partner_customers WHERE customer = $1 AND partner = $2", customer,
      creator);
  transaction.RunLater(
      R"sql(DELETE FROM directory.users u USING directory.customers c
            WHERE c.name = $1 AND u.customer = c.name AND u.create_time = c.create_time
              AND NOT EXISTS (SELECT FROM directory.license_assignments a
                              WHERE a.customer = u.customer AND a.user_id = u.id))sql",
      customer);
  transaction.RunLater("UPDATE directory.customers SET creator = '' WHERE name = $1", customer);
}

bool UpdateCompany(postgres::Transaction& transaction, const v1::Customer& customer) {
  const common::v1::Contact& contact = customer.contact();
  const int64_t updated = transaction.RunAndCount(
      R"sql(UPDATE directory.customers
            SET display_name = $2, contact_display_name = $3, contact_email_address = $4,
              contact_phone_number = $5, registration_number = $6, revision = revision + 1,
              update_time = clock_timestamp()
            WHERE name = $1)sql",
      customer.name(), customer.display_name(), contact.display_name(), contact.email_address(),
      contact.phone_number(), customer.registration_number());
  return updated > 0;
}

void ReplaceDomains(postgres::Transaction& transaction, const v1::Customer& customer) {
  std::vector<std::string> names, verified;
  for (const auto& domain : customer.domains()) {
    names.push_back(domain.name());
    verified.push_back(domain.verified() ? "true" : "false");
  }
  transaction.Run("DELETE FROM directory.domains WHERE customer = $1 AND name <> ALL ($2::text[])",
                  customer.name(), ToTextArray(names));
  transaction.Run(
      R"sql(UPDATE directory.domains SET verified = said.verified
            FROM unnest($2::text[], $3::boolean[]) AS said (name, verified)
            WHERE domains.customer = $1 AND domains.name = said.name
              AND domains.verified <> said.verified)sql",
      customer.name(), ToTextArray(names), ToTextArray(verified));
  transaction.Run(
      // Only new ones: the policies would take one that is verified for a verification.
      R"sql(INSERT INTO directory.domains (customer, name, verified)
            SELECT $1, said.name, said.verified
            FROM unnest($2::text[], $3::boolean[]) AS said (name, verified)
            WHERE NOT EXISTS (SELECT FROM directory.domains d
                              WHERE d.customer = $1 AND d.name = said.name))sql",
      customer.name(), ToTextArray(names), ToTextArray(verified));
}

std::optional<std::string> FindVerifiedElsewhere(postgres::Transaction& transaction,
                                                 const std::string& customer,
                                                 const std::vector<std::string>& domains) {
  if (domains.empty()) return std::nullopt;
  const pqxx::result rows = transaction.Run(
      R"sql(SELECT name FROM directory.domains
            WHERE name = ANY ($2::text[]) AND verified AND customer <> $1
            ORDER BY name LIMIT 1)sql",
      customer, ToTextArray(domains));
  if (rows.empty()) return std::nullopt;
  return rows[0][0].as<std::string>();
}

Page FindPage(postgres::Transaction& transaction, const Listing& listing,
              const std::optional<ListPosition>& after, int limit) {
  Page page;
  page.places = ListPlaces(transaction, listing, after, limit);
  std::vector<std::string> names;
  for (const ListPosition& place : page.places) names.push_back(place.customer);
  page.customers = Find(transaction, names, listing.partner);
  return page;
}

std::vector<std::string> FindByPartOfName(postgres::Transaction& transaction,
                                          const std::string& part, const paging::Order& order,
                                          int limit) {
  return FromTextArray(transaction.Run("SELECT directory.list_by_part_of_name($1, $2, $3, $4)",
                                       part, order.field == "create_time", order.descending,
                                       limit)[0][0]);
}

namespace {

// As search_customers has it.
const char* How(const std::optional<filter::TextMatch>& match) {
  if (!match) return "ALL";
  switch (match->match) {
    case filter::Match::kWhole:
      return "WHOLE";
    case filter::Match::kBeginning:
      return "BEGINNING";
    case filter::Match::kInside:
      return "PART";
  }
  return "";
}

}  // namespace

Page ListByName(postgres::Transaction& transaction, const std::string& partner,
                const std::optional<filter::TextMatch>& match,
                const std::optional<ListPosition>& after, int limit) {
  const pqxx::result rows = transaction.RunForAccount(
      R"sql(SELECT truncated, key, place, name, display_name, country, contact_display_name,
              contact_email_address, contact_phone_number, registration_number, channel,
              correlation_id, labels, domains, edges, create_micros, update_micros, revision
            FROM directory.search_customers(common.acting($1), $2, $3, $4, $5, $6, $7, $8))sql",
      partner, How(match), match ? match->text : "", after ? after->key : "",
      after ? after->customer : "", limit, kMostWithPart);
  Page page;
  for (const pqxx::row& row : rows) {
    page.truncated = row[0].as<bool>();
    if (row[2].is_null()) continue;
    page.places.push_back({row[1].c_str(), row[2].c_str()});
    if (!row[3].is_null()) page.customers.push_back(FromRow(row, 3));
  }
  return page;
}

std::vector<filter::Field> ListFields() {
  using filter::Type;
  // Both statements name the table partner_customers: this is correlated with it.
  static constexpr char kGrantCount[] =
      "(SELECT count(*) FROM relationship.published_grants AS held"
      " WHERE held.partner = partner_customers.partner"
      " AND held.customer = partner_customers.customer)";
  return {
      {.name = "display_name",
       .type = Type::kFoldedText,
       .sql = "folded_name",
       .prefix = true,
       .contains = true,
       .beginning = filter::Beginning{"sort_key", 60}},
      {.name = "domain",
       .type = Type::kElsewhere,
       .sql = "customer IN (SELECT d.customer FROM directory.domains d WHERE d.name = $)",
       .normal =
           [](std::string_view text) { return validation::NormaliseDomain(text).value_or(""); }},
      {.name = "labels", .type = Type::kMap, .sql = "labels"},
      {.name = "partner", .type = Type::kText, .sql = "partner"},
      {.name = "country", .type = Type::kText, .sql = "country"},
      {.name = "channel",
       .type = Type::kEnum,
       .sql = "nullif(channel, '')",
       .values = {{"OWN_MARKETING", ""},
                  {"VENDOR_REFERRAL", ""},
                  {"INDIRECT_PROVIDER", ""},
                  {"EXISTING_PORTAL", ""},
                  {"OTHER", ""}}},
      {.name = "type",
       .type = Type::kEnumSet,
       .sql = "types",
       .values = {{"RESELLER", ""}, {"PROVIDER", ""}}},
      {.name = "grant_count", .type = Type::kInteger, .sql = kGrantCount},
      {.name = "create_time", .type = Type::kTime, .sql = "create_time"},
  };
}

bool InsertCreated(postgres::Transaction& transaction, const std::string& name,
                   const common::v1::Company& company, const std::string& creator) {
  const common::v1::Contact& contact = company.contact();
  const pqxx::result inserted = transaction.Run(
      R"sql(
      INSERT INTO directory.customers (name, display_name, country, contact_display_name,
        contact_email_address, contact_phone_number, registration_number, creator)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING name)sql",
      name, company.display_name(), company.country(), contact.display_name(),
      contact.email_address(), contact.phone_number(), company.registration_number(), creator);
  if (inserted.empty()) return false;
  transaction.Run(
      R"sql(INSERT INTO directory.domains (customer, name)
            SELECT DISTINCT $1, domain FROM unnest($2::text[]) AS domain)sql",
      name, ToTextArray({company.domains().begin(), company.domains().end()}));
  return true;
}

bool Insert(postgres::Transaction& transaction, const std::string& name,
            const common::v1::Company& company) {
  return InsertCreated(transaction, name, company, "");
}

std::optional<Partner> FindPartner(postgres::Transaction& transaction, const std::string& name) {
  const pqxx::result rows = transaction.Run(
      R"sql(SELECT name, country, state, types FROM relationship.published_partners
            WHERE name = $1)sql",
      name);
  if (rows.empty()) return std::nullopt;
  Partner partner;
  partner.set_name(rows[0][0].as<std::string>());
  partner.set_country(rows[0][1].as<std::string>());
  Partner::State state = Partner::STATE_UNSPECIFIED;
  if (Partner::State_Parse(rows[0][2].as<std::string>(), &state)) partner.set_state(state);
  for (const std::string& name_of_type : FromTextArray(rows[0][3])) {
    Partner::Type type = Partner::TYPE_UNSPECIFIED;
    if (Partner::Type_Parse(name_of_type, &type)) partner.add_types(type);
  }
  return partner;
}

v1::CountCustomersResponse Count(postgres::Transaction& transaction, const std::string& partner,
                                 v1::CountCustomersRequest::GroupBy group_by,
                                 const filter::Clause& filter) {
  return postgres::CountBy<v1::CountCustomersResponse>(
      transaction, GroupValue(group_by),
      absl::StrCat("FROM directory.partner_customers WHERE partner = $1 AND listed AND ",
                   filter.sql),
      partner, filter.parameters);
}

void InsertOwn(postgres::Transaction& transaction, const std::string& partner,
               const std::string& customer, const v1::Customer& own) {
  transaction.Run(
      R"sql(INSERT INTO directory.partner_customers (partner, customer, listed, display_name, country,
              types, channel, labels, correlation_id, create_time)
            SELECT $1, c.name, false, c.display_name, c.country, '{}', $3,
              jsonb_object($4::text[]), $5, c.create_time
            FROM directory.customers c WHERE c.name = $2)sql",
      partner, customer, StoredChannel(own.channel()), ToTextArray(FlatLabels(own)),
      own.correlation_id());
}

void UpdateOwn(postgres::Transaction& transaction, const std::string& partner,
               const v1::Customer& customer) {
  transaction.Run(
      R"sql(UPDATE directory.partner_customers
            SET channel = $3, labels = jsonb_object($4::text[]), correlation_id = $5,
              revision = revision + 1
            WHERE partner = $1 AND customer = $2)sql",
      partner, customer.name(), StoredChannel(customer.channel()),
      ToTextArray(FlatLabels(customer)), customer.correlation_id());
}

bool LockListed(postgres::Transaction& transaction, const std::string& partner,
                const std::string& customer) {
  return !transaction
              .Run(R"sql(SELECT customer FROM directory.partner_customers
                         WHERE partner = $1 AND customer = $2 AND listed FOR NO KEY UPDATE)sql",
                   partner, customer)
              .empty();
}

bool Lock(postgres::Transaction& transaction, const std::string& name) {
  return !transaction
              .Run("SELECT name FROM directory.customers WHERE name = $1 FOR NO KEY UPDATE", name)
              .empty();
}

std::vector<std::string> UpsertEdges(postgres::Transaction& transaction,
                                     const v1::ApplyRelationshipsRequest& request) {
  std::vector<std::string> partners, relationships, types, states, revisions;
  for (const auto& edge : request.edges()) {
    partners.push_back(edge.partner());
    relationships.push_back(*request::ParseRelationshipName(edge.relationship()));
    types.push_back(Relationship::Type_Name(edge.type()));
    states.push_back(Relationship::State_Name(edge.state()));
    revisions.push_back(absl::StrCat(edge.revision()));
  }
  const pqxx::result rows = transaction.Run(
      R"sql(
      WITH written AS (
        INSERT INTO directory.edges (partner, relationship, customer, type, state, revision)
        SELECT edge.partner, edge.relationship, $1, edge.type, edge.state, edge.revision
        FROM unnest($2::text[], $3::uuid[], $4::text[], $5::text[], $6::bigint[])
          AS edge (partner, relationship, type, state, revision)
        ORDER BY edge.partner, edge.relationship
        ON CONFLICT (partner, relationship) DO UPDATE
          SET state = excluded.state, revision = excluded.revision
          WHERE edges.revision < excluded.revision
        RETURNING partner)
      SELECT DISTINCT partner FROM written ORDER BY partner)sql",
      request.customer(), ToTextArray(partners), ToTextArray(relationships), ToTextArray(types),
      ToTextArray(states), ToTextArray(revisions));
  std::vector<std::string> changed;
  for (const pqxx::row& row : rows) changed.push_back(row["partner"].as<std::string>());
  return changed;
}

void RebuildListRow(postgres::Transaction& transaction, const std::string& customer,
                    const std::string& partner, Channel channel) {
  transaction.Run(
      R"sql(
      INSERT INTO directory.partner_customers AS p
        (partner, customer, listed, display_name, country, types, channel, create_time)
      SELECT $2, c.name, held.types <> '{}', c.display_name, c.country, held.types, $3,
        c.create_time
      FROM directory.customers c
      CROSS JOIN LATERAL (
        SELECT ARRAY(SELECT DISTINCT e.type FROM directory.edges e
                     WHERE e.partner = $2 AND e.customer = c.name AND e.state <> 'ENDED'
                     ORDER BY e.type) AS types) AS held
      WHERE c.name = $1
      ON CONFLICT (partner, customer) DO UPDATE
        SET listed = excluded.listed, display_name = excluded.display_name,
          country = excluded.country, types = excluded.types,
          channel = CASE p.channel WHEN '' THEN excluded.channel ELSE p.channel END)sql",
      customer, partner, StoredChannel(channel));
}

}  // namespace partnerlink::directory::customers
