#include "tests/component/moved_clock.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>

#include "absl/base/config.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace {

std::atomic<int64_t> moved_seconds = 0;

}  // namespace

// These stand before the libraries', for libraries too.
extern "C" int clock_gettime(clockid_t clock, struct timespec* time) noexcept {
  const auto result = static_cast<int>(syscall(SYS_clock_gettime, clock, time));
  if (clock == CLOCK_REALTIME) time->tv_sec += moved_seconds;
  return result;
}

namespace absl {
ABSL_NAMESPACE_BEGIN

// The library's own goes on from a sample of the clock for seconds.
Time Now() {
  timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return TimeFromTimespec(time);
}

ABSL_NAMESPACE_END
}  // namespace absl

namespace partnerlink::support {

MovedClock::MovedClock(int64_t seconds) { moved_seconds = seconds; }
MovedClock::~MovedClock() { moved_seconds = 0; }

}  // namespace partnerlink::support
