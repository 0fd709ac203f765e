// The SQL of invitations. Every function runs inside the caller's transaction, under its account's
// row-level security; decides nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/filter/filter.h"
#include "common/outbox/mutate.h"
#include "common/paging/newest_first.h"
#include "common/postgres/transact.h"
#include "partnerlink/invitation/v1/invitation.pb.h"

namespace partnerlink::invitation::invitations {

// An invitation's row. The message's state is the one in effect: PENDING past its expiry reads
// EXPIRED, by the database's clock.
struct Row {
  v1::Invitation invitation;
  std::string partner;
  std::string id;
  int64_t revision = 0;
  std::string email_key;   // the hint's address, normalised
  std::string decided_by;  // the customer that accepted or declined
  int64_t decide_micros = 0;
  // Of the link; see services/invitation/link.
  std::string salt;
  uint8_t key_id = 0;
  std::string secret_hash;
};

// What the rules ask of a partner.
struct Partner {
  std::string name;
  std::string display_name;
  std::string country;
  bool active = false;
};

enum class Lock { kNone, kForUpdate };

std::optional<Row> Find(postgres::Transaction& transaction, const std::string& partner,
                        const std::string& id, Lock lock);

// The same by the function get_invitation: for a read of one statement.
std::optional<Row> FindAlone(postgres::Transaction& transaction, const std::string& partner,
                             const std::string& id);

// By the id alone: only for rows that the transaction's link opens (Transaction::SeeInvitation).
std::optional<Row> FindByLink(postgres::Transaction& transaction, const std::string& id, Lock lock);

// For statements of the redemptions' room that read an invitation `i` among other things: its
// columns, how many they are, and the row from a slice of them; none if they are null.
const char* SelectedColumns();
inline constexpr int kSelectedColumns = 38;
std::optional<Row> FromSelected(const pqxx::row& row);

std::optional<Partner> FindPartner(postgres::Transaction& transaction, const std::string& name);

// What an invitation rests on.
struct Ground {
  std::optional<outbox::Kept> kept;  // of the call
  int64_t present_micros = 0;        // by the database's clock
  std::optional<Partner> partner;
  std::string agreement_version;  // in force
  // An open invitation of the same partner and kind with the same account, domain or address.
  std::optional<std::string> open_equal;
  bool is_some_due = false;  // an invitation of the partner is PENDING past its expiry
};

// By the function find_ground. Nothing is kept of a call without `key`.
Ground FindGround(postgres::Transaction& transaction, const Row& row,
                  const outbox::RequestKey& key = {});

// Inserts a draft, made at this time, with whatever the transaction does next: the message's
// writable fields, the row's partner, id, email_key and link fields. Answers it.
Row InsertDraft(postgres::Transaction& transaction, const Row& row, int64_t present_micros);

// Writes the writable fields of a DRAFT; none if it is no longer one.
std::optional<Row> UpdateDraft(postgres::Transaction& transaction, const Row& row);

// Deletes a DRAFT; false if it is no longer one.
bool DeleteDraft(postgres::Transaction& transaction, const Row& row);

// DRAFT → PENDING, its time running from now; none if it is no longer a DRAFT.
std::optional<Row> Issue(postgres::Transaction& transaction, const Row& row,
                         const std::string& agreement_version);

// DRAFT, PENDING → REVOKED; none if it is neither, or past its expiry.
std::optional<Row> Revoke(postgres::Transaction& transaction, const Row& row,
                          const std::string& cause);

// PENDING → DECLINED by `customer`; none if it is not PENDING or past its expiry.
std::optional<Row> Decline(postgres::Transaction& transaction, const Row& row,
                           const std::string& customer, const std::string& reason);

// How many invitations the partner has issued in the last 24 hours.
int64_t CountIssuedToday(postgres::Transaction& transaction, const std::string& partner);

// PENDING → EXPIRED where the time has come, at most `limit` rows; of one partner, or of all for a
// worker login (`partner` empty). Answers the rows that changed.
std::vector<Row> ExpireDue(postgres::Transaction& transaction, const std::string& partner,
                           int limit);

// The invitations of the page, and one more if there is one.
std::vector<v1::Invitation> List(postgres::Transaction& transaction,
                                 const paging::NewestFirst& list);

// The fields that a list can be filtered by; without the mail address for readers who see it
// masked.
std::vector<filter::Field> ListFields(bool with_email_address);

}  // namespace partnerlink::invitation::invitations
