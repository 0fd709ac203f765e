#include "services/directory/imports/store.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "common/postgres/fields.h"
#include "common/postgres/text_array.h"
#include "common/request/request.h"
#include "services/directory/customers/store.h"

namespace partnerlink::directory::imports {
namespace {

using common::v1::Channel;
using postgres::ToTextArray;
using postgres::Transaction;
using relationship::v1::Relationship;
using v1::ImportCustomersRequest;

// A column of all rows.
template <typename Rows, typename ValueOf>
std::string Column(const Rows& rows, ValueOf value_of) {
  std::vector<std::string> values;
  for (const auto& row : rows) values.push_back(value_of(row));
  return ToTextArray(values);
}

std::string NameOfRow(const Creation& creation) { return creation.name; }

}  // namespace

Progress FindProgress(Transaction& transaction, const ImportCustomersRequest& request, bool hold) {
  const std::string position =
      "SELECT committed_position FROM directory.imports"
      " WHERE partner = $1 AND import_id = $2";
  if (hold) {
    transaction.RunLater(
        "INSERT INTO directory.imports (partner, import_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        request.parent(), request.import_id());
  }
  const pqxx::result imports =
      transaction.Run(absl::StrCat(position, hold ? " FOR NO KEY UPDATE" : ""), request.parent(),
                      request.import_id());
  Progress progress;
  if (imports.empty()) return progress;
  progress.committed_position = imports[0][0].as<int64_t>();
  const pqxx::result chunks = transaction.Run(
      R"sql(SELECT request_hash FROM directory.import_chunks
            WHERE partner = $1 AND import_id = $2 AND position = $3)sql",
      request.parent(), request.import_id(), request.position());
  if (!chunks.empty()) progress.request_hash = pqxx::binarystring(chunks[0][0]).str();
  return progress;
}

std::optional<std::string> FindAnswer(Transaction& transaction,
                                      const ImportCustomersRequest& request) {
  const pqxx::result chunks = transaction.Run(
      R"sql(SELECT answer FROM directory.import_chunks
            WHERE partner = $1 AND import_id = $2 AND position = $3)sql",
      request.parent(), request.import_id(), request.position());
  if (chunks.empty()) return std::nullopt;
  return pqxx::binarystring(chunks[0][0]).str();
}

void KeepChunk(Transaction& transaction, const ImportCustomersRequest& request,
               const std::string& request_hash, const v1::ImportCustomersResponse& answer) {
  transaction.RunLater(
      R"sql(INSERT INTO directory.import_chunks (partner, import_id, position, request_hash, answer)
            VALUES ($1, $2, $3, $4, $5))sql",
      request.parent(), request.import_id(), request.position(), pqxx::binarystring(request_hash),
      pqxx::binarystring(answer.SerializeAsString()));
  transaction.RunLater(
      R"sql(UPDATE directory.imports
            SET committed_position = $3, update_time = clock_timestamp()
            WHERE partner = $1 AND import_id = $2)sql",
      request.parent(), request.import_id(), answer.committed_position());
}

std::vector<std::string> KnownCorrelationIds(Transaction& transaction, const std::string& partner,
                                             const std::vector<std::string>& ids) {
  std::vector<std::string> known;
  if (ids.empty()) return known;
  for (const pqxx::row& row : transaction.Run(
           // Not yet listed, it has no edge; no longer, an ended one. Each id is looked up by
           // itself: asked for all at once, a list that has only begun to fill is read from end to
           // end.
           R"sql(SELECT asked.id
                 FROM (SELECT DISTINCT id FROM unnest($2::text[]) AS id WHERE id <> '') AS asked
                 CROSS JOIN LATERAL (
                   SELECT FROM directory.partner_customers p
                   WHERE p.partner = $1 AND p.correlation_id = asked.id AND p.correlation_id <> ''
                     AND (p.listed OR NOT EXISTS (
                       SELECT FROM directory.edges e
                       WHERE e.partner = p.partner AND e.customer = p.customer))
                   LIMIT 1) AS known)sql",
           partner, ToTextArray(ids))) {
    known.push_back(row[0].as<std::string>());
  }
  return known;
}

