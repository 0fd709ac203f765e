#include "services/directory/offers/store.h"

#include "absl/strings/str_cat.h"
#include "common/postgres/fields.h"
#include "common/postgres/text_array.h"

namespace partnerlink::directory::offers {
namespace {

using postgres::FromTextArray;
using postgres::SetTime;
using postgres::ToTextArray;
using postgres::Transaction;
using v1::Offer;

// One column per line of FromRow.
constexpr char kColumns[] =
    "o.name, o.display_name, o.services, o.admin_uris, o.term_months, o.state, " PARTNERLINK_MICROS(
        "o.create_time") ", " PARTNERLINK_MICROS("o.update_time") ", o.revision";

Row FromRow(const pqxx::row& row) {
  Row result;
  Offer& offer = result.offer;
  offer.set_name(row[0].as<std::string>());
  offer.set_display_name(row[1].as<std::string>());
  const std::vector<std::string> services = FromTextArray(row[2]);
  const std::vector<std::string> admin_uris = FromTextArray(row[3]);
  for (size_t i = 0; i < services.size(); ++i) {
    Offer::Service& service = *offer.add_services();
    service.set_service(services[i]);
    service.set_admin_uri(admin_uris[i]);
  }
  offer.set_term_months(row[4].as<int32_t>());
  offer.set_state(postgres::ParseEnum(row[5], Offer::State_Parse));
  SetTime(row[6], [&] { return offer.mutable_create_time(); });
  SetTime(row[7], [&] { return offer.mutable_update_time(); });
  result.revision = row[8].as<int64_t>();
  offer.set_etag(postgres::Etag(result.revision));
  return result;
}

std::optional<Row> OneRow(const pqxx::result& rows) {
  if (rows.empty()) return std::nullopt;
  return FromRow(rows[0]);
}

std::string ServicesOf(const Offer& offer) {
  std::vector<std::string> services;
  for (const Offer::Service& service : offer.services()) services.push_back(service.service());
  return ToTextArray(services);
}

std::string AdminUrisOf(const Offer& offer) {
  std::vector<std::string> admin_uris;
  for (const Offer::Service& service : offer.services()) admin_uris.push_back(service.admin_uri());
  return ToTextArray(admin_uris);
}

}  // namespace

std::optional<Row> Find(Transaction& transaction, const std::string& name, Lock lock) {
  return OneRow(transaction.Run(
      absl::StrCat("SELECT ", kColumns, " FROM directory.offers o WHERE o.name = $1",
                   lock == Lock::kForUpdate ? " FOR NO KEY UPDATE OF o" : ""),
      name));
}

std::optional<Row> Insert(Transaction& transaction, const Offer& offer) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          INSERT INTO directory.offers AS o
            (name, display_name, services, admin_uris, term_months, state)
          VALUES ($1, $2, $3, $4, $5, $6)
          ON CONFLICT (name) DO NOTHING
          RETURNING )sql",
                                             kColumns),
                                offer.name(), offer.display_name(), ServicesOf(offer),
                                AdminUrisOf(offer), offer.term_months(),
                                Offer::State_Name(offer.state())));
}

std::optional<Row> Update(Transaction& transaction, const Offer& offer) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE directory.offers AS o
          SET display_name = $2, services = $3, admin_uris = $4, term_months = $5, state = $6,
            revision = revision + 1, update_time = clock_timestamp()
          WHERE name = $1
          RETURNING )sql",
                                             kColumns),
                                offer.name(), offer.display_name(), ServicesOf(offer),
                                AdminUrisOf(offer), offer.term_months(),
                                Offer::State_Name(offer.state())));
}

std::vector<Offer> List(Transaction& transaction, const filter::Clause& filter,
                        const std::string& after, int limit) {
  std::vector<std::string> parameters = {after, absl::StrCat(limit)};
  parameters.insert(parameters.end(), filter.parameters.begin(), filter.parameters.end());
  std::vector<Offer> offers;
  for (const pqxx::row& row : transaction.RunOnce(
           absl::StrCat("SELECT ", kColumns, " FROM directory.offers o WHERE o.name > $1 AND ",
                        filter.sql, " ORDER BY o.name LIMIT $2::int"),
           parameters)) {
    offers.push_back(FromRow(row).offer);
  }
  return offers;
}

std::vector<filter::Field> ListFields() {
  using filter::Type;
  return {
      {.name = "display_name",
       .type = Type::kFoldedText,
       .sql = "common.fold(o.display_name)",
       .prefix = true},
      {.name = "state",
       .type = Type::kEnum,
       .sql = "o.state",
       .values = {{"ACTIVE", ""}, {"RETIRED", ""}}},
      {.name = "term_months", .type = Type::kInteger, .sql = "o.term_months"},
      {.name = "create_time", .type = Type::kTime, .sql = "o.create_time"},
  };
}

}  // namespace partnerlink::directory::offers
