// The shape of a company's data, and the form in which they are kept. Pure functions.
#pragma once

#include <string_view>

#include "common/status/status.h"
#include "partnerlink/common/v1/company.pb.h"

namespace partnerlink::request {

// Adds what breaks the documented shape, each field's name behind `path`, such as `company.`.
void CheckCompany(const common::v1::Company& company, std::string_view path,
                  FieldViolations& violations);

// The company with its domains, each once, and its contact's mail address in the form in which they
// are kept.
common::v1::Company Normalise(const common::v1::Company& company);

}  // namespace partnerlink::request