std::set<std::string> InsertCustomers(Transaction& transaction, std::vector<Creation>& creations,
                                      const std::string& creator) {
  std::set<std::string> inserted;
  if (creations.empty()) return inserted;
  std::map<std::string, v1::Customer*> by_name;
  for (Creation& creation : creations) by_name[creation.name] = &creation.customer;
  const auto column = [&](auto value_of) {
    return Column(creations, [&](const Creation& row) { return value_of(row.customer); });
  };
  const pqxx::result rows = transaction.Run(
      R"sql(
      INSERT INTO directory.customers (name, display_name, country, contact_display_name,
        contact_email_address, contact_phone_number, registration_number, creator)
      SELECT given.name, display_name, country, contact_name, email_address, phone_number,
        registration_number, $8
      FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                  $7::text[])
        AS given (name, display_name, country, contact_name, email_address, phone_number,
                  registration_number)
      -- In one order, so that two imports of the same companies do not wait for each other.
      ORDER BY given.name
      ON CONFLICT DO NOTHING
      RETURNING name, )sql" PARTNERLINK_MICROS("create_time") ", " PARTNERLINK_MICROS(
          "update_time") ", revision",
      Column(creations, NameOfRow), column([](const auto& c) { return c.display_name(); }),
      column([](const auto& c) { return c.country(); }),
      column([](const auto& c) { return c.contact().display_name(); }),
      column([](const auto& c) { return c.contact().email_address(); }),
      column([](const auto& c) { return c.contact().phone_number(); }),
      column([](const auto& c) { return c.registration_number(); }), creator);
  for (const pqxx::row& row : rows) {
    const std::string name = row[0].as<std::string>();
    v1::Customer& customer = *by_name.at(name);
    postgres::SetTime(row[1], [&] { return customer.mutable_create_time(); });
    postgres::SetTime(row[2], [&] { return customer.mutable_update_time(); });
    customer.set_etag(postgres::Etag(row[3].as<int64_t>()));
    inserted.insert(name);
  }
  return inserted;
}

void InsertDomains(Transaction& transaction, const std::vector<Creation>& created) {
  std::vector<std::string> customers, names;
  for (const Creation& creation : created) {
    for (const auto& domain : creation.customer.domains()) {
      customers.push_back(creation.name);
      names.push_back(domain.name());
    }
  }
  if (names.empty()) return;
  transaction.RunLater(
      R"sql(INSERT INTO directory.domains (customer, name)
            SELECT customer, name FROM unnest($1::text[], $2::text[]) AS given (customer, name))sql",
      ToTextArray(customers), ToTextArray(names));
}

void InsertFirstAdmins(Transaction& transaction, const std::vector<Creation>& created) {
  std::vector<Creation> administered;
  for (const Creation& creation : created) {
    if (creation.initial_admin) administered.push_back(creation);
  }
  if (administered.empty()) return;
  const auto column = [&](auto value_of) {
    return Column(administered, [&](const Creation& row) { return value_of(*row.initial_admin); });
  };
  transaction.RunLater(
      R"sql(INSERT INTO directory.users (customer, user_principal_name, given_name, family_name,
              display_name, roles, create_time)
            SELECT customer, user_principal_name, given_name, family_name, given.display_name,
              ARRAY['global_admin'], c.create_time
            FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
              AS given (customer, user_principal_name, given_name, family_name, display_name)
            JOIN directory.customers c ON c.name = given.customer)sql",
      Column(administered, NameOfRow),
      column([](const v1::User& user) { return user.user_principal_name(); }),
      column([](const v1::User& user) { return user.given_name(); }),
      column([](const v1::User& user) { return user.family_name(); }),
      column([](const v1::User& user) { return user.display_name(); }));
}

