// What is random in a test can be repeated.
#pragma once

#include <cstdint>

namespace partnerlink::support {

// The seed of a run: PARTNERLINK_TEST_SEED, or a new one. Said on standard output.
uint64_t SeedOfThisRun();

}  // namespace partnerlink::support
