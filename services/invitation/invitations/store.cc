#include "services/invitation/invitations/store.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/postgres/count.h"
#include "common/postgres/fields.h"
#include "common/postgres/text_array.h"

namespace partnerlink::invitation::invitations {
namespace {

using postgres::FromTextArray;
using postgres::ParseEnum;
using postgres::SetTime;
using postgres::ToTextArray;
using postgres::Transaction;

#define EFFECTIVE_STATE                                                                           \
  "(CASE WHEN i.state IN ('AWAITING_PROVIDER', 'PENDING') AND i.expire_time <= clock_timestamp()" \
  " THEN 'EXPIRED' ELSE i.state END)"

// One column per line of FromRow.
constexpr char kColumns[] =
    "i.partner, i.id, i.kind, i.mode, " EFFECTIVE_STATE
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

std::string ChannelText(const v1::Invitation& invitation) {
  return invitation.channel() == common::v1::CHANNEL_UNSPECIFIED
             ? ""
             : common::v1::Channel_Name(invitation.channel());
}

std::vector<std::string> RolesOf(const v1::Invitation& invitation) {
  return {invitation.grant_request().roles().begin(), invitation.grant_request().roles().end()};
}

std::string Seconds(const v1::Invitation& invitation) {
  return absl::StrCat(invitation.ttl().seconds(), " seconds");
}

// A draft as FromRow will read it: of the message only what a caller may write.
Row AsDraft(const Row& row, int64_t present_micros) {
  const v1::Invitation& written = row.invitation;
  Row draft = row;
  draft.revision = 1;
  v1::Invitation& invitation = draft.invitation;
  invitation.Clear();
  invitation.set_name(absl::StrCat(row.partner, "/invitations/", row.id));
  invitation.set_kind(written.kind());
  invitation.set_mode(written.mode());
  invitation.set_state(v1::Invitation::DRAFT);
  *invitation.mutable_customer_hint() = written.customer_hint();
  invitation.set_provider(written.provider());
  invitation.set_note(written.note());
  invitation.set_locale(written.locale());
  invitation.set_channel(written.channel());
  invitation.set_relationship_only(written.relationship_only());
  if (!written.relationship_only()) {
    *invitation.mutable_grant_request() = written.grant_request();
  }
  invitation.set_agreement_version(written.agreement_version());
  invitation.set_max_uses(written.max_uses());
  invitation.mutable_ttl()->set_seconds(written.ttl().seconds());
  invitation.set_generation(1);
  invitation.mutable_delivery()->set_state(v1::Invitation::Delivery::NONE);
  invitation.set_subject(written.subject());
  invitation.set_body_text(written.body_text());
  invitation.set_creator(written.creator());
  *invitation.mutable_create_time() = postgres::TimeOfMicros(present_micros);
  *invitation.mutable_update_time() = invitation.create_time();
  invitation.set_etag(postgres::Etag(draft.revision));
  invitation.DiscardUnknownFields();
  return draft;
}

std::vector<v1::Invitation> Listed(Transaction& transaction, const paging::NewestFirst& list,
                                   const std::string& select, const std::string& alias = "i") {
  const paging::Statement page = list.Page(select, alias);
  std::vector<v1::Invitation> invitations;
  for (const pqxx::row& row : transaction.RunOnce(page.sql, page.parameters)) {
    invitations.push_back(FromRow(row).invitation);
  }
  return invitations;
}

// What a group's invitations share; null where nothing is grouped.
const char* GroupValue(v1::CountInvitationsRequest::GroupBy group_by) {
  switch (group_by) {
    case v1::CountInvitationsRequest::STATE:
      return EFFECTIVE_STATE;
    case v1::CountInvitationsRequest::CHANNEL:
      return "coalesce(nullif(i.channel, ''), 'CHANNEL_UNSPECIFIED')";
    case v1::CountInvitationsRequest::KIND:
      return "i.kind";
    default:
      return nullptr;
  }
}

// A statement of its own, with the next one's round trip: what that one says of the clock, the
// state in effect or a guard, is said after the waiting.
void LockRow(Transaction& transaction, const std::string& partner, const std::string& id) {
  transaction.RunLater(
      "SELECT FROM invitation.invitations WHERE partner = $1 AND id = $2 FOR UPDATE", partner, id);
}

}  // namespace

std::optional<Row> Find(Transaction& transaction, const std::string& partner, const std::string& id,
                        Lock lock) {
  if (lock == Lock::kForUpdate) LockRow(transaction, partner, id);
  return OneRow(transaction.Run(
      absl::StrCat("SELECT ", kColumns,
                   " FROM invitation.invitations i WHERE i.partner = $1 AND i.id = $2"),
      partner, id));
}

std::optional<Row> FindAlone(Transaction& transaction, const std::string& partner,
                             const std::string& id) {
  static const auto* const sql = new std::string(absl::StrCat(
      "SELECT ", kColumns, " FROM invitation.get_invitation(common.acting($1), $2, $3::uuid) i"));
  return OneRow(transaction.RunForAccount(*sql, partner, id));
}

std::optional<Row> FindByLink(Transaction& transaction, const std::string& id, Lock lock) {
  if (lock == Lock::kForUpdate) {
    transaction.RunLater("SELECT FROM invitation.invitations WHERE id = $1 FOR UPDATE", id);
  }
  return OneRow(transaction.Run(
      absl::StrCat("SELECT ", kColumns, " FROM invitation.invitations i WHERE i.id = $1"), id));
}

const char* SelectedColumns() { return kColumns; }

std::optional<Row> FromSelected(const pqxx::row& row) {
  return row[0].is_null() ? std::nullopt : std::optional(FromRow(row));
}

Partner PartnerFrom(const pqxx::row& row, int first) {
  return {row[first].as<std::string>(),     row[first + 1].as<std::string>(),
          row[first + 2].as<std::string>(), row[first + 3].as<bool>(),
          row[first + 4].as<bool>(),        row[first + 5].as<bool>()};
}

Provider ProviderFrom(const pqxx::row& row, int first) {
  return {PartnerFrom(row, first), row[first + 6].as<bool>(), row[first + 7].as<std::string>(),
          row[first + 8].as<bool>()};
}

std::optional<Partner> FindPartner(Transaction& transaction, const std::string& name) {
  const pqxx::result rows = transaction.Run(
      R"sql(SELECT name, display_name, country, state = 'ACTIVE', 'RESELLER' = ANY (types),
              'PROVIDER' = ANY (types)
            FROM relationship.published_partners WHERE name = $1)sql",
      name);
  if (rows.empty()) return std::nullopt;
  return PartnerFrom(rows[0], 0);
}

