#include "services/invitation/redemptions/store.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/postgres/fields.h"
#include "common/postgres/text_array.h"

namespace partnerlink::invitation::redemptions {
namespace {

using postgres::ParseEnum;
using postgres::Transaction;

// One column per line of FromRow, but for the last: the relationships.
constexpr char kColumns[] =
    "r.partner || '/invitations/' || r.invitation, r.id, r.customer, r.actor,"
    " " PARTNERLINK_MICROS("r.accept_time") ", r.agreement_version, r.granted";

constexpr int kColumnCount = 8;
// The last: an array of arrays, which come flat, of each relationship what OutcomeFrom reads.
constexpr size_t kRelationshipTexts = 5;
constexpr char kRelationships[] =
    "ARRAY(SELECT ARRAY[o.type, o.edge_partner, o.relationship, o.state, o.reason]"
    " FROM invitation.redemption_relationships o"
    " WHERE o.partner = r.partner AND o.invitation = r.invitation AND o.redemption = r.id"
    " ORDER BY o.type DESC)";
constexpr char kPartnershipType[] = "PARTNERSHIP";
// One column per part of PartiesFrom.
constexpr char kPartyColumns[] =
    "t.partner, t.display_name, t.country, t.is_active, t.is_reseller, t.is_provider,"
    " t.provider, t.provider_display_name, t.provider_country, t.provider_is_active,"
    " t.provider_is_reseller, t.provider_is_provider, t.wants_to_confirm, t.partnership,"
    " t.partnership_is_active,"
    " t.account, t.account_display_name, t.account_country, t.account_is_active,"
    " t.account_is_reseller, t.account_is_provider,"
    " t.customer_country, t.verified_domains, t.current_agreement";
constexpr int kPartyCount = 24;

v1::Redemption::RelationshipOutcome OutcomeFrom(const std::string* texts) {
  v1::Redemption::RelationshipOutcome outcome;
  outcome.set_type(ParseEnum(texts[0], relationship::v1::Relationship::Type_Parse));
  outcome.set_partner(texts[1]);
  outcome.set_relationship(texts[2]);
  outcome.set_state(ParseEnum(texts[3], v1::Redemption::RelationshipOutcome::State_Parse));
  outcome.set_reason(ParseEnum(texts[4], common::v1::ErrorReason_Parse));
  return outcome;
}

v1::Redemption::PartnershipOutcome PartnershipFrom(const std::string* texts) {
  const v1::Redemption::RelationshipOutcome same = OutcomeFrom(texts);
  v1::Redemption::PartnershipOutcome outcome;
  outcome.set_partnership(same.relationship());
  outcome.set_state(same.state());
  outcome.set_reason(same.reason());
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
    if (relationships[i] == kPartnershipType) {
      *redemption.mutable_partnership() = PartnershipFrom(&relationships[i]);
    } else {
      *redemption.add_relationships() = OutcomeFrom(&relationships[i]);
    }
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

// What became of what a redemption is for: `resource` is its name.
void Settle(Transaction& transaction, const RedemptionName& name, const std::string& type,
            const std::string& resource, bool active, common::v1::ErrorReason reason) {
  transaction.RunLater(
      R"sql(UPDATE invitation.redemption_relationships
            SET relationship = $5, state = $6, reason = $7
            WHERE partner = $1 AND invitation = $2 AND redemption = $3 AND type = $4
              AND state = 'PENDING')sql",
      name.partner, name.invitation, name.id, type, resource, active ? "ACTIVE" : "REFUSED",
      active ? "" : common::v1::ErrorReason_Name(reason));
}

std::string ReceivedFrom(const std::string& domains, const std::string& email_key) {
  return absl::StrCat("SELECT ", invitations::SelectedColumns(), ", ", kPartyColumns, ", ",
                      PARTNERLINK_MICROS("clock_timestamp()"),
                      " FROM (SELECT r.*, common.account() AS customer FROM invitation.received(",
                      domains, ", ", email_key,
                      ") r) i, LATERAL invitation.parties(i.partner, i.provider, i.customer) t");
}

Parties PartiesFrom(const pqxx::row& row) {
  Parties parties;
  if (!row[0].is_null()) parties.partner = parties::PartnerFrom(row, 0);
  if (!row[6].is_null()) parties.provider = parties::ProviderFrom(row, 6);
  if (!row[15].is_null()) parties.reseller = parties::PartnerFrom(row, 15);
  if (!row[21].is_null()) {
    parties.customer = {row[21].as<std::string>(), postgres::FromTextArray(row[22])};
  }
  parties.current_agreement = row[23].as<std::string>();
  return parties;
}

Received ReceivedOf(const pqxx::row& row) {
  constexpr int kParties = invitations::kSelectedColumns;
  constexpr int kPresent = kParties + kPartyCount;
  return {*invitations::FromSelected(row.slice(0, kParties)),
          PartiesFrom(row.slice(kParties, kPresent)), row[kPresent].as<int64_t>()};
}

}  // namespace

Parties FindParties(Transaction& transaction, const invitations::Row& invitation,
                    const std::string& account) {
  return PartiesFrom(transaction.Run(
      absl::StrCat("SELECT ", kPartyColumns, " FROM invitation.parties($1, $2, $3) t"),
      invitation.partner, invitation.invitation.provider(), account)[0]);
}

Agreement FindAgreement(Transaction& transaction, v1::Invitation::Kind kind,
                        const std::string& locale) {
  // Each tag is content with itself without its last subtags: `de-AT` with `de`; everyone with
  // `en`.
  const pqxx::row row = transaction.Run(
      R"sql(
      SELECT version, body, locale
      FROM (SELECT version, body, locale,
              starts_with(lower($1) || '-', lower(locale) || '-') AS fits
            FROM invitation.agreement_texts
            WHERE kind = $2 AND effective_time <= clock_timestamp()
              AND version = (SELECT version FROM invitation.agreement_texts
                             WHERE effective_time <= clock_timestamp()
                             ORDER BY effective_time DESC, version DESC LIMIT 1)) AS current
      WHERE fits OR locale = 'en'
      ORDER BY fits DESC, length(locale) DESC
      LIMIT 1)sql",
      locale, v1::Invitation::Kind_Name(kind))[0];
  return {row[0].as<std::string>(), row[1].as<std::string>(), row[2].as<std::string>()};
}

