// An invitation's row: its columns, and what is read from them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/postgres/transact.h"
#include "partnerlink/invitation/v1/invitation.pb.h"

namespace partnerlink::invitation::invitations {

// An invitation's row. The message's state is the one in effect: AWAITING_PROVIDER and PENDING past
// their expiry read EXPIRED, by the database's clock.
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

// The SQL of the state in effect, of an invitation `i`.
#define PARTNERLINK_EFFECTIVE_STATE                                                               \
  "(CASE WHEN i.state IN ('AWAITING_PROVIDER', 'PENDING') AND i.expire_time <= clock_timestamp()" \
  " THEN 'EXPIRED' ELSE i.state END)"

// For statements that read an invitation `i`, also among other things: its columns, how many they
// are, and the row from a slice of them; none if they are null.
const char* SelectedColumns();
inline constexpr int kSelectedColumns = 43;
std::optional<Row> FromSelected(const pqxx::row& row);

// Of statements that select just these columns: the row; none without one.
Row FromRow(const pqxx::row& row);
std::optional<Row> OneRow(const pqxx::result& rows);
std::vector<Row> AllRows(const pqxx::result& rows);

// The same row before and after a change.
struct Changed {
  Row before;
  Row after;
};

// Of statements that change rows which they have read as `due`: what they return.
const std::string& ChangedColumns();
std::vector<Changed> AllChanged(const pqxx::result& rows);

}  // namespace partnerlink::invitation::invitations
