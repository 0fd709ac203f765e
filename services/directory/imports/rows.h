// What a row of an import asks for, by the rules of customers and of users. Pure functions.
#pragma once

#include <cstdint>
#include <string>

#include "common/status/status.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "services/directory/imports/rules.h"

namespace partnerlink::directory::imports {

// FIELD_INVALID with all that breaks the documented shape of a row.
absl::Status CheckRow(const v1::ImportCustomersRequest::Row& row);

// What a row of sound shape is to create; `made_name` is its name if it gives none.
Creation CreationOf(const v1::ImportCustomersRequest::Row& row, int64_t position,
                    const std::string& made_name);

}  // namespace partnerlink::directory::imports
