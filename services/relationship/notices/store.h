// The SQL of notices to customers. Every function runs inside the caller's transaction; decides
// nothing.
#pragma once

#include <optional>
#include <string>

#include "common/postgres/transact.h"
#include "partnerlink/invitation/v1/invitation_service.pb.h"

namespace partnerlink::relationship::notices {

// A notice that a customer is to have: a row of the table.
struct Notice {
  std::string id;  // a UUID: names the notice, once for ever
  invitation::v1::QueueNoticeRequest::Kind kind =
      invitation::v1::QueueNoticeRequest::KIND_UNSPECIFIED;
  std::string resource;  // the name of what it is about
  std::string partner;
  std::string customer;
};

// By the partner, of what it does itself.
void Insert(postgres::Transaction& transaction, const Notice& notice);

// For the worker: one that is due and that nobody else carries out; held until the transaction
// ends.
std::optional<Notice> Take(postgres::Transaction& transaction);

// It is due again after a while: Directory does not know the customer yet.
void Postpone(postgres::Transaction& transaction, const Notice& notice);

// It is done, with this outcome.
void Close(postgres::Transaction& transaction, const Notice& notice, const std::string& outcome);

// Whom Directory knows as a customer's contact.
struct Contact {
  std::string display_name;  // the customer's
  std::string country;
  std::string email_address;  // may be empty
};

// For the worker. None if Directory does not know the customer. The transaction is of the customer
// from here on.
std::optional<Contact> FindContact(postgres::Transaction& transaction, const std::string& customer);

}  // namespace partnerlink::relationship::notices
