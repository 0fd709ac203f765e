#include "services/invitation/redemptions/store.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/postgres/fields.h"
#include "common/postgres/text_array.h"

namespace partnerlink::invitation::redemptions {
namespace {

using postgres::Transaction;

// One column per line of FromRow, but for the last: the relationships.
constexpr char kColumns[] =
    "r.partner || '/invitations/' || r.invitation, r.id, r.customer, r.actor,"
    " " PARTNERLINK_MICROS("r.accept_time") ", r.agreement_version, r.granted";

// An array of arrays, which come flat: of each relationship what OutcomeFrom reads.
constexpr char kRelationships[] =
    "ARRAY(SELECT ARRAY[o.type, o.edge_partner, o.relationship, o.state, o.reason]"
    " FROM invitation.redemption_relationships o"
    " WHERE o.partner = r.partner AND o.invitation = r.invitation AND o.redemption = r.id"
    " ORDER BY o.type DESC)";
constexpr size_t kRelationshipTexts = 5;

v1::Redemption::RelationshipOutcome OutcomeFrom(const std::string* texts) {
  v1::Redemption::RelationshipOutcome outcome;
  relationship::v1::Relationship::Type type{};
  relationship::v1::Relationship::Type_Parse(texts[0], &type);
  outcome.set_type(type);
  outcome.set_partner(texts[1]);
  outcome.set_relationship(texts[2]);
  v1::Redemption::RelationshipOutcome::State state{};
  v1::Redemption::RelationshipOutcome::State_Parse(texts[3], &state);
  outcome.set_state(state);
  common::v1::ErrorReason reason{};
  common::v1::ErrorReason_Parse(texts[4], &reason);
  outcome.set_reason(reason);
  return outcome;
}

v1::Redemption FromRow(const pqxx::row& row) {
  v1::Redemption redemption;
  redemption.set_invitation(row[0].as<std::string>());
  redemption.set_name(
      absl::StrCat(redemption.invitation(), "/redemptions/", row[1].as<std::string>()));
  redemption.set_customer(row[2].as<std::string>());
  redemption.set_actor(row[3].as<std::string>());
  postgres::SetTime(row[4], [&] { return redemption.mutable_accept_time(); });
  redemption.set_agreement_version(row[5].as<std::string>());
  redemption.set_grant(row[6].as<std::string>());
  const std::vector<std::string> relationships = postgres::FromTextArray(row[7]);
  for (size_t i = 0; i + kRelationshipTexts <= relationships.size(); i += kRelationshipTexts) {
    *redemption.add_relationships() = OutcomeFrom(&relationships[i]);
  }
  return redemption;
}

std::optional<v1::Redemption> OneRow(const pqxx::result& rows) {
  if (rows.empty()) return std::nullopt;
  return FromRow(rows[0]);
}

// The parts of `partners/{id}/invitations/{uuid}/redemptions/{uuid}`.
struct RedemptionName {
  std::string partner;
  std::string invitation;
  std::string id;
};

RedemptionName Parse(const std::string& name) {
  const std::vector<std::string> parts = absl::StrSplit(name, '/');
  return {absl::StrCat(parts.at(0), "/", parts.at(1)), parts.at(3), parts.at(5)};
}

}  // namespace

Parties FindParties(Transaction& transaction, const std::string& partner,
                    const std::string& customer) {
  const pqxx::row found = transaction.Run(
      R"sql(
      SELECT p.name, p.display_name, p.country, p.state = 'ACTIVE', c.country, c.verified_domains,
        agreement.version
      FROM (SELECT version FROM invitation.agreement_texts
            WHERE effective_time <= clock_timestamp()
            ORDER BY effective_time DESC, version DESC LIMIT 1) AS agreement
      LEFT JOIN relationship.published_partners p ON p.name = $1
      LEFT JOIN directory.published_customers c ON c.name = $2)sql",
      partner, customer)[0];
  Parties parties;
  if (!found[0].is_null()) {
    parties.partner = {found[0].as<std::string>(), found[1].as<std::string>(),
                       found[2].as<std::string>(), found[3].as<bool>()};
  }
  if (!found[4].is_null()) {
    parties.customer = {found[4].as<std::string>(), postgres::FromTextArray(found[5])};
  }
  parties.current_agreement = found[6].as<std::string>();
  return parties;
}

