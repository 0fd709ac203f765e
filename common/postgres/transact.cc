#include "common/postgres/transact.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/status.h"

namespace partnerlink::postgres {
namespace {

constexpr int kAttempts = 3;
constexpr absl::Duration kReserve = absl::Milliseconds(200);
constexpr absl::Duration kLongest = absl::Seconds(30);
// Of common.acting().
constexpr char kSuspended[] = "PL001";
// Only partners are ever suspended: nobody else's transactions ask.
constexpr char kMayBeSuspended[] = "partners/";

constexpr char kOpen[] =
    "SELECT set_config('partnerlink.account', $1, true), set_config('statement_timeout', $2, true)";
constexpr char kOpenToRead[] =
    "SELECT set_config('partnerlink.account', common.acting($1), true),"
    " set_config('statement_timeout', $2, true)";
constexpr char kOpenToWrite[] =
    "SELECT set_config('partnerlink.account', common.acting_to_write($1), true),"
    " set_config('statement_timeout', $2, true)";

absl::Status DeadlinePassed() {
  return Refusal(common::v1::DEADLINE, "The deadline has passed; nothing is known of the outcome.");
}

absl::Status Unavailable() {
  return Refusal(common::v1::DEPENDENCY_UNAVAILABLE, "The database does not answer now.");
}

int64_t StatementTimeout(absl::Duration left) {
  return std::max<int64_t>(1, absl::ToInt64Milliseconds(std::min(left, kLongest) - kReserve));
}

// What a failed statement means; `retry` when the whole transaction may succeed another time.
struct Failure {
  absl::Status status;
  bool retry = false;
  bool broken = false;
};

Failure LostRace() {
  return {Refusal(common::v1::CONFLICT, "The call lost a race too often: try again."), true, false};
}

Failure Unexplained(const pqxx::sql_error& error) {
  return {absl::InternalError(absl::StrCat("sqlstate ", error.sqlstate(), ": ", error.what())),
          false, false};
}

Failure Explain(const pqxx::sql_error& error, const Scope& scope) {
  const std::string& state = error.sqlstate();
  if (state == "23505") return LostRace();
  // In libpqxx 6 without its code.
  if (state == "42501" || dynamic_cast<const pqxx::insufficient_privilege*>(&error) != nullptr) {
    // A wall has closed between the decision and the statement, as a grant does that ends by the
    // clock: the call is decided anew. If it is not refused then, the wall contradicts the
    // decision.
    Failure failure = Unexplained(error);
    failure.retry = true;
    return failure;
  }
  if (state == "55P03") {
    return {Refusal(common::v1::CONFLICT, "The row is busy: try again."), false, false};
  }
  if (state == kSuspended) {
    return {Refusal(common::v1::PARTNER_SUSPENDED, "The partner is suspended."), false, false};
  }
  if (state == "57014") {
    if (absl::Now() + kReserve * 2 >= scope.deadline) return {DeadlinePassed(), false, false};
    return {Unavailable(), false, false};
  }
  if (state.starts_with("57P") || state.starts_with("53") || state.starts_with("08")) {
    return {Unavailable(), false, true};
  }
  return Unexplained(error);
}

// `may_be_committed`: COMMIT was on its way when the connection broke.
Failure RunBody(Connection& connection, const Scope& scope, absl::Duration left,
                const std::function<absl::Status(Transaction&)>& body, bool& may_be_committed) {
  const bool in_time = left - kReserve >= kStatementTimeout;
  try {
    Transaction transaction(connection, scope.account, in_time);
    const bool alone = scope.access == Access::kOneStatement && in_time;
    if (!alone) {
      transaction.Begin(scope.access != Access::kReadWrite, scope.standing, StatementTimeout(left));
    }
    try {
      absl::Status status = body(transaction);
      if (status.ok()) {
        may_be_committed = scope.access == Access::kReadWrite;
        transaction.Commit();
      } else {
        transaction.Rollback();
      }
      return {std::move(status), false, false};
    } catch (const pqxx::broken_connection&) {
      throw;
    } catch (const pqxx::transaction_rollback&) {  // 40001, 40P01: in libpqxx 6 no sql_error
      transaction.Rollback();
      return LostRace();
    } catch (const pqxx::sql_error& error) {
      Failure failure = Explain(error, scope);
      if (!failure.broken) transaction.Rollback();
      return failure;
    }
  } catch (const pqxx::broken_connection&) {
    return {Unavailable(), false, true};
  } catch (const pqxx::sql_error& error) {
    Failure failure = Explain(error, scope);
    failure.broken = true;
    return failure;
  } catch (const std::exception& error) {
    return {absl::InternalError(error.what()), false, true};
  }
}

}  // namespace

pqxx::result Transaction::RunOnce(const std::string& sql,
                                  const std::vector<std::string>& parameters) {
  SendWaiting();
  return work_.exec_params(sql, pqxx::prepare::make_dynamic_params(parameters));
}

void Transaction::SeeInvitation(std::string_view id) {
  RunLater("SELECT set_config('partnerlink.invitation', $1, true)", std::string(id));
}

std::string Transaction::Quote(std::string_view text) const {
  return connection_.get().quote(std::string(text));
}

void Transaction::Begin(bool read_only, Standing standing, int64_t timeout_milliseconds) {
  const bool asks = standing == Standing::kMayAct && absl::StartsWith(account_, kMayBeSuspended);
  RunLater(read_only ? "BEGIN READ ONLY" : "BEGIN");
  RunLater(!asks ? kOpen : read_only ? kOpenToRead : kOpenToWrite, account_, timeout_milliseconds);
}

void Transaction::Commit() {
  if (!is_open_ && waiting_.empty()) return;
  RunLater("COMMIT");
  SendWaiting();
}

void Transaction::Rollback() {
  waiting_.Clear();
  if (is_open_) work_.exec("ROLLBACK");
}

int64_t Transaction::SendWaiting() {
  if (waiting_.empty()) return 0;
  is_open_ = true;
  return waiting_.Send(connection_.get().libpq());
}

absl::Status TransactStatus(Pool& pool, const Scope& scope,
                            const std::function<absl::Status(Transaction&)>& body) {
  Failure failure;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const absl::Duration left = scope.deadline - absl::Now();
    if (left <= kReserve) return DeadlinePassed();
    std::unique_ptr<Pool::Lease> lease;
    try {
      lease = pool.Borrow(scope.deadline - kReserve);
    } catch (const std::exception&) {
      return Unavailable();
    }
    if (!lease) return DeadlinePassed();
    bool may_be_committed = false;
    failure = RunBody(**lease, scope, left, body, may_be_committed);
    if (failure.broken) lease->Discard();
    // An idle connection may have died long ago, as in a restart of the database; a new one has
    // not.
    const bool may_have_been_dead = failure.broken && !may_be_committed && attempt == 0;
    if (!failure.retry && !may_have_been_dead) break;
  }
  return failure.status;
}

}  // namespace partnerlink::postgres
