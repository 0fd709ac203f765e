// Customers as rows of CSV: RFC 4180, UTF-8. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "partnerlink/directory/v1/customer.pb.h"

namespace partnerlink::directory::customers {

// A cell: in quotes where it needs them. One that a spreadsheet would take for a formula has an
// apostrophe before it, which makes a text of it; so has one that looks so already.
std::string CsvCell(std::string_view text);

// The row of names.
std::string CsvNames();

// The row of a customer. Several domains, labels (`key=value`) or relationships (`RESELLER ACTIVE`)
// stand on a line each in their cell.
std::string CsvRow(const v1::Customer& customer);

}  // namespace partnerlink::directory::customers
