#include "services/relationship/partners/store.h"

#include "absl/strings/str_cat.h"
#include "common/postgres/fields.h"
#include "common/postgres/text_array.h"

namespace partnerlink::relationship::partners {
namespace {

using postgres::FromTextArray;
using postgres::ParseEnum;
using postgres::SetTime;
using postgres::ToTextArray;
using postgres::Transaction;
using v1::Partner;
using Policies = v1::Partner::Policies;

// One column per line of FromRow.
constexpr char kColumns[] =
    "p.name, p.display_name, p.types, p.country, p.partner_number, p.state, p.provider_consent,"
    " p.on_removal, p.revoke_after_days, p.removal_notice, p.end_notice_days, "
    "p.revision, " PARTNERLINK_MICROS("p.create_time") ", " PARTNERLINK_MICROS("p.update_time");

// By the viewer $2.
constexpr char kIsSeen[] = R"sql(($2 = '' OR p.name = $2 OR EXISTS (
    SELECT FROM relationship.relationships r
    WHERE r.customer = $2 AND r.partner = p.name AND r.state <> 'ENDED'
      AND (r.state <> 'ENDING' OR r.effective_end_time > clock_timestamp())) OR EXISTS (
    SELECT FROM relationship.partnerships s
    WHERE s.provider = $2 AND s.reseller = p.name AND s.state <> 'ENDED') OR EXISTS (
    SELECT FROM relationship.partnerships s
    WHERE s.reseller = $2 AND s.provider = p.name AND s.state <> 'ENDED')))sql";

Partner FromRow(const pqxx::row& row) {
  Partner partner;
  partner.set_name(row[0].as<std::string>());
  partner.set_display_name(row[1].as<std::string>());
  for (const std::string& type : FromTextArray(row[2])) {
    partner.add_types(ParseEnum(type, Partner::Type_Parse));
  }
  partner.set_country(row[3].as<std::string>());
  partner.set_partner_number(row[4].as<std::string>());
  partner.set_state(ParseEnum(row[5], Partner::State_Parse));
  Policies& policies = *partner.mutable_policies();
  policies.set_provider_consent(ParseEnum(row[6], Policies::ProviderConsent_Parse));
  policies.set_on_removal(ParseEnum(row[7], Policies::OnRemoval_Parse));
  policies.set_revoke_after_days(row[8].as<int32_t>());
  policies.set_removal_notice(ParseEnum(row[9], Policies::RemovalNotice_Parse));
  policies.set_end_notice_days(row[10].as<int32_t>());
  partner.set_etag(postgres::Etag(row[11].as<int64_t>()));
  SetTime(row[12], [&] { return partner.mutable_create_time(); });
  SetTime(row[13], [&] { return partner.mutable_update_time(); });
  return partner;
}

std::optional<Partner> OneRow(const pqxx::result& rows) {
  if (rows.empty()) return std::nullopt;
  return FromRow(rows[0]);
}

std::vector<Partner> AllRows(const pqxx::result& rows) {
  std::vector<Partner> partners;
  for (const pqxx::row& row : rows) partners.push_back(FromRow(row));
  return partners;
}

std::string TypesOf(const Partner& partner) {
  std::vector<std::string> types;
  for (const int type : partner.types()) {
    types.push_back(Partner::Type_Name(static_cast<Partner::Type>(type)));
  }
  return ToTextArray(types);
}

}  // namespace

std::optional<Partner> Find(Transaction& transaction, const std::string& name,
                            const std::string& viewer) {
  return OneRow(
      transaction.Run(absl::StrCat("SELECT ", kColumns,
                                   " FROM relationship.partners p WHERE p.name = $1 AND ", kIsSeen),
                      name, viewer));
}

std::optional<Partner> FindForUpdate(Transaction& transaction, const std::string& name) {
  return OneRow(transaction.Run(
      absl::StrCat("SELECT ", kColumns,
                   " FROM relationship.partners p WHERE p.name = $1 FOR NO KEY UPDATE"),
      name));
}

void LockStanding(Transaction& transaction, const std::string& name) {
  transaction.Run("SELECT common.lock_standing($1)", name);
}

std::optional<Partner> SetState(Transaction& transaction, const Partner& before,
                                Partner::State state) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE relationship.partners AS p
          SET state = $3, revision = revision + 1, update_time = clock_timestamp()
          WHERE name = $1 AND state = $2
          RETURNING )sql",
                                             kColumns),
                                before.name(), Partner::State_Name(before.state()),
                                Partner::State_Name(state)));
}

