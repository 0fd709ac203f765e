#include "common/postgres/transact.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/status.h"

namespace partnerlink::postgres {
namespace {

constexpr int kAttempts = 3;
constexpr absl::Duration kReserve = absl::Milliseconds(200);
constexpr absl::Duration kLongest = absl::Seconds(30);

absl::Status DeadlinePassed() {
  return Refusal(common::v1::DEADLINE, "The deadline has passed; nothing is known of the outcome.");
}

absl::Status Unavailable() {
  return Refusal(common::v1::DEPENDENCY_UNAVAILABLE, "The database does not answer now.");
}

void Begin(Transaction& transaction, const Scope& scope, absl::Duration left) {
  const auto milliseconds =
      std::max<int64_t>(1, absl::ToInt64Milliseconds(std::min(left, kLongest) - kReserve));
  transaction.Control(
      absl::StrCat(scope.access == Access::kReadWrite ? "BEGIN" : "BEGIN READ ONLY",
                   "; SELECT set_config('partnerlink.account', ", transaction.Quote(scope.account),
                   ", true), set_config('statement_timeout', '", milliseconds, "', true)"));
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

Failure Explain(const pqxx::sql_error& error, const Scope& scope) {
  const std::string& state = error.sqlstate();
  if (state == "23505") return LostRace();
  if (state == "55P03") {
    return {Refusal(common::v1::CONFLICT, "The row is busy: try again."), false, false};
  }
  if (state == "57014") {
    if (absl::Now() + kReserve * 2 >= scope.deadline) return {DeadlinePassed(), false, false};
    return {Unavailable(), false, false};
  }
  if (state.starts_with("57P") || state.starts_with("53") || state.starts_with("08")) {
    return {Unavailable(), false, true};
  }
  return {absl::InternalError(absl::StrCat("sqlstate ", state, ": ", error.what())), false, false};
}

Failure RunBody(Connection& connection, const Scope& scope, absl::Duration left,
                const std::function<absl::Status(Transaction&)>& body) {
  const bool alone = scope.access == Access::kOneStatement && left - kReserve >= kStatementTimeout;
  try {
    Transaction transaction(connection, scope.account);
    const auto end = [&](const char* how) {
      if (!alone) transaction.Control(how);
    };
    if (!alone) Begin(transaction, scope, left);
    try {
      absl::Status status = body(transaction);
      end(status.ok() ? "COMMIT" : "ROLLBACK");
      return {std::move(status), false, false};
    } catch (const pqxx::broken_connection&) {
      throw;
    } catch (const pqxx::transaction_rollback&) {  // 40001, 40P01: in libpqxx 6 no sql_error
      end("ROLLBACK");
      return LostRace();
    } catch (const pqxx::sql_error& error) {
      Failure failure = Explain(error, scope);
      if (!failure.broken) end("ROLLBACK");
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
  return work_.exec_params(sql, pqxx::prepare::make_dynamic_params(parameters));
}

void Transaction::SeeInvitation(std::string_view id) {
  Run("SELECT set_config('partnerlink.invitation', $1, true)", std::string(id));
}

std::string Transaction::Quote(std::string_view text) const {
  return connection_.get().quote(std::string(text));
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
    failure = RunBody(**lease, scope, left, body);
    if (failure.broken) lease->Discard();
    if (!failure.retry) break;
  }
  return failure.status;
}

}  // namespace partnerlink::postgres
