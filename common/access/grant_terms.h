// What a grant may hold, and what is given where nobody says. Pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/status/status.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace partnerlink::access {

// Holds every other role too.
inline constexpr std::string_view kGlobalAdmin = "global_admin";

// The catalogue of roles.
inline constexpr std::array<std::string_view, 6> kGrantRoles = {
    "user_admin",         "license_admin",    "service_admin",
    "subscription_admin", "directory_reader", kGlobalAdmin};

// The roles that are asked for where nobody says which: all but kGlobalAdmin.
inline constexpr std::array<std::string_view, 5> kDefaultGrantRoles = {
    "user_admin", "license_admin", "service_admin", "subscription_admin", "directory_reader"};

// The longest time of a grant, and the default.
inline constexpr int kMostGrantDays = 730;

using Roles = google::protobuf::RepeatedPtrField<std::string>;

// Adds what breaks the documented shape of a grant's terms, each field's name behind `path`, such
// as `grant.`. Days 0 stands for the default. No roles are fine: whoever needs some says so.
void CheckGrantTerms(const Roles& roles, int32_t duration_days, int32_t auto_extend,
                     std::string_view path, FieldViolations& violations);

// The default roles, as a message holds them.
Roles DefaultGrantRoles();

}  // namespace partnerlink::access
