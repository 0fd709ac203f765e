// What lists and counts of invitations can be filtered by.
#pragma once

#include <vector>

#include "common/filter/filter.h"

namespace partnerlink::invitation::invitations {

// The fields that a list can be filtered by; without the mail address for readers who see it
// masked.
std::vector<filter::Field> ListFields(bool with_email_address);

}  // namespace partnerlink::invitation::invitations