Agreement FindAgreement(Transaction& transaction, const std::string& locale) {
  // Each tag is content with itself without its last subtags: `de-AT` with `de`; everyone with
  // `en`.
  const pqxx::row row = transaction.Run(
      R"sql(
      SELECT version, body
      FROM (SELECT version, body, locale,
              starts_with(lower($1) || '-', lower(locale) || '-') AS fits
            FROM invitation.agreement_texts
            WHERE effective_time <= clock_timestamp()
              AND version = (SELECT version FROM invitation.agreement_texts
                             WHERE effective_time <= clock_timestamp()
                             ORDER BY effective_time DESC, version DESC LIMIT 1)) AS current
      WHERE fits OR locale = 'en'
      ORDER BY fits DESC, length(locale) DESC
      LIMIT 1)sql",
      locale)[0];
  return {row[0].as<std::string>(), row[1].as<std::string>()};
}

std::optional<v1::Redemption> FindRedemption(Transaction& transaction,
                                             const invitations::Row& invitation,
                                             const std::string& customer) {
  return OneRow(transaction.Run(
      absl::StrCat("SELECT ", kColumns, ", ", kRelationships,
                   " FROM invitation.redemptions r"
                   " WHERE r.partner = $1 AND r.invitation = $2 AND r.customer = $3"),
      invitation.partner, invitation.id, customer));
}

std::optional<v1::Redemption> FindAlone(Transaction& transaction, const std::string& name) {
  static const auto* const sql = new std::string(absl::StrCat(
      "SELECT ", kColumns,
      ", r.relationships FROM invitation.get_redemption($1, $2, $3::uuid, $4::uuid) r"));
  const RedemptionName parts = Parse(name);
  return OneRow(transaction.RunForAccount(*sql, parts.partner, parts.invitation, parts.id));
}

std::optional<v1::Redemption> Accept(Transaction& transaction, const invitations::Row& invitation,
                                     const Acceptance& acceptance) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
      WITH consumed AS (
        UPDATE invitation.invitations AS i
        SET state = 'ACCEPTED', use_count = use_count + 1, decided_by = $5,
          decide_time = clock_timestamp(), revision = revision + 1, update_time = clock_timestamp()
        WHERE partner = $1 AND id = $2 AND state = 'PENDING' AND generation = $3
          AND use_count < max_uses AND expire_time > clock_timestamp()
          AND EXISTS (SELECT FROM relationship.published_partners p
                      WHERE p.name = i.partner AND p.state = 'ACTIVE')
        RETURNING partner, id),
      redeemed AS (
        INSERT INTO invitation.redemptions (partner, invitation, id, customer, actor,
          agreement_version)
        SELECT partner, id, $4::uuid, $5, $6, $7 FROM consumed
        RETURNING partner, invitation, id, customer, actor, accept_time, agreement_version, granted),
      related AS (
        INSERT INTO invitation.redemption_relationships (partner, invitation, redemption, type,
          customer, edge_partner, state)
        SELECT partner, invitation, id, 'RESELLER', customer, partner, 'PENDING' FROM redeemed
        RETURNING type, edge_partner, relationship, state, reason)
      SELECT )sql",
                                             kColumns, R"sql(,
        ARRAY(SELECT ARRAY[o.type, o.edge_partner, o.relationship, o.state, o.reason] FROM related o)
      FROM redeemed r)sql"),
                                invitation.partner, invitation.id,
                                invitation.invitation.generation(), acceptance.redemption_id,
                                acceptance.customer, acceptance.actor,
                                acceptance.agreement_version));
}

void RecordOutcome(Transaction& transaction, const std::string& redemption,
                   const relationship::v1::EstablishRelationshipsResponse& outcome) {
  using Edge = relationship::v1::EstablishRelationshipsResponse::Edge;
  const RedemptionName name = Parse(redemption);
  for (const Edge& edge : outcome.edges()) {
    const bool active = edge.state() == Edge::ACTIVE;
    transaction.RunLater(
        R"sql(UPDATE invitation.redemption_relationships
              SET relationship = $5, state = $6, reason = $7
              WHERE partner = $1 AND invitation = $2 AND redemption = $3 AND type = $4
                AND state = 'PENDING')sql",
        name.partner, name.invitation, name.id,
        relationship::v1::Relationship::Type_Name(edge.type()), edge.relationship(),
        active ? "ACTIVE" : "REFUSED", active ? "" : common::v1::ErrorReason_Name(edge.reason()));
  }
  if (outcome.grant().empty()) return;
  transaction.RunLater(
      R"sql(UPDATE invitation.redemptions SET granted = $4
            WHERE partner = $1 AND invitation = $2 AND id = $3)sql",
      name.partner, name.invitation, name.id, outcome.grant());
}

}  // namespace partnerlink::invitation::redemptions
