// The SQL of refusals: who has declined an invitation. Every function runs inside the caller's
// transaction; decides nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/paging/newest_first.h"
#include "common/postgres/transact.h"
#include "partnerlink/invitation/v1/invitation.pb.h"
#include "services/invitation/invitations/row.h"

namespace partnerlink::invitation::declines {

// Writes that the account, the transaction's, has declined the invitation, once: of mode TARGETED
// when the invitation, DECLINED by now, says; otherwise now.
v1::Decline Insert(postgres::Transaction& transaction, const invitations::Row& invitation,
                   const std::string& account, const std::string& actor, const std::string& reason);

// The account's; none if it has not declined it.
std::optional<v1::Decline> Find(postgres::Transaction& transaction,
                                const invitations::Row& invitation, const std::string& account);

// The same by the id alone.
std::optional<v1::Decline> FindOf(postgres::Transaction& transaction, const std::string& invitation,
                                  const std::string& account);

// Those of the page of this invitation's, and one more if there is one.
std::vector<v1::Decline> List(postgres::Transaction& transaction, const paging::NewestFirst& list,
                              const std::string& invitation);

}  // namespace partnerlink::invitation::declines
