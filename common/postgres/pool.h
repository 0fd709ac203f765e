// Connections of one login to PostgreSQL. A connection is a single-thread world: one borrower at a
// time. A connection on which anything broke is thrown away.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/metrics/metrics.h"
#include "libpq-fe.h"
#include "pqxx/pqxx"

namespace partnerlink::postgres {

// A statement that is its own transaction ends after this time; a transaction sets its own.
inline constexpr absl::Duration kStatementTimeout = absl::Seconds(2);
// So long a statement waits for a lock, in a transaction or alone.
inline constexpr absl::Duration kLockTimeout = absl::Milliseconds(500);

// libpqxx's connection, which shows libpq's.
class OpenConnection final : public pqxx::connection_base {
 public:
  explicit OpenConnection(const std::string& conninfo);
  ~OpenConnection() noexcept { close(); }

  PGconn* libpq() const { return policy_.made; }

 private:
  struct Policy final : pqxx::connect_direct {
    using connect_direct::connect_direct;
    handle do_startconnect(handle previous) override {
      return made = connect_direct::do_startconnect(previous);
    }
    handle do_dropconnect(handle last) noexcept override {
      made = nullptr;
      return connect_direct::do_dropconnect(last);
    }
    handle do_disconnect(handle last) noexcept override {
      made = nullptr;
      return connect_direct::do_disconnect(last);
    }

    PGconn* made = nullptr;
  };

  Policy policy_;
};

// One connection and the statements prepared on it.
class Connection {
 public:
  explicit Connection(const std::string& conninfo);

  OpenConnection& get() { return connection_; }

  // The name under which `sql` is prepared; prepares it at first use.
  const std::string& Prepared(const std::string& sql);

 private:
  OpenConnection connection_;
  std::unordered_map<std::string, std::string> names_;
};

class Pool {
 public:
  // At most `size` connections, opened when first needed. `conninfo` as libpq takes it; `login`
  // labels the gauges.
  Pool(const std::string& login, const std::string& conninfo, int size);

  // A borrowed connection goes back when this is destroyed.
  class Lease {
   public:
    Lease(Pool* pool, std::unique_ptr<Connection> connection)
        : pool_(pool), connection_(std::move(connection)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();

    Connection& operator*() { return *connection_; }
    Connection* operator->() { return connection_.get(); }
    // Closes the connection instead of giving it back, and the idle ones with it: what broke one, a
    // restart or a fail-over, has mostly broken all.
    void Discard();

   private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  // Waits for a free connection until `deadline`; null if there is none by then. Throws
  // pqxx::broken_connection if a new one cannot be opened.
  std::unique_ptr<Lease> Borrow(absl::Time deadline);

 private:
  void Return(std::unique_ptr<Connection> connection);
  void Count() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string conninfo_;
  const int size_;
  metrics::Gauge& idle_gauge_;
  metrics::Gauge& busy_gauge_;
  absl::Mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_ ABSL_GUARDED_BY(mutex_);
  int in_use_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace partnerlink::postgres
