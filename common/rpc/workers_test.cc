#include "common/rpc/workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <set>
#include <thread>
#include <vector>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"

namespace partnerlink::rpc {
namespace {

// Workers that all stand still until they are released.
class HeldWorkers {
 public:
  explicit HeldWorkers(int count) : busy_(count), workers_("test", count) {
    for (int i = 0; i < count; ++i) {
      workers_.Run([this] {
        busy_.DecrementCount();
        release_.WaitForNotification();
      });
    }
    busy_.Wait();
  }
  ~HeldWorkers() { Release(); }

  Workers& operator*() { return workers_; }
  Workers* operator->() { return &workers_; }
  void Release() {
    if (!release_.HasBeenNotified()) release_.Notify();
  }

 private:
  absl::BlockingCounter busy_;
  absl::Notification release_;
  Workers workers_;
};

TEST(WorkersTest, RunAtTheSameTime) {
  constexpr int kCount = 3;
  absl::Mutex mutex;
  std::set<std::thread::id> threads;
  std::latch together(kCount);
  {
    Workers workers("test", kCount);
    for (int i = 0; i < kCount; ++i) {
      EXPECT_TRUE(workers.TryRun([&] {
        together.arrive_and_wait();  // never returns unless all three run at once
        absl::MutexLock lock(&mutex);
        threads.insert(std::this_thread::get_id());
      }));
    }
  }
  EXPECT_EQ(threads.size(), 3u);
}

TEST(WorkersTest, AFullQueueRefusesAtOnce) {
  std::atomic<int> ran = 0;
  {
    HeldWorkers workers(2);
    for (int i = 0; i < 8; ++i) EXPECT_TRUE(workers->TryRun([&] { ++ran; })) << i;
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(workers->TryRun([&] { ran += 100; }));
    EXPECT_EQ(ran, 0);
  }
  EXPECT_EQ(ran, 8) << "what was taken runs, what was refused does not";
}

TEST(WorkersTest, ACallThatComesBackIsNeverRefused) {
  std::atomic<int> ran = 0;
  {
    HeldWorkers workers(1);
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(workers->TryRun([&] { ++ran; }));
    for (int i = 0; i < 10; ++i) workers->Run([&] { ++ran; });
    EXPECT_FALSE(workers->TryRun([&] { ran += 100; }));
  }
  EXPECT_EQ(ran, 14);
}

TEST(WorkersTest, RunInTheirOrder) {
  std::vector<int> order;
  {
    HeldWorkers workers(1);
    for (int i = 0; i < 4; ++i) workers->Run([&order, i] { order.push_back(i); });
  }
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3}));
}

TEST(WorkersTest, TheEndRunsWhatTasksAddToo) {
  std::atomic<int> ran = 0;
  {
    HeldWorkers workers(1);
    workers->Run([&] {
      ++ran;
      workers->Run([&] { ++ran; });
    });
  }
  EXPECT_EQ(ran, 2);
}

TEST(WorkersTest, TheGaugesSayWhatIsGoingOn) {
  HeldWorkers workers(2);
  EXPECT_TRUE(workers->TryRun([] {}));
  EXPECT_EQ(metrics::Workers("test").Value(), 2);
  EXPECT_EQ(metrics::WorkersBusy("test").Value(), 2);
  EXPECT_EQ(metrics::QueueLength("test").Value(), 1);
}

}  // namespace
}  // namespace partnerlink::rpc
