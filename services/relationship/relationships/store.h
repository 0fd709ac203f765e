// The SQL of relationships. Every function runs inside the caller's transaction, under its
// account's row-level security; decides nothing.
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
};

std::optional<Row> Find(postgres::Transaction& transaction, const std::string& id);

// The same, locked until the transaction ends.
std::optional<Row> FindForUpdate(postgres::Transaction& transaction, const std::string& id);

// From here until the transaction ends nobody orders through the relationship, or changes what was
// sold through it.
void LockEdge(postgres::Transaction& transaction, const std::string& id);

// The names of at most `limit` subscriptions that run and were sold through the relationship.
std::vector<std::string> FindActiveSubscriptions(postgres::Transaction& transaction, const Row& row,
                                                 int limit);

// Keeps what the remover attested; needed before the end.
void KeepAttestation(postgres::Transaction& transaction, const Row& row,
                     const v1::Attestation& attestation);

// Ends the relationship now; none if it was not ACTIVE or SUSPENDED.
std::optional<Row> End(postgres::Transaction& transaction, const Row& row);

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

// The live edge of the same type, partner and customer.
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
