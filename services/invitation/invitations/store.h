// The SQL of invitations. Every function runs inside the caller's transaction, under its account's
// row-level security; decides nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "common/filter/filter.h"
#include "common/outbox/mutate.h"
#include "common/paging/newest_first.h"
#include "common/postgres/transact.h"
#include "partnerlink/invitation/v1/invitation_service.pb.h"
#include "services/invitation/invitations/row.h"
#include "services/invitation/parties/store.h"

namespace partnerlink::invitation::invitations {

enum class Lock { kNone, kForUpdate };

std::optional<Row> Find(postgres::Transaction& transaction, const std::string& partner,
                        const std::string& id, Lock lock);

// The same by the function get_invitation: for a read of one statement.
std::optional<Row> FindAlone(postgres::Transaction& transaction, const std::string& partner,
                             const std::string& id);

// By the id alone: only for rows that the transaction's link opens (Transaction::SeeInvitation).
std::optional<Row> FindByLink(postgres::Transaction& transaction, const std::string& id, Lock lock);

// What an invitation rests on.
struct Ground {
  std::optional<outbox::Kept> kept;  // of the call
  int64_t present_micros = 0;        // by the database's clock
  std::optional<parties::Partner> partner;
  std::string agreement_version;  // in force
  // An issued one of the same partner, kind and provider with the same account, domain or address.
  std::optional<std::string> open_equal;
  bool is_some_due = false;  // an open invitation of the partner is past its expiry
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

// DRAFT → `to`, which is PENDING or AWAITING_PROVIDER, its time running from now; none if it is no
// longer a DRAFT.
std::optional<Row> Issue(postgres::Transaction& transaction, const Row& row,
                         v1::Invitation::State to, const std::string& agreement_version);

// AWAITING_PROVIDER → PENDING, its time running anew; none if the row is no longer the one that was
// read, or past its expiry.
std::optional<Row> Approve(postgres::Transaction& transaction, const Row& row);

// AWAITING_PROVIDER → REFUSED; none as with Approve.
std::optional<Row> Refuse(postgres::Transaction& transaction, const Row& row,
                          const std::string& reason);

// DRAFT, AWAITING_PROVIDER, PENDING → REVOKED; none if it is none of them, or past its expiry.
std::optional<Row> Revoke(postgres::Transaction& transaction, const Row& row,
                          const std::string& cause);

// PENDING → DECLINED by `customer`; none if it is not PENDING or past its expiry.
std::optional<Row> Decline(postgres::Transaction& transaction, const Row& row,
                           const std::string& customer, const std::string& reason);

// PENDING, EXPIRED → `to`, which is PENDING or AWAITING_PROVIDER, with the row's generation, link,
// texts and ttl, no mail of that link sent yet, its time running from now; none if it is neither of
// them, or of another generation than the one before.
std::optional<Row> Resend(postgres::Transaction& transaction, const Row& row,
                          v1::Invitation::State to, const std::string& agreement_version);

// Lets a PENDING one end a whole `row` ttl from now, with the row's texts, and be reminded of anew;
// none if it is not PENDING, past its expiry, or would not end later.
std::optional<Row> Extend(postgres::Transaction& transaction, const Row& row);

// Writes into the invitation what the mails say of its current link: the newest that is not
// CANCELLED. None if there is no such invitation.
std::optional<Row> ShowDelivery(postgres::Transaction& transaction, const std::string& partner,
                                const std::string& id);

// How many invitations the partner has issued in the last 24 hours. Nobody else counts for it until
// this transaction ends: of those who come at once each sees the ones before.
int64_t CountIssuedToday(postgres::Transaction& transaction, const std::string& partner);

// How long it takes until `number` of these, at least 1, were issued more than 24 hours ago.
absl::Duration TimeUntilForgotten(postgres::Transaction& transaction, const std::string& partner,
                                  int64_t number);

// AWAITING_PROVIDER, PENDING → EXPIRED where the time has come, at most `limit` rows, for a worker
// login; passes over those that somebody holds. Answers what changed.
std::vector<Changed> ExpireDue(postgres::Transaction& transaction, int limit);

// The same of this invitation and of those that are equal to it, which are few; waits for those who
// hold them.
std::vector<Changed> ExpireInTheWay(postgres::Transaction& transaction, const Row& row);

// Notes that the partner is reminded of those AWAITING_PROVIDER or PENDING that end within
// `ahead_seconds`, were given more time than that, and have not had their reminder in this
// generation; at most `limit` rows, for a worker login. Answers them.
std::vector<Changed> RemindDue(postgres::Transaction& transaction, int64_t ahead_seconds,
                               int limit);

// DRAFT, AWAITING_PROVIDER, PENDING → REVOKED for at most `limit` invitations of the ended
// partnership's reseller that ask for its provider too and were made before its end: for a worker
// login. Waits for those that are being accepted.
std::vector<Changed> RevokeCombined(postgres::Transaction& transaction,
                                    const v1::ApplyPartnershipsRequest& ended,
                                    const std::string& cause, int limit);

// The invitations of the page, and one more if there is one.
std::vector<v1::Invitation> List(postgres::Transaction& transaction,
                                 const paging::NewestFirst& list);

// Whose lists there are, of its own invitations and of those that wait for it.
inline constexpr std::string_view kListParents[] = {"partners"};

// How many invitations of the partner the filter admits, whole and by group. `filter`: compiled
// from ListFields with kCountFirstFilterParameter.
inline constexpr int kCountFirstFilterParameter = 2;
v1::CountInvitationsResponse Count(postgres::Transaction& transaction, const std::string& partner,
                                   v1::CountInvitationsRequest::GroupBy group_by,
                                   const filter::Clause& filter);

// As List, of what waits for the consent of the provider that is the list's parent.
std::vector<v1::Invitation> ListInbox(postgres::Transaction& transaction,
                                      const paging::NewestFirst& list);

}  // namespace partnerlink::invitation::invitations
