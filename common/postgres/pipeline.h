// Statements whose rows nobody reads, sent together in one round trip: libpq's pipeline mode, which
// libpqxx 6 does not have.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libpq-fe.h"
#include "pqxx/pqxx"

namespace partnerlink::postgres {

// What a statement's placeholder stands for.
struct Parameter {
  Parameter(std::string text) : value(std::move(text)) {}  // NOLINT: any of these
  Parameter(const char* text) {                            // NOLINT
    if (text != nullptr) value = text;
  }
  Parameter(bool truth) : value(truth ? "true" : "false") {}             // NOLINT
  Parameter(std::integral auto number) : value(absl::StrCat(number)) {}  // NOLINT
  Parameter(double number) : value(pqxx::to_string(number)) {}           // NOLINT
  Parameter(const pqxx::binarystring& bytes)                             // NOLINT
      : value(bytes.str()), is_binary(true) {}

  std::optional<std::string> value;  // none: null
  bool is_binary = false;
};

class Pipeline {
 public:
  // `prepared` is the name of a statement that is prepared on the connection.
  void Add(const std::string& prepared, std::vector<Parameter> parameters);

  bool empty() const { return waiting_.empty(); }
  // So much of it that it must be sent.
  bool full() const { return bytes_ > kMostBytes; }
  void Clear();

  // Sends all that was added, in order, and waits for the answers. Each runs only if the ones
  // before it have succeeded; the first that fails is thrown as libpqxx does. Answers how many rows
  // the last has returned or changed.
  int64_t Send(PGconn* connection);

 private:
  // Far less than what the sockets' buffers hold: the server's answers cannot block it.
  static constexpr size_t kMostBytes = 64 * 1024;

  struct Statement {
    std::string prepared;
    std::vector<Parameter> parameters;
  };

  std::vector<Statement> waiting_;
  size_t bytes_ = 0;
};

}  // namespace partnerlink::postgres
