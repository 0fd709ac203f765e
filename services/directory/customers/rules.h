// What may be done and seen here. Pure functions over messages and context; the only place of this
// room that names a refusal.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/context/call_context.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "partnerlink/relationship/v1/relationship.pb.h"

namespace partnerlink::directory::customers {

// `partners/{id}` of a reader that is a partner; empty for others.
std::string PartnerOf(const Principal& reader);

// NOT_FOUND unless the reader may see the customer: by one of its edges, which are not over and,
// for a partner, its own, or by one of its grants in force; the customer itself and operators
// always.
absl::Status CheckReader(const Principal& reader, const v1::Customer& customer,
                         const std::vector<relationship::v1::Grant>& grants);

// Adds what view FULL has beyond BASIC: the grants, the count of subscriptions (none: the reader
// may not see them), and what is hidden from this reader and why.
void Complete(const Principal& reader, const std::vector<relationship::v1::Grant>& grants,
              std::optional<int32_t> subscription_count, v1::Customer& customer);

// FIELD_INVALID unless a peer's request is sound: known names and words, positive revisions, each
// relationship once, a company within its limits with domains in their normal form.
absl::Status CheckShape(const v1::ApplyRelationshipsRequest& request);

// COMPANY_REQUIRED.
absl::Status CompanyRequired();

// The partners that a request's edges name, each with the first channel said for it.
std::map<std::string, common::v1::Channel> ChannelsByPartner(
    const v1::ApplyRelationshipsRequest& request);

// Whether a partner that sees this of the customer has it in its list.
bool IsListed(const v1::Customer& customer);

// What happened to the customer in a partner's eyes: `customer.listed`, `customer.unlisted`,
// `customer.edge_changed`.
std::string EventOf(const v1::Customer& before, const v1::Customer& after);

}  // namespace partnerlink::directory::customers
