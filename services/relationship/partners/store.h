// The SQL of partners. Every function runs inside the caller's transaction, under its account's
// row-level security; decides nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/filter/filter.h"
#include "common/outbox/change.h"
#include "common/postgres/transact.h"
#include "partnerlink/relationship/v1/relationship.pb.h"

namespace partnerlink::relationship::partners {

// The partner, if the account `viewer` is the partner, or a customer with a relationship to it or a
// partner with a partnership with it that is not over. Without a viewer: as it is.
std::optional<v1::Partner> Find(postgres::Transaction& transaction, const std::string& name,
                                const std::string& viewer = "");

// The same, locked until the transaction ends.
std::optional<v1::Partner> FindForUpdate(postgres::Transaction& transaction,
                                         const std::string& name);

// From here until the transaction ends no transaction of the partner writes.
void LockStanding(postgres::Transaction& transaction, const std::string& name);

// Another state; none if it is not as in `before` any more.
std::optional<v1::Partner> SetState(postgres::Transaction& transaction, const v1::Partner& before,
                                    v1::Partner::State state);

// Writes what an update may write: name and policies.
v1::Partner Update(postgres::Transaction& transaction, const v1::Partner& partner);

// Inserts the partner; none if its name or its number is taken.
std::optional<v1::Partner> Insert(postgres::Transaction& transaction, const v1::Partner& partner);

// The partners that have this name or this number, the one with the name first.
std::vector<v1::Partner> FindTaken(postgres::Transaction& transaction, const std::string& name,
                                   const std::string& partner_number);

// Those of the partners that are enrolled, locked against a change until the transaction ends; by
// name, so that no two transactions wait for each other.
std::vector<v1::Partner> LockShared(postgres::Transaction& transaction,
                                    const std::vector<std::string>& names);

// At most `limit` partners that Find shows to the viewer and the filter admits, by name, after the
// one named `after`.
std::vector<v1::Partner> List(postgres::Transaction& transaction, const std::string& viewer,
                              const filter::Clause& filter, const std::string& after, int limit);

// What a change of a partner leaves in audit and outbox; `before` is null for a new one.
outbox::Change ChangeOf(const std::string& event, const v1::Partner* before,
                        const v1::Partner& after);

// The first parameter that List leaves to the filter.
inline constexpr int kListFirstFilterParameter = 4;

// The fields that a list can be filtered by; for a reader that does not see whole rows only those
// that everyone sees.
std::vector<filter::Field> ListFields(bool sees_whole_rows);

}  // namespace partnerlink::relationship::partners
