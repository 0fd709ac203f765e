// The SQL of what removals leave to be done, for the worker login. Every function runs inside the
// caller's transaction; decides nothing.
#pragma once

#include <optional>
#include <string>

#include "common/postgres/transact.h"

namespace partnerlink::relationship::removals {

// Something to be done.
struct Duty {
  std::string partner;
  std::string relationship;  // its id
  std::string customer;
  bool is_notice = false;  // the customer is told; otherwise grants are revoked
};

// One that is due and that nobody else does; held until the transaction ends.
std::optional<Duty> TakeDuty(postgres::Transaction& transaction);

// It is done, with this outcome.
void CloseDuty(postgres::Transaction& transaction, const Duty& duty, const std::string& outcome);

// Whom Directory knows as a customer's contact.
struct Contact {
  std::string display_name;  // the customer's
  std::string country;
  std::string email_address;  // may be empty
};

// None if Directory does not know the customer. The transaction is of the customer from here on.
std::optional<Contact> FindContact(postgres::Transaction& transaction, const std::string& customer);

}  // namespace partnerlink::relationship::removals
