// The one way to the database: a function that runs inside a transaction of the caller's account.
// The one place that catches pqxx exceptions: everything above sees absl::Status.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/context/call_context.h"
#include "common/postgres/pipeline.h"
#include "common/postgres/pool.h"
#include "pqxx/pqxx"

namespace partnerlink::postgres {

// What the account of a transaction must be for it to open.
enum class Standing {
  kMayAct,  // not suspended: PARTNER_SUSPENDED otherwise
  kAny      // the answer itself says how the account stands
};

// A transaction. Statements throw; Transact catches.
class Transaction {
 public:
  // `in_time`: enough is left for a statement that is its own transaction.
  Transaction(Connection& connection, const std::string& account, bool in_time)
      : connection_(connection),
        account_(account),
        in_time_(in_time),
        work_(connection.get(), "transact") {}

  // Runs a fixed statement, prepared once per connection, with its parameters bound.
  template <typename... Args>
  pqxx::result Run(const std::string& sql, Args&&... args) {
    const std::string& name = connection_.Prepared(sql);
    SendWaiting();
    return work_.exec_prepared(name, std::forward<Args>(args)...);
  }

  // The same for a statement whose rows nobody reads. It is sent, in order, in one round trip with
  // whatever comes next, COMMIT at the latest; what fails in it fails then.
  template <typename... Args>
  void RunLater(const std::string& sql, Args&&... args) {
    waiting_.Add(connection_.Prepared(sql), {Parameter(std::forward<Args>(args))...});
    if (waiting_.full()) SendWaiting();
  }

  // Runs such a statement now, in one round trip with those that wait. How many rows it has
  // changed.
  template <typename... Args>
  int64_t RunAndCount(const std::string& sql, Args&&... args) {
    RunLater(sql, std::forward<Args>(args)...);
    return SendWaiting();
  }

  // Runs a fixed statement that calls a function of an account: $1 is the transaction's account,
  // `args` are bound from $2 on. All that Access::kOneStatement may run, and it once.
  template <typename... Args>
  pqxx::result RunForAccount(const std::string& sql, Args&&... args) {
    return Run(sql, account_, std::forward<Args>(args)...);
  }

  // The same before the transaction begins, as one of its own: a round trip less for what a change
  // rests on, as long as the change's guards look again. In the transaction where it has begun, or
  // where less time is left than kStatementTimeout.
  template <typename... Args>
  pqxx::result RunAheadForAccount(const std::string& sql, Args&&... args) {
    if (is_open_ || !in_time_) return RunForAccount(sql, std::forward<Args>(args)...);
    return work_.exec_prepared(connection_.Prepared(sql), account_, std::forward<Args>(args)...);
  }

  // Runs a statement whose text depends on the request (a list's filter), or whose best plan on how
  // full its tables are: planned anew, not kept prepared.
  pqxx::result RunOnce(const std::string& sql, const std::vector<std::string>& parameters);

  // Opens the rows of the invitation a link names to this transaction (the policy family `link`).
  void SeeInvitation(std::string_view id);

  std::string Quote(std::string_view text) const;

  // Opened with the first statement.
  void Begin(bool read_only, Standing standing, int64_t timeout_milliseconds);
  void Commit();
  // Forgets what waits.
  void Rollback();

 private:
  int64_t SendWaiting();

  Connection& connection_;
  const std::string& account_;
  const bool in_time_;
  pqxx::nontransaction work_;
  Pipeline waiting_;
  bool is_open_ = false;  // at the server
};

enum class Access {
  kReadOnly,
  kReadWrite,
  // A read by one statement, which is the transaction: one round trip instead of three. It calls a
  // plpgsql function that takes the account first, sets `partnerlink.account` to it until the
  // transaction ends, and answers rows: SECURITY INVOKER, so that the policies hold as ever, or as
  // its owner with the wall in itself. Another statement would see nobody's rows. Whether the
  // account may act the statement asks itself: it gives common.acting($1) to the function.
  // statement_timeout is kStatementTimeout; where less time is left, the same statement runs in a
  // transaction like kReadOnly.
  kOneStatement
};

// Whose rows a transaction sees, and for how long it may run.
struct Scope {
  std::string account;  // empty: nobody's, or everybody's for a worker login
  absl::Time deadline = absl::InfiniteFuture();
  Access access = Access::kReadWrite;
  Standing standing = Standing::kMayAct;
};

// Runs `body` in one READ COMMITTED transaction: committed when it answers OK, rolled back
// otherwise. Serialisation failures, deadlocks and a lost race for a unique key run it again, at
// most 3 times; then CONFLICT. So does what the walls refuse, as a grant may have ended by the
// clock since `body` decided by it: it decides anew; then INTERNAL. So does, once, a connection
// that breaks before the commit: it may have been dead for long. statement_timeout is the time left
// less 200 ms. A transaction of a suspended partner does not open: PARTNER_SUSPENDED. One that
// writes keeps its account from being suspended until it ends. A database that does not answer is
// DEPENDENCY_UNAVAILABLE; a passed deadline DEADLINE; anything else an error without a reason
// (INTERNAL), whose text is for the log.
absl::Status TransactStatus(Pool& pool, const Scope& scope,
                            const std::function<absl::Status(Transaction&)>& body);

template <typename Result>
absl::StatusOr<Result> Transact(Pool& pool, const Scope& scope,
                                const std::function<absl::StatusOr<Result>(Transaction&)>& body) {
  std::optional<Result> result;
  absl::Status status = TransactStatus(pool, scope, [&](Transaction& transaction) {
    absl::StatusOr<Result> answer = body(transaction);
    if (answer.ok()) result = *std::move(answer);
    return answer.status();
  });
  if (!status.ok()) return status;
  return *std::move(result);
}

// A read of the caller's rows.
template <typename Result>
absl::StatusOr<Result> Read(Pool& pool, const CallContext& context,
                            const std::function<absl::StatusOr<Result>(Transaction&)>& body) {
  return Transact<Result>(
      pool, Scope{context.principal.account, context.deadline, Access::kReadOnly}, body);
}

// The same where one RunForAccount is all that `body` asks of the database: see
// Access::kOneStatement.
template <typename Result>
absl::StatusOr<Result> ReadInOneStatement(
    Pool& pool, const CallContext& context,
    const std::function<absl::StatusOr<Result>(Transaction&)>& body) {
  return Transact<Result>(
      pool, Scope{context.principal.account, context.deadline, Access::kOneStatement}, body);
}

}  // namespace partnerlink::postgres
