#include "services/invitation/invitations/store.h"

#include "absl/strings/str_cat.h"
#include "common/postgres/count.h"
#include "common/postgres/fields.h"
#include "common/postgres/text_array.h"

namespace partnerlink::invitation::invitations {
namespace {

using postgres::ToTextArray;
using postgres::Transaction;

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
      return PARTNERLINK_EFFECTIVE_STATE;
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
      absl::StrCat("SELECT ", SelectedColumns(),
                   " FROM invitation.invitations i WHERE i.partner = $1 AND i.id = $2"),
      partner, id));
}

std::optional<Row> FindAlone(Transaction& transaction, const std::string& partner,
                             const std::string& id) {
  static const auto* const sql = new std::string(
      absl::StrCat("SELECT ", SelectedColumns(),
                   " FROM invitation.get_invitation(common.acting($1), $2, $3::uuid) i"));
  return OneRow(transaction.RunForAccount(*sql, partner, id));
}

std::optional<Row> FindByLink(Transaction& transaction, const std::string& id, Lock lock) {
  if (lock == Lock::kForUpdate) {
    transaction.RunLater("SELECT FROM invitation.invitations WHERE id = $1 FOR UPDATE", id);
  }
  return OneRow(transaction.Run(
      absl::StrCat("SELECT ", SelectedColumns(), " FROM invitation.invitations i WHERE i.id = $1"),
      id));
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
    ground.partner = parties::PartnerFrom(found, 4);
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
                   SelectedColumns()),
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
                                             SelectedColumns()),
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
                                             SelectedColumns()),
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
                                             SelectedColumns()),
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
                                             SelectedColumns()),
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
                                             SelectedColumns()),
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
                                             SelectedColumns()),
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
                                             SelectedColumns()),
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
                                             SelectedColumns()),
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
      absl::StrCat("SELECT ", SelectedColumns(), R"sql(
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
                absl::StrCat("SELECT ", SelectedColumns(), " FROM invitation.invitations i"));
}

std::vector<v1::Invitation> ListInbox(Transaction& transaction, const paging::NewestFirst& list) {
  // The page is cut by the column `partner` of p, the account that the list is of.
  return Listed(transaction, list, absl::StrCat("SELECT ", SelectedColumns(), R"sql(
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

}  // namespace partnerlink::invitation::invitations
