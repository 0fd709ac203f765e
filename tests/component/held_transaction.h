// A superuser's transaction that holds what its statements have locked until it is let go.
#pragma once

#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/support/test_database.h"

namespace partnerlink::support {

class HeldTransaction {
 public:
  explicit HeldTransaction(const TestDatabase& database)
      : connection_(database.Conninfo("postgres")),
        transaction_(connection_),
        watching_(database.Conninfo("postgres")) {}

  void Run(const std::string& sql) { transaction_.exec(sql); }

  // Waits until a statement of somebody else waits for a lock, at most 10 seconds; whether one
  // does.
  bool AwaitWaiter() {
    const absl::Time end = absl::Now() + absl::Seconds(10);
    pqxx::nontransaction watch(watching_);
    while (watch
               .exec("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                     " AND wait_event_type = 'Lock'")[0][0]
               .as<int>() == 0) {
      if (absl::Now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }

  void LetGo() { transaction_.commit(); }

 private:
  pqxx::connection connection_;
  pqxx::work transaction_;
  pqxx::connection watching_;
};

}  // namespace partnerlink::support