void InsertOwn(Transaction& transaction, const std::vector<Creation>& created,
               const std::string& partner) {
  const auto column = [&](auto value_of) {
    return Column(created, [&](const Creation& row) { return value_of(row.customer); });
  };
  transaction.RunLater(
      R"sql(INSERT INTO directory.partner_customers (partner, customer, listed, display_name, country,
              types, channel, labels, correlation_id, create_time)
            SELECT $1, customer, false, display_name, country, '{}', channel,
              jsonb_object(labels::text[]), correlation_id,
              )sql" PARTNERLINK_TIME_OF_MICROS("create_micros") R"sql(
            FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                        $8::bigint[])
              AS given (customer, display_name, country, channel, labels, correlation_id,
                        create_micros))sql",
      partner, Column(created, NameOfRow), column([](const auto& c) { return c.display_name(); }),
      column([](const auto& c) { return c.country(); }),
      column([](const auto& c) { return customers::StoredChannel(c.channel()); }),
      column([](const auto& c) { return ToTextArray(customers::FlatLabels(c)); }),
      column([](const auto& c) { return c.correlation_id(); }), column([](const auto& c) {
        return absl::StrCat(c.create_time().seconds() * 1000000 + c.create_time().nanos() / 1000);
      }));
}

int64_t Lock(Transaction& transaction, const std::vector<std::string>& names) {
  return static_cast<int64_t>(
      transaction
          .Run(R"sql(SELECT name FROM directory.customers WHERE name = ANY ($1::text[])
                     ORDER BY name FOR NO KEY UPDATE)sql",
               ToTextArray(names))
          .size());
}

std::vector<std::string> UpsertEdges(Transaction& transaction,
                                     const v1::ApplyCreatedCustomersRequest& request) {
  const pqxx::result rows = transaction.Run(
      R"sql(
      INSERT INTO directory.edges (partner, relationship, customer, type, state, revision)
      SELECT $1, edge.relationship, edge.customer, $2, edge.state, edge.revision
      FROM unnest($3::text[], $4::uuid[], $5::text[], $6::bigint[])
        AS edge (customer, relationship, state, revision)
      ORDER BY edge.relationship
      ON CONFLICT (partner, relationship) DO UPDATE
        SET state = excluded.state, revision = excluded.revision
        WHERE edges.revision < excluded.revision
      RETURNING customer)sql",
      request.partner(), Relationship::Type_Name(request.type()),
      Column(request.edges(), [](const auto& edge) { return edge.customer(); }),
      Column(request.edges(),
             [](const auto& edge) { return *request::ParseRelationshipName(edge.relationship()); }),
      Column(request.edges(),
             [](const auto& edge) { return Relationship::State_Name(edge.state()); }),
      Column(request.edges(), [](const auto& edge) { return absl::StrCat(edge.revision()); }));
  std::vector<std::string> customers;
  for (const pqxx::row& row : rows) customers.push_back(row[0].as<std::string>());
  return customers;
}

void RebuildListRows(Transaction& transaction, const v1::ApplyCreatedCustomersRequest& request,
                     const std::vector<std::string>& customers) {
  std::map<std::string, Channel> channels;
  for (const auto& edge : request.edges()) channels[edge.customer()] = edge.channel();
  transaction.RunLater(
      R"sql(
      INSERT INTO directory.partner_customers AS p
        (partner, customer, listed, display_name, country, types, channel, create_time)
      SELECT $1, c.name, held.types <> '{}', c.display_name, c.country, held.types, changed.channel,
        c.create_time
      FROM unnest($2::text[], $3::text[]) AS changed (customer, channel)
      JOIN directory.customers c ON c.name = changed.customer
      CROSS JOIN LATERAL (
        SELECT ARRAY(SELECT DISTINCT e.type FROM directory.edges e
                     WHERE e.partner = $1 AND e.customer = c.name AND e.state <> 'ENDED'
                     ORDER BY e.type) AS types) AS held
      ON CONFLICT (partner, customer) DO UPDATE
        SET listed = excluded.listed, display_name = excluded.display_name,
          country = excluded.country, types = excluded.types,
          channel = CASE p.channel WHEN '' THEN excluded.channel ELSE p.channel END)sql",
      request.partner(), ToTextArray(customers), Column(customers, [&](const std::string& name) {
        return customers::StoredChannel(channels[name]);
      }));
}

}  // namespace partnerlink::directory::imports