std::optional<Provider> FindProvider(Transaction& transaction, const Row& row) {
  if (row.invitation.provider().empty()) return std::nullopt;
  const pqxx::result rows = transaction.Run(
      R"sql(SELECT p.name, p.display_name, p.country, p.state = 'ACTIVE',
              'RESELLER' = ANY (p.types), 'PROVIDER' = ANY (p.types), p.provider_consent = 'CONFIRM',
              coalesce(s.provider || '/partnerships/' || s.id, ''), coalesce(s.state = 'ACTIVE', false)
            FROM relationship.published_partners p
            LEFT JOIN relationship.published_partnerships s ON s.provider = p.name AND s.reseller = $2
            WHERE p.name = $1)sql",
      row.invitation.provider(), row.partner);
  if (rows.empty()) return std::nullopt;
  return ProviderFrom(rows[0], 0);
}

void SharePartnership(Transaction& transaction, const std::string& provider,
                      const std::string& reseller) {
  transaction.RunLater("SELECT relationship.share_partnership($1, $2)", provider, reseller);
}

Ground FindGround(Transaction& transaction, const Row& row, const outbox::RequestKey& key) {
  const auto& hint = row.invitation.customer_hint();
  const pqxx::row found = transaction.RunAheadForAccount(
      "SELECT request_hash, response, root_event, " PARTNERLINK_MICROS("present")
          R"sql(, partner, display_name, country, is_active, is_reseller, is_provider,
              agreement_version, open_equal, is_some_due
            FROM invitation.find_ground(common.acting($1), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11))sql",
      key.subject, key.method, key.id_or_null(), row.partner,
      v1::Invitation::Kind_Name(row.invitation.kind()), row.invitation.provider(), row.id,
      hint.account(), hint.domain(), row.email_key)[0];
  Ground ground;
  ground.kept = outbox::KeptFrom(found, 0);
  ground.present_micros = found[3].as<int64_t>();
  if (!found[4].is_null()) {
    ground.partner = PartnerFrom(found, 4);
  }
  ground.agreement_version = found[10].as<std::string>();
  if (!found[11].is_null()) {
    ground.open_equal = absl::StrCat(row.partner, "/invitations/", found[11].as<std::string>());
  }
  ground.is_some_due = found[12].as<bool>();
  return ground;
}

