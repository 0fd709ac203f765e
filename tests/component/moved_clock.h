// The clock of this process, moved while one of these lives: whatever reads the time of day reads
// it so. The database's stays.
#pragma once

#include <cstdint>

namespace partnerlink::support {

class MovedClock {
 public:
  explicit MovedClock(int64_t seconds);
  ~MovedClock();
  MovedClock(const MovedClock&) = delete;
  MovedClock& operator=(const MovedClock&) = delete;
};

}  // namespace partnerlink::support