Partner Update(Transaction& transaction, const Partner& partner) {
  const Policies& policies = partner.policies();
  return FromRow(transaction.Run(
      absl::StrCat(R"sql(
          UPDATE relationship.partners AS p
          SET display_name = $2, provider_consent = $3, on_removal = $4, revoke_after_days = $5,
            removal_notice = $6, end_notice_days = $7, revision = revision + 1,
            update_time = clock_timestamp()
          WHERE name = $1
          RETURNING )sql",
                   kColumns),
      partner.name(), partner.display_name(),
      Policies::ProviderConsent_Name(policies.provider_consent()),
      Policies::OnRemoval_Name(policies.on_removal()), policies.revoke_after_days(),
      Policies::RemovalNotice_Name(policies.removal_notice()), policies.end_notice_days())[0]);
}

outbox::Change ChangeOf(const std::string& event, const Partner* before, const Partner& after) {
  outbox::Change change;
  change.account = after.name();
  change.resource = after.name();
  change.event = event;
  if (before != nullptr) change.before = outbox::ToJson(*before);
  change.after = outbox::ToJson(after);
  change.payload = after.SerializeAsString();
  return change;
}

std::optional<Partner> Insert(Transaction& transaction, const Partner& partner) {
  const Policies& policies = partner.policies();
  return OneRow(transaction.Run(
      absl::StrCat(R"sql(
          INSERT INTO relationship.partners AS p (name, display_name, types, country, partner_number,
            provider_consent, on_removal, revoke_after_days, removal_notice, end_notice_days)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
          ON CONFLICT DO NOTHING
          RETURNING )sql",
                   kColumns),
      partner.name(), partner.display_name(), TypesOf(partner), partner.country(),
      partner.partner_number(), Policies::ProviderConsent_Name(policies.provider_consent()),
      Policies::OnRemoval_Name(policies.on_removal()), policies.revoke_after_days(),
      Policies::RemovalNotice_Name(policies.removal_notice()), policies.end_notice_days()));
}

std::vector<Partner> FindTaken(Transaction& transaction, const std::string& name,
                               const std::string& partner_number) {
  return AllRows(transaction.Run(absl::StrCat("SELECT ", kColumns, R"sql(
          FROM relationship.partners p WHERE p.name = $1 OR p.partner_number = $2
          ORDER BY p.name <> $1)sql"),
                                 name, partner_number));
}

std::vector<Partner> LockShared(Transaction& transaction, const std::vector<std::string>& names) {
  return AllRows(transaction.Run(absl::StrCat("SELECT ", kColumns, R"sql(
          FROM relationship.partners p WHERE p.name = ANY ($1::text[])
          ORDER BY p.name FOR SHARE)sql"),
                                 ToTextArray(names)));
}

std::vector<Partner> List(Transaction& transaction, const std::string& viewer,
                          const filter::Clause& filter, const std::string& after, int limit) {
  std::vector<std::string> parameters = {after, viewer, absl::StrCat(limit)};
  parameters.insert(parameters.end(), filter.parameters.begin(), filter.parameters.end());
  return AllRows(transaction.RunOnce(
      absl::StrCat("SELECT ", kColumns, " FROM relationship.partners p WHERE p.name > $1 AND ",
                   kIsSeen, " AND ", filter.sql, " ORDER BY p.name LIMIT $3::int"),
      parameters));
}

std::vector<filter::Field> ListFields(bool sees_whole_rows) {
  using filter::Type;
  std::vector<filter::Field> fields = {
      {.name = "display_name",
       .type = Type::kFoldedText,
       .sql = "common.fold(p.display_name)",
       .prefix = true},
      {.name = "country", .type = Type::kText, .sql = "p.country"},
  };
  if (sees_whole_rows) {
    fields.push_back({.name = "state",
                      .type = Type::kEnum,
                      .sql = "p.state",
                      .values = {{"ACTIVE", ""}, {"SUSPENDED", ""}}});
    fields.push_back({.name = "partner_number", .type = Type::kText, .sql = "p.partner_number"});
    fields.push_back({.name = "create_time", .type = Type::kTime, .sql = "p.create_time"});
  }
  return fields;
}

}  // namespace partnerlink::relationship::partners