Row InsertDraft(Transaction& transaction, const Row& row, int64_t present_micros) {
  const Row draft = AsDraft(row, present_micros);
  const v1::Invitation& invitation = draft.invitation;
  const auto& hint = invitation.customer_hint();
  transaction.RunLater(
      R"sql(
      INSERT INTO invitation.invitations (partner, id, kind, mode, state, hint_company_name,
        hint_email_address, hint_email_key, hint_domain, hint_account, hint_country, note, locale,
        channel, relationship_only, grant_roles, grant_duration_days, grant_auto_extend,
        agreement_version, max_uses, ttl, salt, key_id, secret_hash, subject, body_text, creator,
        create_time, update_time, provider)
      VALUES ($1, $2, $3, $4, 'DRAFT', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
        $19, $20, $21, $22, $23, $24, $25, $26, )sql" PARTNERLINK_TIME_OF_MICROS(
          "$27") ", " PARTNERLINK_TIME_OF_MICROS("$27") ", $28)",
      draft.partner, draft.id, v1::Invitation::Kind_Name(invitation.kind()),
      v1::Invitation::Mode_Name(invitation.mode()), hint.company_name(), hint.email_address(),
      draft.email_key, hint.domain(), hint.account(), hint.country(), invitation.note(),
      invitation.locale(), ChannelText(invitation), invitation.relationship_only(),
      ToTextArray(RolesOf(invitation)), invitation.grant_request().duration_days(),
      invitation.grant_request().auto_extend(), invitation.agreement_version(),
      invitation.max_uses(), Seconds(invitation), pqxx::binarystring(draft.salt),
      static_cast<int>(draft.key_id), pqxx::binarystring(draft.secret_hash), invitation.subject(),
      invitation.body_text(), invitation.creator(), present_micros, invitation.provider());
  return draft;
}

std::optional<Row> UpdateDraft(Transaction& transaction, const Row& row) {
  const v1::Invitation& invitation = row.invitation;
  const auto& hint = invitation.customer_hint();
  return OneRow(transaction.Run(
      absl::StrCat(R"sql(
          UPDATE invitation.invitations AS i
          SET hint_company_name = $3, hint_email_address = $4, hint_email_key = $5, hint_domain = $6,
            hint_account = $7, hint_country = $8, note = $9, locale = $10, channel = $11,
            relationship_only = $12, grant_roles = $13, grant_duration_days = $14,
            grant_auto_extend = $15, ttl = $16, subject = $17, body_text = $18,
            revision = revision + 1, update_time = clock_timestamp()
          WHERE partner = $1 AND id = $2 AND state = 'DRAFT'
          RETURNING )sql",
                   kColumns),
      row.partner, row.id, hint.company_name(), hint.email_address(), row.email_key, hint.domain(),
      hint.account(), hint.country(), invitation.note(), invitation.locale(),
      ChannelText(invitation), invitation.relationship_only(), ToTextArray(RolesOf(invitation)),
      invitation.grant_request().duration_days(), invitation.grant_request().auto_extend(),
      Seconds(invitation), invitation.subject(), invitation.body_text()));
}

