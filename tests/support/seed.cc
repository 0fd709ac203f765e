#include "tests/support/seed.h"

#include <cstdlib>
#include <iostream>
#include <random>

namespace partnerlink::support {

uint64_t SeedOfThisRun() {
  const char* given = std::getenv("PARTNERLINK_TEST_SEED");
  const uint64_t seed = given != nullptr && *given != '\0' ? std::strtoull(given, nullptr, 10)
                                                           : std::random_device()();
  std::cout << "seed: PARTNERLINK_TEST_SEED=" << seed << " repeats this run" << std::endl;
  return seed;
}

}  // namespace partnerlink::support