std::optional<v1::Redemption> FindAlone(Transaction& transaction, const std::string& name) {
  static const auto* const sql = new std::string(
      absl::StrCat("SELECT ", kColumns,
                   ", r.relationships FROM invitation.get_redemption(common.acting($1), $2, "
                   "$3::uuid, $4::uuid) r"));
  const RedemptionName parts = Parse(name);
  return OneRow(transaction.RunForAccount(*sql, parts.partner, parts.invitation, parts.id));
}

std::vector<v1::Redemption> List(Transaction& transaction, const paging::NewestFirst& list,
                                 const std::string& invitation) {
  const paging::Statement page =
      list.Page(absl::StrCat("SELECT ", kColumns, ", ", kRelationships, R"sql(
          FROM (SELECT partner, invitation, id, customer, actor, accept_time, agreement_version, granted,
                  accept_time AS create_time
                FROM invitation.redemptions WHERE invitation = )sql",
                             transaction.Quote(invitation), ") r"),
                "r");
  std::vector<v1::Redemption> redemptions;
  for (const pqxx::row& row : transaction.RunOnce(page.sql, page.parameters)) {
    redemptions.push_back(FromRow(row));
  }
  return redemptions;
}

Opened Open(Transaction& transaction, const std::string& link, const outbox::RequestKey& key) {
  static const auto* const sql = new std::string(absl::StrCat(
      "SELECT ", invitations::SelectedColumns(),
      ", i.partner || '/invitations/' || i.id, redemption, customer, actor, ",
      PARTNERLINK_MICROS("accept_time"), ", o.agreement_version, granted, relationships, ",
      kPartyColumns, ", request_hash, response, root_event, ", PARTNERLINK_MICROS("present"),
      ", has_declined"
      " FROM invitation.open_link(common.acting($1), $2, $3, $4, $5) o,"
      " LATERAL (SELECT (o.found).*) i,"
      " LATERAL invitation.parties(coalesce(i.partner, ''), coalesce(i.provider, ''), $1) t"));
  const pqxx::row found =
      transaction.RunAheadForAccount(*sql, key.subject, key.method, key.id_or_null(), link)[0];
  constexpr int kRedemption = invitations::kSelectedColumns;
  constexpr int kParties = kRedemption + kColumnCount;
  constexpr int kKept = kParties + kPartyCount;
  Opened opened;
  opened.invitation = invitations::FromSelected(found.slice(0, kRedemption));
  if (!found[kRedemption + 1].is_null()) {
    opened.redemption = FromRow(found.slice(kRedemption, kParties));
  }
  opened.parties = PartiesFrom(found.slice(kParties, kKept));
  opened.kept = outbox::KeptFrom(found, kKept);
  opened.present_micros = found[kKept + 3].as<int64_t>();
  opened.parties.has_declined = found[kKept + 4].as<bool>();
  return opened;
}