bool DeleteDraft(Transaction& transaction, const Row& row) {
  return !transaction
              .Run(R"sql(DELETE FROM invitation.invitations
                         WHERE partner = $1 AND id = $2 AND state = 'DRAFT' RETURNING true)sql",
                   row.partner, row.id)
              .empty();
}

std::optional<Row> Issue(Transaction& transaction, const Row& row, v1::Invitation::State to,
                         const std::string& agreement_version) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE invitation.invitations AS i
          SET state = $4, issue_time = clock_timestamp(), expire_time = clock_timestamp() + ttl,
            agreement_version = $3, revision = revision + 1, update_time = clock_timestamp()
          WHERE partner = $1 AND id = $2 AND state = 'DRAFT'
          RETURNING )sql",
                                             kColumns),
                                row.partner, row.id, agreement_version,
                                v1::Invitation::State_Name(to)));
}

std::optional<Row> Approve(Transaction& transaction, const Row& row) {
  LockRow(transaction, row.partner, row.id);
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE invitation.invitations AS i
          SET state = 'PENDING', expire_time = clock_timestamp() + ttl,
            reminded_generation = generation - 1, revision = revision + 1,
            update_time = clock_timestamp()
          WHERE partner = $1 AND id = $2 AND revision = $3 AND state = 'AWAITING_PROVIDER'
            AND expire_time > clock_timestamp()
          RETURNING )sql",
                                             kColumns),
                                row.partner, row.id, row.revision));
}

std::optional<Row> Refuse(Transaction& transaction, const Row& row, const std::string& reason) {
  LockRow(transaction, row.partner, row.id);
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE invitation.invitations AS i
          SET state = 'REFUSED', state_cause = $4, revision = revision + 1,
            update_time = clock_timestamp()
          WHERE partner = $1 AND id = $2 AND revision = $3 AND state = 'AWAITING_PROVIDER'
            AND expire_time > clock_timestamp()
          RETURNING )sql",
                                             kColumns),
                                row.partner, row.id, row.revision, reason));
}

std::optional<Row> Revoke(Transaction& transaction, const Row& row, const std::string& cause) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE invitation.invitations AS i
          SET state = 'REVOKED', state_cause = $3, revision = revision + 1,
            update_time = clock_timestamp()
          WHERE partner = $1 AND id = $2
            AND (state = 'DRAFT' OR (state IN ('AWAITING_PROVIDER', 'PENDING')
                                     AND expire_time > clock_timestamp()))
          RETURNING )sql",
                                             kColumns),
                                row.partner, row.id, cause));
}

std::optional<Row> Decline(Transaction& transaction, const Row& row, const std::string& customer,
                           const std::string& reason) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE invitation.invitations AS i
          SET state = 'DECLINED', decline_reason = $4, decided_by = $3,
            decide_time = clock_timestamp(), revision = revision + 1, update_time = clock_timestamp()
          WHERE partner = $1 AND id = $2 AND state = 'PENDING' AND expire_time > clock_timestamp()
          RETURNING )sql",
                                             kColumns),
                                row.partner, row.id, customer, reason));
}

std::optional<Row> Resend(Transaction& transaction, const Row& row, v1::Invitation::State to,
                          const std::string& agreement_version) {
  const v1::Invitation& invitation = row.invitation;
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE invitation.invitations AS i
          SET state = $3, generation = $4, key_id = $5, secret_hash = $6, ttl = $7, subject = $8,
            body_text = $9, agreement_version = $10, expire_time = clock_timestamp() + $7,
            delivery_state = 'NONE', delivery_time = NULL, delivery_attempts = 0, delivery_error = '',
            revision = revision + 1, update_time = clock_timestamp()
          WHERE partner = $1 AND id = $2 AND state IN ('PENDING', 'EXPIRED') AND generation = $4 - 1
          RETURNING )sql",
                                             kColumns),
                                row.partner, row.id, v1::Invitation::State_Name(to),
                                invitation.generation(), static_cast<int>(row.key_id),
                                pqxx::binarystring(row.secret_hash), Seconds(invitation),
                                invitation.subject(), invitation.body_text(), agreement_version));
}

