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

constexpr int kColumnCount = 8;
// The last: an array of arrays, which come flat, of each relationship what OutcomeFrom reads.
constexpr size_t kRelationshipTexts = 5;
// One column per line of PartiesFrom.
constexpr int kPartyColumns = 7;

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

Parties PartiesFrom(const pqxx::row& row) {
  Parties parties;
  if (!row[0].is_null()) {
    parties.partner = {row[0].as<std::string>(), row[1].as<std::string>(), row[2].as<std::string>(),
                       row[3].as<bool>()};
  }
  if (!row[4].is_null()) {
    parties.customer = {row[4].as<std::string>(), postgres::FromTextArray(row[5])};
  }
  parties.current_agreement = row[6].as<std::string>();
  return parties;
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
  return PartiesFrom(found);
}

Agreement FindAgreement(Transaction& transaction, const std::string& locale) {
  // `de-AT` is content with `de`; everyone is with `en`.
  const pqxx::row row = transaction.Run(
      R"sql(
      SELECT version, body FROM invitation.agreement_texts
      WHERE effective_time <= clock_timestamp()
        AND lower(locale) IN (lower($1), lower(split_part($1, '-', 1)), 'en')
        AND version = (SELECT version FROM invitation.agreement_texts
                       WHERE effective_time <= clock_timestamp()
                       ORDER BY effective_time DESC, version DESC LIMIT 1)
      ORDER BY lower(locale) = lower($1) DESC, lower(locale) = lower(split_part($1, '-', 1)) DESC
      LIMIT 1)sql",
      locale)[0];
  return {row[0].as<std::string>(), row[1].as<std::string>()};
}

std::optional<v1::Redemption> FindAlone(Transaction& transaction, const std::string& name) {
  static const auto* const sql = new std::string(absl::StrCat(
      "SELECT ", kColumns,
      ", r.relationships FROM invitation.get_redemption($1, $2, $3::uuid, $4::uuid) r"));
  const RedemptionName parts = Parse(name);
  return OneRow(transaction.RunForAccount(*sql, parts.partner, parts.invitation, parts.id));
}

Opened Open(Transaction& transaction, const std::string& link, const outbox::RequestKey& key) {
  static const auto* const sql = new std::string(absl::StrCat(
      "SELECT ", invitations::SelectedColumns(),
      ", i.partner || '/invitations/' || i.id, redemption, customer, actor, " PARTNERLINK_MICROS(
          "accept_time") ", o.agreement_version, granted, relationships,"
                         " o.partner, display_name, partner_country, is_active, customer_country, "
                         "verified_domains,"
                         " current_agreement, request_hash, response, "
                         "root_event, " PARTNERLINK_MICROS(
                             "present") " FROM invitation.open_link($1, $2, $3, $4, $5) o, LATERAL "
                                        "(SELECT (o.found).*) i"));
  const pqxx::row found =
      transaction.RunAheadForAccount(*sql, key.subject, key.method, key.id_or_null(), link)[0];
  constexpr int kRedemption = invitations::kSelectedColumns;
  constexpr int kParties = kRedemption + kColumnCount;
  constexpr int kKept = kParties + kPartyColumns;
  Opened opened;
  opened.invitation = invitations::FromSelected(found.slice(0, kRedemption));
  if (!found[kRedemption + 1].is_null()) {
    opened.redemption = FromRow(found.slice(kRedemption, kParties));
  }
  opened.parties = PartiesFrom(found.slice(kParties, kKept));
  opened.kept = outbox::KeptFrom(found, kKept);
  opened.present_micros = found[kKept + 3].as<int64_t>();
  return opened;
}

v1::Redemption Accept(Transaction& transaction, const invitations::Row& invitation,
                      const Acceptance& acceptance) {
  transaction.RunLater(
      "SELECT invitation.accept_invitation($1, $2, $3, $4, $5, $6, $7, " PARTNERLINK_TIME_OF_MICROS(
          "$8") ")",
      acceptance.customer, invitation.partner, invitation.id, invitation.revision,
      acceptance.redemption_id, acceptance.actor, acceptance.agreement_version, acceptance.micros);
  v1::Redemption redemption;
  redemption.set_invitation(invitation.invitation.name());
  redemption.set_name(
      absl::StrCat(redemption.invitation(), "/redemptions/", acceptance.redemption_id));
  redemption.set_customer(acceptance.customer);
  redemption.set_actor(acceptance.actor);
  *redemption.mutable_accept_time() = postgres::TimeOfMicros(acceptance.micros);
  redemption.set_agreement_version(acceptance.agreement_version);
  auto& outcome = *redemption.add_relationships();
  outcome.set_type(relationship::v1::Relationship::RESELLER);
  outcome.set_partner(invitation.partner);
  outcome.set_state(v1::Redemption::RelationshipOutcome::PENDING);
  return redemption;
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
