// Identifiers made by a service before its row exists.
#pragma once

#include <string>

namespace partnerlink {

// RFC 9562, version 7, canonical lower-case text: 48 bits of time in ms, then random bits. The time
// only keeps index pages close together; nothing is decided by it.
std::string NewUuid();

}  // namespace partnerlink
