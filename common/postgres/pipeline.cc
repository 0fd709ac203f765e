#include "common/postgres/pipeline.h"

#include <memory>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace partnerlink::postgres {
namespace {

struct Freed {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, Freed>;

void Require(bool done, PGconn* connection) {
  if (!done) throw pqxx::broken_connection(PQerrorMessage(connection));
}

// The answer to one statement; null if the connection has gone.
Result NextOf(PGconn* connection) {
  Result first(PQgetResult(connection));
  while (first && Result(PQgetResult(connection))) {
  }
  return first;
}

bool Succeeded(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

[[noreturn]] void Throw(const PGresult* result, const std::string& prepared) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string message = PQresultErrorMessage(result);
  if (std::string_view(state == nullptr ? "" : state).starts_with("40")) {
    throw pqxx::transaction_rollback(message);
  }
  throw pqxx::sql_error(message, prepared, state);
}

int64_t RowsOf(PGresult* result) {
  int64_t changed = 0;
  if (absl::SimpleAtoi(PQcmdTuples(result), &changed)) return changed;
  return PQntuples(result);
}

}  // namespace

void Pipeline::Add(const std::string& prepared, std::vector<Parameter> parameters) {
  for (const Parameter& parameter : parameters) {
    bytes_ += parameter.value ? parameter.value->size() : 0;
  }
  waiting_.push_back({prepared, std::move(parameters)});
}

void Pipeline::Clear() {
  waiting_.clear();
  bytes_ = 0;
}

int64_t Pipeline::Send(PGconn* connection) {
  const std::vector<Statement> statements = std::exchange(waiting_, {});
  bytes_ = 0;
  if (statements.empty()) return 0;
  Require(PQenterPipelineMode(connection) == 1, connection);
  for (const Statement& statement : statements) {
    std::vector<const char*> values;
    std::vector<int> lengths;
    std::vector<int> formats;
    for (const Parameter& parameter : statement.parameters) {
      values.push_back(parameter.value ? parameter.value->data() : nullptr);
      lengths.push_back(parameter.value ? static_cast<int>(parameter.value->size()) : 0);
      formats.push_back(parameter.is_binary ? 1 : 0);
    }
    Require(
        PQsendQueryPrepared(connection, statement.prepared.c_str(), static_cast<int>(values.size()),
                            values.data(), lengths.data(), formats.data(), 0) == 1,
        connection);
  }
  Require(PQpipelineSync(connection) == 1, connection);

  Result failed;
  const std::string* failed_name = nullptr;
  int64_t rows = 0;
  for (const Statement& statement : statements) {
    Result result = NextOf(connection);
    Require(result != nullptr && PQstatus(connection) == CONNECTION_OK, connection);
    if (Succeeded(result.get())) {
      rows = RowsOf(result.get());
    } else if (!failed) {
      failed = std::move(result);
      failed_name = &statement.prepared;
    }
  }
  const Result sync(PQgetResult(connection));
  Require(PQresultStatus(sync.get()) == PGRES_PIPELINE_SYNC, connection);
  Require(PQexitPipelineMode(connection) == 1, connection);
  if (failed) Throw(failed.get(), *failed_name);
  return rows;
}

}  // namespace partnerlink::postgres