std::optional<Row> Extend(Transaction& transaction, const Row& row) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE invitation.invitations AS i
          SET ttl = $3, expire_time = clock_timestamp() + $3, subject = $4, body_text = $5,
            reminded_generation = generation - 1, revision = revision + 1,
            update_time = clock_timestamp()
          WHERE partner = $1 AND id = $2 AND state = 'PENDING' AND expire_time > clock_timestamp()
            AND expire_time < clock_timestamp() + $3
          RETURNING )sql",
                                             kColumns),
                                row.partner, row.id, Seconds(row.invitation),
                                row.invitation.subject(), row.invitation.body_text()));
}

std::optional<Row> ShowDelivery(Transaction& transaction, const std::string& partner,
                                const std::string& id) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          WITH newest AS (
            SELECT m.state, m.last_time, m.attempts, m.error
            FROM invitation.mails m
            JOIN invitation.invitations o ON o.partner = m.partner AND o.id = m.invitation
            WHERE m.partner = $1 AND m.invitation = $2 AND m.generation = o.generation
              AND m.state <> 'CANCELLED'
            ORDER BY m.create_time DESC, m.id DESC LIMIT 1)
          UPDATE invitation.invitations AS i
          SET delivery_state = coalesce((SELECT state FROM newest), 'NONE'),
            delivery_time = (SELECT last_time FROM newest),
            delivery_attempts = coalesce((SELECT attempts FROM newest), 0),
            delivery_error = coalesce((SELECT error FROM newest), ''),
            revision = revision + 1, update_time = clock_timestamp()
          WHERE partner = $1 AND id = $2
          RETURNING )sql",
                                             kColumns),
                                partner, id));
}

int64_t CountIssuedToday(Transaction& transaction, const std::string& partner) {
  transaction.RunLater("SELECT pg_advisory_xact_lock(hashtextextended('issues of ' || $1, 0))",
                       partner);
  return transaction
      .Run(R"sql(SELECT count(*) FROM invitation.invitations
                 WHERE partner = $1 AND issue_time > statement_timestamp() - interval '24 hours')sql",
           partner)[0][0]
      .as<int64_t>();
}

absl::Duration TimeUntilForgotten(Transaction& transaction, const std::string& partner,
                                  int64_t number) {
  const pqxx::result rows = transaction.Run(
      R"sql(SELECT ceil(extract(epoch FROM issue_time + interval '24 hours' - clock_timestamp()))::bigint
            FROM invitation.invitations
            WHERE partner = $1 AND issue_time > statement_timestamp() - interval '24 hours'
            ORDER BY issue_time OFFSET $2 LIMIT 1)sql",
      partner, number - 1);
  return rows.empty() ? absl::ZeroDuration() : absl::Seconds(rows[0][0].as<int64_t>());
}

std::vector<Changed> ExpireDue(Transaction& transaction, int limit) {
  // Materialised: a sub-select that a join runs again would find beyond its limit.
  return AllChanged(transaction.Run(absl::StrCat(R"sql(
          WITH due AS MATERIALIZED (
            SELECT partner, id, state, update_time FROM invitation.invitations
            WHERE state IN ('AWAITING_PROVIDER', 'PENDING') AND expire_time <= statement_timestamp()
            ORDER BY expire_time LIMIT $1 FOR UPDATE SKIP LOCKED)
          UPDATE invitation.invitations AS i
          SET state = 'EXPIRED', revision = revision + 1, update_time = clock_timestamp()
          FROM due WHERE i.partner = due.partner AND i.id = due.id
          RETURNING )sql",
                                                 ChangedColumns()),
                                    limit));
}

