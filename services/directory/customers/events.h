// What a change of a customer leaves in audit and outbox.
#pragma once

#include <string>

#include "common/outbox/change.h"
#include "partnerlink/directory/v1/customer.pb.h"

namespace partnerlink::directory::customers {

// What happened to the customer as `account` sees it: `event` such as `customer.listed`. The
// payload is the customer; before and after are the caller's to set.
outbox::Change ChangeOf(const std::string& account, const std::string& event,
                        const v1::Customer& customer);

}  // namespace partnerlink::directory::customers
