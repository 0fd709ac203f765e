#include "common/postgres/pool.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace partnerlink::postgres {

OpenConnection::OpenConnection(const std::string& conninfo)
    : connection_base(policy_), policy_(conninfo) {
  init();
}

Connection::Connection(const std::string& conninfo) : connection_(conninfo) {
  const auto milliseconds = [](absl::Duration time) {
    return absl::StrCat(absl::ToInt64Milliseconds(time));
  };
  connection_.set_variable("statement_timeout", milliseconds(kStatementTimeout));
  connection_.set_variable("lock_timeout", milliseconds(kLockTimeout));
  // A plan made while its tables were empty is kept until they are analysed: with a sequential scan
  // in it, each call would read all that the calls before have written.
  connection_.set_variable("enable_seqscan", "off");
}

const std::string& Connection::Prepared(const std::string& sql) {
  auto [entry, added] = names_.try_emplace(sql);
  if (!added) return entry->second;
  const std::string name = absl::StrCat("s", names_.size());
  try {
    connection_.prepare(name, sql);
    connection_.prepare_now(name);
  } catch (...) {
    connection_.unprepare(name);
    names_.erase(entry);
    throw;
  }
  return entry->second = name;
}

Pool::Pool(const std::string& login, const std::string& conninfo, int size)
    : conninfo_(absl::StrCat(conninfo, " connect_timeout=2")),
      size_(size),
      idle_gauge_(metrics::PostgresConnections(login, "idle")),
      busy_gauge_(metrics::PostgresConnections(login, "busy")) {}

Pool::Lease::~Lease() {
  if (pool_ != nullptr) pool_->Return(std::move(connection_));
}

void Pool::Lease::Discard() {
  connection_.reset();
  std::vector<std::unique_ptr<Connection>> suspects;
  absl::MutexLock lock(&pool_->mutex_);
  suspects.swap(pool_->idle_);
  pool_->Count();
}

std::unique_ptr<Pool::Lease> Pool::Borrow(absl::Time deadline) {
  std::unique_ptr<Connection> connection;
  {
    absl::MutexLock lock(&mutex_);
    const auto free = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return in_use_ < size_; };
    if (!mutex_.AwaitWithDeadline(absl::Condition(&free), deadline)) return nullptr;
    ++in_use_;
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
    Count();
  }
  if (!connection) {
    try {
      connection = std::make_unique<Connection>(conninfo_);
    } catch (...) {
      Return(nullptr);
      throw;
    }
  }
  return std::make_unique<Lease>(this, std::move(connection));
}

void Pool::Return(std::unique_ptr<Connection> connection) {
  absl::MutexLock lock(&mutex_);
  --in_use_;
  if (connection) idle_.push_back(std::move(connection));
  Count();
}

void Pool::Count() {
  idle_gauge_.Set(static_cast<double>(idle_.size()));
  busy_gauge_.Set(in_use_);
}

}  // namespace partnerlink::postgres
