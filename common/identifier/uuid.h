// Identifiers made by a service before its row exists.
#pragma once

#include <string>
#include <string_view>

namespace partnerlink {

// RFC 9562, version 7, canonical lower-case text: 48 bits of time in ms, then random bits. The time
// only keeps index pages close together; nothing is decided by it.
std::string NewUuid();

// RFC 9562, version 8: the same for the same seed, and for no other.
std::string DerivedUuid(std::string_view seed);

}  // namespace partnerlink
