// Customers that are created: one by one, or as the rows of an import.
#pragma once

#include <cstdint>

#include "partnerlink/directory/v1/customer.pb.h"
#include "partnerlink/directory/v1/user.pb.h"

namespace partnerlink::bench {

// The company of that number, and what the partner keeps of it; without a name.
void FillNewCustomer(uint64_t number, directory::v1::Customer& customer);

void FillFirstAdmin(uint64_t number, directory::v1::User& admin);

}  // namespace partnerlink::bench
