#include "services/invitation/invitations/row.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/postgres/fields.h"
#include "common/postgres/text_array.h"

namespace partnerlink::invitation::invitations {
namespace {

using postgres::FromTextArray;
using postgres::ParseEnum;
using postgres::SetTime;

// One column per line of FromRow.
constexpr char kColumns[] =
    "i.partner, i.id, i.kind, i.mode, " PARTNERLINK_EFFECTIVE_STATE
    ", i.state_cause,"
    " i.hint_company_name, i.hint_email_address, i.hint_domain, i.hint_account, i.hint_country,"
    " i.note, i.locale, i.channel, i.relationship_only, i.grant_roles, i.grant_duration_days,"
    " i.grant_auto_extend, i.agreement_version, i.max_uses, i.use_count,"
    " extract(epoch FROM i.ttl)::bigint, " PARTNERLINK_MICROS("i.expire_time") ", i.generation,"
    " i.subject, i.body_text, i.creator, " PARTNERLINK_MICROS("i.issue_time") ", i.decline_reason, "
    PARTNERLINK_MICROS("i.create_time") ", " PARTNERLINK_MICROS("i.update_time") ", i.revision,"
    " i.hint_email_key, i.decided_by, coalesce(" PARTNERLINK_MICROS("i.decide_time") ", 0),"
    " i.salt, i.key_id, i.secret_hash, i.provider,"
    " i.delivery_state, " PARTNERLINK_MICROS("i.delivery_time") ", i.delivery_attempts,"
    " i.delivery_error";

void ReadHint(const pqxx::row& row, v1::Invitation& invitation) {
  auto& hint = *invitation.mutable_customer_hint();
  hint.set_company_name(row[6].as<std::string>());
  hint.set_email_address(row[7].as<std::string>());
  hint.set_domain(row[8].as<std::string>());
  hint.set_account(row[9].as<std::string>());
  hint.set_country(row[10].as<std::string>());
}

void ReadGrantRequest(const pqxx::row& row, v1::Invitation& invitation) {
  invitation.set_relationship_only(row[14].as<bool>());
  if (invitation.relationship_only()) return;
  auto& grant = *invitation.mutable_grant_request();
  for (const std::string& role : FromTextArray(row[15])) grant.add_roles(role);
  grant.set_duration_days(row[16].as<int32_t>());
  grant.set_auto_extend(row[17].as<int32_t>());
}

void ReadDelivery(const pqxx::row& row, v1::Invitation& invitation) {
  using Delivery = v1::Invitation::Delivery;
  Delivery& delivery = *invitation.mutable_delivery();
  delivery.set_state(ParseEnum(row[39], Delivery::State_Parse));
  SetTime(row[40], [&] { return delivery.mutable_last_time(); });
  delivery.set_attempts(row[41].as<int32_t>());
  delivery.set_error(row[42].as<std::string>());
}

}  // namespace

const char* SelectedColumns() { return kColumns; }

std::optional<Row> FromSelected(const pqxx::row& row) {
  return row[0].is_null() ? std::nullopt : std::optional(FromRow(row));
}

Row FromRow(const pqxx::row& row) {
  Row result;
  result.partner = row[0].as<std::string>();
  result.id = row[1].as<std::string>();
  v1::Invitation& invitation = result.invitation;
  invitation.set_name(absl::StrCat(result.partner, "/invitations/", result.id));
  invitation.set_kind(ParseEnum(row[2], v1::Invitation::Kind_Parse));
  invitation.set_mode(ParseEnum(row[3], v1::Invitation::Mode_Parse));
  invitation.set_state(ParseEnum(row[4], v1::Invitation::State_Parse));
  invitation.set_state_cause(row[5].as<std::string>());
  ReadHint(row, invitation);
  invitation.set_note(row[11].as<std::string>());
  invitation.set_locale(row[12].as<std::string>());
  invitation.set_channel(ParseEnum(row[13], common::v1::Channel_Parse));
  ReadGrantRequest(row, invitation);
  invitation.set_agreement_version(row[18].as<std::string>());
  invitation.set_max_uses(row[19].as<int32_t>());
  invitation.set_use_count(row[20].as<int32_t>());
  invitation.mutable_ttl()->set_seconds(row[21].as<int64_t>());
  SetTime(row[22], [&] { return invitation.mutable_expire_time(); });
  invitation.set_generation(row[23].as<int32_t>());
  invitation.set_subject(row[24].as<std::string>());
  invitation.set_body_text(row[25].as<std::string>());
  invitation.set_creator(row[26].as<std::string>());
  SetTime(row[27], [&] { return invitation.mutable_issue_time(); });
  invitation.set_decline_reason(row[28].as<std::string>());
  SetTime(row[29], [&] { return invitation.mutable_create_time(); });
  SetTime(row[30], [&] { return invitation.mutable_update_time(); });
  result.revision = row[31].as<int64_t>();
  invitation.set_etag(postgres::Etag(result.revision));
  result.email_key = row[32].as<std::string>();
  result.decided_by = row[33].as<std::string>();
  result.decide_micros = row[34].as<int64_t>();
  result.salt = pqxx::binarystring(row[35]).str();
  result.key_id = static_cast<uint8_t>(row[36].as<int>());
  result.secret_hash = pqxx::binarystring(row[37]).str();
  invitation.set_provider(row[38].as<std::string>());
  ReadDelivery(row, invitation);
  return result;
}

std::optional<Row> OneRow(const pqxx::result& rows) {
  if (rows.empty()) return std::nullopt;
  return FromRow(rows[0]);
}

std::vector<Row> AllRows(const pqxx::result& rows) {
  std::vector<Row> all;
  for (const pqxx::row& row : rows) all.push_back(FromRow(row));
  return all;
}

// Of a statement that changes rows which it has read as `due`: what is not after it as it was.
const std::string& ChangedColumns() {
  static const auto* const columns = new std::string(
      absl::StrCat(kColumns, ", due.state, " PARTNERLINK_MICROS("due.update_time")));
  return *columns;
}

// With no more than its state changed, and what says that something was.
std::vector<Changed> AllChanged(const pqxx::result& rows) {
  std::vector<Changed> all;
  for (const pqxx::row& row : rows) {
    Row after = FromRow(row);
    Row before = after;
    before.revision -= 1;
    before.invitation.set_etag(postgres::Etag(before.revision));
    before.invitation.set_state(ParseEnum(row[kSelectedColumns], v1::Invitation::State_Parse));
    SetTime(row[kSelectedColumns + 1], [&] { return before.invitation.mutable_update_time(); });
    all.push_back({std::move(before), std::move(after)});
  }
  return all;
}

}  // namespace partnerlink::invitation::invitations