std::vector<Changed> ExpireInTheWay(Transaction& transaction, const Row& row) {
  const auto& hint = row.invitation.customer_hint();
  // Each kind of hint by its own index. In one order, so that two that wait do not wait for each
  // other.
  return AllChanged(
      transaction.Run(absl::StrCat(R"sql(
          WITH open AS NOT MATERIALIZED (
            SELECT id, hint_account, hint_domain, hint_email_key FROM invitation.invitations
            WHERE partner = $1 AND kind = $3 AND provider = $4
              AND state IN ('AWAITING_PROVIDER', 'PENDING')),
          in_the_way AS (
            SELECT $2::uuid AS id
            UNION SELECT id FROM open WHERE hint_account = $5 AND hint_account <> ''
            UNION SELECT id FROM open WHERE hint_domain = $6 AND hint_domain <> ''
            UNION SELECT id FROM open WHERE hint_email_key = $7 AND hint_email_key <> ''),
          due AS MATERIALIZED (
            SELECT partner, id, state, update_time FROM invitation.invitations
            WHERE partner = $1 AND id IN (SELECT id FROM in_the_way)
              AND state IN ('AWAITING_PROVIDER', 'PENDING') AND expire_time <= statement_timestamp()
            ORDER BY id FOR UPDATE)
          UPDATE invitation.invitations AS i
          SET state = 'EXPIRED', revision = revision + 1, update_time = clock_timestamp()
          FROM due WHERE i.partner = due.partner AND i.id = due.id
          RETURNING )sql",
                                   ChangedColumns()),
                      row.partner, row.id, v1::Invitation::Kind_Name(row.invitation.kind()),
                      row.invitation.provider(), hint.account(), hint.domain(), row.email_key));
}

std::vector<Changed> RemindDue(Transaction& transaction, int64_t ahead_seconds, int limit) {
  return AllChanged(transaction.Run(absl::StrCat(R"sql(
          WITH due AS MATERIALIZED (
            SELECT partner, id, state, update_time FROM invitation.invitations
            WHERE state IN ('AWAITING_PROVIDER', 'PENDING') AND reminded_generation < generation
              AND expire_time > statement_timestamp() AND expire_time <= statement_timestamp() + $1
              AND ttl > $1
            ORDER BY expire_time LIMIT $2 FOR UPDATE SKIP LOCKED)
          UPDATE invitation.invitations AS i
          SET reminded_generation = i.generation, revision = revision + 1,
            update_time = clock_timestamp()
          FROM due WHERE i.partner = due.partner AND i.id = due.id
          RETURNING )sql",
                                                 ChangedColumns()),
                                    absl::StrCat(ahead_seconds, " seconds"), limit));
}

std::vector<Changed> RevokeCombined(Transaction& transaction,
                                    const v1::ApplyPartnershipsRequest& ended,
                                    const std::string& cause, int limit) {
  std::vector<Row> open = AllRows(transaction.Run(
      absl::StrCat("SELECT ", kColumns, R"sql(
          FROM invitation.invitations i
          WHERE i.partner = $1 AND i.provider = $2 AND i.provider <> ''
            AND i.state IN ('DRAFT', 'AWAITING_PROVIDER', 'PENDING')
            AND (i.expire_time IS NULL OR i.expire_time > clock_timestamp())
            AND i.create_time < to_timestamp(0) + $3::bigint * interval '1 microsecond'
          ORDER BY i.id LIMIT $4 FOR UPDATE OF i)sql"),
      ended.reseller(), ended.provider(),
      ended.end_time().seconds() * 1000000 + ended.end_time().nanos() / 1000, limit));
  std::vector<Changed> revoked;
  for (Row& before : open) {
    if (std::optional<Row> after = Revoke(transaction, before, cause)) {
      revoked.push_back({std::move(before), *std::move(after)});
    }
  }
  return revoked;
}

