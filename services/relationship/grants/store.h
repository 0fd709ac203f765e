// The SQL of grants. Every function runs inside the caller's transaction, under its account's
// row-level security; decides nothing. A grant is read as it is by the database's clock: past its
// end it is EXPIRED, or extended; past its lapse time LAPSED. The writes hold by the same clock,
// and answer none where the row is not, or not any more, in the state that they are for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/filter/filter.h"
#include "common/paging/newest_first.h"
#include "common/postgres/transact.h"
#include "partnerlink/relationship/v1/relationship.pb.h"

namespace partnerlink::relationship::grants {

// A grant's row.
struct Row {
  v1::Grant grant;
  std::string id;
  int64_t revision = 0;
};

// `partner` is `partners/{id}`, `id` the UUID.
std::optional<Row> Find(postgres::Transaction& transaction, const std::string& partner,
                        const std::string& id);

// Locks the grant and its row until the transaction ends; only for those who may change it. What
// the clock says of it is to be read after that. Nobody changes anything by the grant beside it.
void LockRow(postgres::Transaction& transaction, const std::string& partner, const std::string& id);

// The names of at most `limit` grants in force of a partner over a customer.
std::vector<std::string> NamesInForce(postgres::Transaction& transaction,
                                      const std::string& partner, const std::string& customer,
                                      int limit);

// The name of the renewal of this grant that waits or is in force; empty if there is none.
std::string FindRenewal(postgres::Transaction& transaction, const std::string& partner,
                        const std::string& id);

// The relationship of the two that counts, name and state by the clock: one that is ACTIVE,
// otherwise the newest; none if there never was one.
std::optional<v1::Relationship> FindRelationship(postgres::Transaction& transaction,
                                                 const std::string& partner,
                                                 const std::string& customer);

// From here until the transaction ends the partner is not suspended; PARTNER_SUSPENDED, by the
// transaction, if it is.
void KeepActing(postgres::Transaction& transaction, const std::string& partner);

// Whether a list shows drafts.
enum class Drafts { kShown, kHidden };

// The grants of the page, and one more if there is one.
std::vector<v1::Grant> List(postgres::Transaction& transaction, const paging::NewestFirst& list,
                            Drafts drafts);

// The same of those in force whose partner has no relationship with their customer any more.
std::vector<v1::Grant> ListLeftBehind(postgres::Transaction& transaction,
                                      const paging::NewestFirst& list);

// Whose grants both lists show, and the fields that they can be filtered by.
inline constexpr std::string_view kListParents[] = {"partners", "customers"};
std::vector<filter::Field> ListFields();

// Inserts the grant, ACTIVE; it starts now and ends after its duration.
v1::Grant Insert(postgres::Transaction& transaction, const v1::Grant& grant);

// The same for grants like `grant` over each of the customers.
std::vector<v1::Grant> InsertAll(postgres::Transaction& transaction, const v1::Grant& grant,
                                 const std::vector<std::string>& customers);

// Inserts the grant as a draft.
Row InsertDraft(postgres::Transaction& transaction, const v1::Grant& grant);

// What a partner may change of a draft, as it is in `row`.
std::optional<Row> UpdateDraft(postgres::Transaction& transaction, const Row& row);

bool DeleteDraft(postgres::Transaction& transaction, const Row& row);

// CREATED → APPROVAL_PENDING, for `days`.
std::optional<Row> RequestApproval(postgres::Transaction& transaction, const Row& row, int days);

// APPROVAL_PENDING → ACTIVE with the roles, days and extension of `row`; it starts now.
std::optional<Row> Approve(postgres::Transaction& transaction, const Row& row);

// APPROVAL_PENDING → DECLINED or WITHDRAWN.
std::optional<Row> CloseRequest(postgres::Transaction& transaction, const Row& row,
                                v1::Grant::State to, const std::string& cause);

// ACTIVE → TERMINATED, now.
std::optional<Row> Terminate(postgres::Transaction& transaction, const Row& row,
                             const std::string& cause);

// The same, because of its renewal: at the moment in which that one starts.
std::optional<Row> EndAtStartOf(postgres::Transaction& transaction, const Row& renewal,
                                const Row& row, const std::string& cause);

// An ACTIVE one keeps the roles of `row`.
std::optional<Row> KeepRoles(postgres::Transaction& transaction, const Row& row);

// A change that the clock has made: the row as it was stored, and as it is now.
struct Due {
  Row before;
  Row after;
};

// At most `limit` of those whose time has come, of every partner: ACTIVE → EXPIRED,
// APPROVAL_PENDING → LAPSED, an ACTIVE one's new end, and the reminder of an end that is near.
// Passes over what somebody else is changing.
std::vector<Due> ExpireDue(postgres::Transaction& transaction, int limit);
std::vector<Due> LapseDue(postgres::Transaction& transaction, int limit);
std::vector<Due> ExtendDue(postgres::Transaction& transaction, int limit);
std::vector<Due> RemindDue(postgres::Transaction& transaction, int limit);

// The grants in force of a partner over a customer, held until the transaction ends.
std::vector<Row> LockInForce(postgres::Transaction& transaction, const std::string& partner,
                             const std::string& customer);

}  // namespace partnerlink::relationship::grants
