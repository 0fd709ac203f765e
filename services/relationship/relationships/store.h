// The SQL of relationships. Every function runs inside the caller's transaction, under its
// account's row-level security; decides nothing. The state of a relationship that is read is the
// one in effect: ENDING past its end reads ENDED, by the database's clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/filter/filter.h"
#include "common/paging/newest_first.h"
#include "common/postgres/transact.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"

namespace partnerlink::relationship::relationships {

// A relationship's row.
struct Row {
  v1::Relationship relationship;
  std::string id;
  int64_t revision = 0;
  v1::Relationship::State ending_from = v1::Relationship::STATE_UNSPECIFIED;  // before ENDING
};

std::optional<Row> Find(postgres::Transaction& transaction, const std::string& id);

// The same, locked until the transaction ends: nobody else changes it, orders through it, or
// changes what was sold through it. Locks in one order: the edge, its row.
std::optional<Row> Lock(postgres::Transaction& transaction, const std::string& id);

// Opens a RESELLER relationship of another partner, by its id, to this transaction, if it goes
// through the transaction's account (the policies `named_through_provider`).
void OpenToProvider(postgres::Transaction& transaction, const std::string& id);

// Whether another partner's RESELLER relationship goes through the provider: it came with a
// PROVIDER relationship in one combined invitation, and neither that one nor the partnership is
// over.
bool CameThrough(postgres::Transaction& transaction, const std::string& provider,
                 const std::string& id);

// The names of at most `limit` subscriptions that run and were sold through the relationship.
std::vector<std::string> FindActiveSubscriptions(postgres::Transaction& transaction, const Row& row,
                                                 int limit);

// Keeps what the remover attested; needed before the end.
void KeepAttestation(postgres::Transaction& transaction, const Row& row,
                     const v1::Attestation& attestation);

// Removes the relationship now; none if it was not ACTIVE or SUSPENDED.
std::optional<Row> End(postgres::Transaction& transaction, const Row& row);

// Pauses it, or ends the pause; none if it is not in the state of `before` any more.
std::optional<Row> SetState(postgres::Transaction& transaction, const Row& before,
                            v1::Relationship::State state, const std::string& cause);

// ENDING from now on, over after the days of notice that were agreed; none if it was not ACTIVE or
// SUSPENDED. Without any the revision stays: FinishEnd, in the same transaction, counts.
std::optional<Row> BeginEnd(postgres::Transaction& transaction, const Row& before,
                            const std::string& cause, bool revoke_grants);

// As it was before its end began; none if it is not ENDING, or over by now.
std::optional<Row> TakeBackEnd(postgres::Transaction& transaction, const Row& before,
                               const std::string& cause);

// ENDED what is ENDING and over by the clock: this one, waiting for whoever writes it; none if it
// is not.
std::optional<Row> FinishEnd(postgres::Transaction& transaction, const std::string& id);
// At most `limit` of all that nobody else writes.
std::vector<Row> FinishEnds(postgres::Transaction& transaction, int limit);

// The text that is current, in all its locales; at least one.
std::vector<v1::AttestationText> CurrentAttestationTexts(postgres::Transaction& transaction);

// The relationships of the page, and one more if there is one.
std::vector<v1::Relationship> List(postgres::Transaction& transaction,
                                   const paging::NewestFirst& list);

// The fields that a list can be filtered by.
std::vector<filter::Field> ListFields();

// From here until the transaction ends no other one establishes edges of the customer.
void LockCustomer(postgres::Transaction& transaction, const std::string& customer);

// Inserts the edge, with the newest ended one of its triple as predecessor; none if there is a live
// one of the triple.
std::optional<Row> Insert(postgres::Transaction& transaction, const v1::Relationship& relationship,
                          const std::string& source);

// Inserts edges like `relationship` to customers to which there is none, each with its customer as
// its source; those that were inserted.
std::vector<Row> InsertCreated(postgres::Transaction& transaction,
                               const v1::Relationship& relationship,
                               const std::vector<std::string>& customers);

// Whether the partner has a relationship with the customer that is not over.
bool HasLive(postgres::Transaction& transaction, const std::string& partner,
             const std::string& customer);

// The edge of the same type, partner and customer that is not over in its row; one that is by the
// clock reads ENDED.
std::optional<Row> FindLive(postgres::Transaction& transaction,
                            const v1::Relationship& relationship);

// What is known of a customer.
struct Customer {
  bool is_known = false;  // somebody has, or had, a relationship with it
  std::string country;    // that it gave first; empty: not known
};

Customer FindCustomer(postgres::Transaction& transaction, const std::string& name);

// Keeps the customer's country, unless one is kept.
void KeepCountry(postgres::Transaction& transaction, const std::string& customer,
                 const std::string& country);

}  // namespace partnerlink::relationship::relationships