std::vector<v1::Invitation> List(Transaction& transaction, const paging::NewestFirst& list) {
  return Listed(transaction, list,
                absl::StrCat("SELECT ", kColumns, " FROM invitation.invitations i"));
}

std::vector<v1::Invitation> ListInbox(Transaction& transaction, const paging::NewestFirst& list) {
  // The page is cut by the column `partner` of p, the account that the list is of.
  return Listed(transaction, list, absl::StrCat("SELECT ", kColumns, R"sql(
      FROM invitation.invitations i
      JOIN (SELECT partner AS inviter, id, create_time, provider AS partner
            FROM invitation.invitations
            WHERE provider <> '' AND state = 'AWAITING_PROVIDER' AND expire_time > clock_timestamp()) p
        ON p.inviter = i.partner AND p.id = i.id)sql"),
                "p");
}

v1::CountInvitationsResponse Count(Transaction& transaction, const std::string& partner,
                                   v1::CountInvitationsRequest::GroupBy group_by,
                                   const filter::Clause& filter) {
  return postgres::CountBy<v1::CountInvitationsResponse>(
      transaction, GroupValue(group_by),
      absl::StrCat("FROM invitation.invitations i WHERE i.partner = $1 AND ", filter.sql), partner,
      filter.parameters);
}

std::vector<filter::Field> ListFields(bool with_email_address) {
  using filter::Type;
  std::vector<filter::Field> fields = {
      {.name = "state",
       .type = Type::kEnum,
       .sql = EFFECTIVE_STATE,
       .values = {{"DRAFT", ""},
                  {"AWAITING_PROVIDER", ""},
                  {"PENDING", ""},
                  {"ACCEPTED", ""},
                  {"EXHAUSTED", ""},
                  {"DECLINED", ""},
                  {"REVOKED", ""},
                  {"EXPIRED", ""},
                  {"REFUSED", ""}}},
      {.name = "kind",
       .type = Type::kEnum,
       .sql = "i.kind",
       .values = {{"CUSTOMER", ""}, {"CUSTOMER_WITH_PROVIDER", ""}, {"PARTNERSHIP", ""}}},
      {.name = "mode",
       .type = Type::kEnum,
       .sql = "i.mode",
       .values = {{"TARGETED", ""}, {"OPEN", ""}}},
      {.name = "provider", .type = Type::kText, .sql = "i.provider"},
      {.name = "channel",
       .type = Type::kEnum,
       .sql = "i.channel",
       .values = {{"OWN_MARKETING", ""},
                  {"VENDOR_REFERRAL", ""},
                  {"INDIRECT_PROVIDER", ""},
                  {"EXISTING_PORTAL", ""},
                  {"OTHER", ""}}},
      {.name = "creator", .type = Type::kText, .sql = "i.creator"},
      {.name = "customer_hint.company_name",
       .type = Type::kFoldedText,
       .sql = "common.fold(i.hint_company_name)",
       .prefix = true,
       .contains = true},
      {.name = "customer_hint.domain", .type = Type::kText, .sql = "i.hint_domain", .prefix = true},
      {.name = "customer_hint.account", .type = Type::kText, .sql = "i.hint_account"},
      {.name = "customer_hint.country", .type = Type::kText, .sql = "i.hint_country"},
      {.name = "create_time", .type = Type::kTime, .sql = "i.create_time"},
      {.name = "issue_time", .type = Type::kTime, .sql = "i.issue_time"},
      {.name = "expire_time", .type = Type::kTime, .sql = "i.expire_time"}};
  if (with_email_address) {
    fields.push_back({.name = "customer_hint.email_address",
                      .type = Type::kFoldedText,
                      .sql = "common.fold(i.hint_email_address)",
                      .prefix = true});
  }
  return fields;
}

}  // namespace partnerlink::invitation::invitations
