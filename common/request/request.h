// The shapes that requests of every service share. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/status/status.h"

namespace partnerlink::request {

// Adds a violation of `request_id` unless it is empty or a UUID, in any case.
void CheckRequestId(std::string_view request_id, FieldViolations& violations);

// Adds a violation of `field` unless it is at most 300 characters of plain text.
void CheckReason(std::string_view field, std::string_view reason, FieldViolations& violations);

// `partners/{id}`, `customers/{id}`: the collection with an account's id behind it.
bool IsAccountName(std::string_view name, std::string_view collection);

// A name below an account, such as `partners/{id}/invitations/{uuid}`.
struct ChildName {
  std::string account;  // `partners/{id}`
  std::string id;       // the UUID
};

// The parts of such a name; none if it is not of that form.
std::optional<ChildName> ParseChildName(std::string_view name, std::string_view account_collection,
                                        std::string_view collection);

// The UUID of `relationships/{uuid}`; none if it is not of that form.
std::optional<std::string> ParseRelationshipName(std::string_view name);

}  // namespace partnerlink::request
