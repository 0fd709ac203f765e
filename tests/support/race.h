// Threads that start together.
#pragma once

#include <latch>
#include <thread>
#include <vector>

namespace partnerlink::support {

// Runs `run(0)` … `run(count - 1)` at the same time and waits for all.
template <typename Run>
void Race(int count, const Run& run) {
  std::latch ready(count);
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      ready.arrive_and_wait();
      run(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace partnerlink::support
