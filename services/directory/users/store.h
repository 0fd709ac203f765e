// The SQL of users. Every function runs inside the caller's transaction, under its account's
// row-level security; decides nothing.
#pragma once

#include <cstdint>
#include <string>

#include "common/postgres/transact.h"
#include "partnerlink/directory/v1/user.pb.h"

namespace partnerlink::directory::users {

// The customer's first administrator, of a customer that the account has just created.
void InsertFirstAdmin(postgres::Transaction& transaction, const std::string& customer,
                      const v1::User& user);

// How many users of the customer the account may see.
int32_t Count(postgres::Transaction& transaction, const std::string& customer);

}  // namespace partnerlink::directory::users