v1::Redemption Accept(Transaction& transaction, const invitations::Row& row,
                      const Acceptance& acceptance) {
  transaction.RunLater(
      "SELECT invitation.accept_invitation($1, $2, $3, $4, $5, $6, $7, "
      "$8, " PARTNERLINK_TIME_OF_MICROS("$9") ")",
      acceptance.account, row.partner, row.id, row.revision, row.invitation.generation(),
      acceptance.redemption_id, acceptance.actor, acceptance.agreement_version, acceptance.micros);
  using Outcome = v1::Redemption::RelationshipOutcome;
  using relationship::v1::Relationship;
  v1::Redemption redemption;
  redemption.set_invitation(row.invitation.name());
  redemption.set_name(
      absl::StrCat(redemption.invitation(), "/redemptions/", acceptance.redemption_id));
  redemption.set_customer(acceptance.account);
  redemption.set_actor(acceptance.actor);
  *redemption.mutable_accept_time() = postgres::TimeOfMicros(acceptance.micros);
  redemption.set_agreement_version(acceptance.agreement_version);
  const auto add = [&](Relationship::Type type, const std::string& partner) {
    Outcome& outcome = *redemption.add_relationships();
    outcome.set_type(type);
    outcome.set_partner(partner);
    outcome.set_state(Outcome::PENDING);
  };
  if (row.invitation.kind() == v1::Invitation::PARTNERSHIP) {
    redemption.mutable_partnership()->set_state(Outcome::PENDING);
    return redemption;
  }
  add(Relationship::RESELLER, row.partner);
  if (!row.invitation.provider().empty()) add(Relationship::PROVIDER, row.invitation.provider());
  return redemption;
}

void RecordOutcome(Transaction& transaction, const std::string& redemption,
                   const relationship::v1::EstablishRelationshipsResponse& outcome) {
  const RedemptionName name = Parse(redemption);
  for (const auto& edge : outcome.edges()) {
    using Edge = relationship::v1::EstablishRelationshipsResponse::Edge;
    Settle(transaction, name, relationship::v1::Relationship::Type_Name(edge.type()),
           edge.relationship(), edge.state() == Edge::ACTIVE, edge.reason());
  }
  if (outcome.grant().empty()) return;
  transaction.RunLater(
      R"sql(UPDATE invitation.redemptions SET granted = $4
            WHERE partner = $1 AND invitation = $2 AND id = $3)sql",
      name.partner, name.invitation, name.id, outcome.grant());
}

void RecordPartnership(Transaction& transaction, const std::string& redemption,
                       const relationship::v1::EstablishPartnershipResponse& outcome) {
  Settle(transaction, Parse(redemption), kPartnershipType, outcome.partnership(),
         outcome.state() == relationship::v1::EstablishPartnershipResponse::ACTIVE,
         outcome.reason());
}

std::optional<v1::Redemption> FindRedemption(Transaction& transaction,
                                             const invitations::Row& invitation,
                                             const std::string& account) {
  return OneRow(transaction.Run(
      absl::StrCat("SELECT ", kColumns, ", ", kRelationships,
                   " FROM invitation.redemptions r"
                   " WHERE r.partner = $1 AND r.invitation = $2 AND r.customer = $3"),
      invitation.partner, invitation.id, account));
}

std::optional<v1::Redemption> FindRedemptionOf(Transaction& transaction,
                                               const std::string& invitation,
                                               const std::string& account) {
  return OneRow(transaction.Run(absl::StrCat("SELECT ", kColumns, ", ", kRelationships,
                                             " FROM invitation.redemptions r"
                                             " WHERE r.customer = $2 AND r.invitation = $1"),
                                invitation, account));
}

std::vector<std::string> FindVerifiedDomains(Transaction& transaction,
                                             const std::string& customer) {
  const pqxx::result rows = transaction.Run(
      "SELECT verified_domains FROM directory.published_customers WHERE name = $1", customer);
  return rows.empty() ? std::vector<std::string>() : postgres::FromTextArray(rows[0][0]);
}

std::vector<Received> ListReceived(Transaction& transaction, const paging::NewestFirst& list,
                                   const Addressee& addressee) {
  const auto quoted = [&](const std::string& text) { return transaction.Quote(text); };
  const paging::Statement page =
      list.Page(ReceivedFrom(quoted(postgres::ToTextArray(addressee.verified_domains)) + "::text[]",
                             quoted(addressee.email_key)),
                "i");
  std::vector<Received> received;
  for (const pqxx::row& row : transaction.RunOnce(page.sql, page.parameters)) {
    received.push_back(ReceivedOf(row));
  }
  return received;
}

std::optional<Received> FindReceived(Transaction& transaction, const std::string& id,
                                     const Addressee& addressee) {
  static const auto* const sql =
      new std::string(ReceivedFrom("$2::text[]", "$3") + " WHERE i.id = $1");
  const pqxx::result rows = transaction.Run(
      *sql, id, postgres::ToTextArray(addressee.verified_domains), addressee.email_key);
  if (rows.empty()) return std::nullopt;
  return ReceivedOf(rows[0]);
}

}  // namespace partnerlink::invitation::redemptions
