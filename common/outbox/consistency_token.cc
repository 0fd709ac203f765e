#include "common/outbox/consistency_token.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/postgres/transact.h"
#include "common/status/status.h"

namespace partnerlink::outbox {
namespace {

constexpr char kVersion = '\x01';

absl::Status Malformed() {
  FieldViolations violations;
  violations.Add("consistency_token", "is not a token that a change has answered");
  return violations.ToStatus();
}

}  // namespace

std::string ToConsistencyToken(std::string_view root_event) {
  const std::string hex = absl::StrReplaceAll(std::string(root_event), {{"-", ""}});
  return absl::WebSafeBase64Escape(
      absl::StrCat(std::string(1, kVersion), absl::HexStringToBytes(hex)));
}

absl::StatusOr<std::string> FromConsistencyToken(std::string_view token) {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(std::string(token), &bytes) || bytes.size() != 17 ||
      bytes[0] != kVersion) {
    return Malformed();
  }
  const std::string hex = absl::BytesToHexString(bytes.substr(1));
  std::string root = absl::StrCat(hex.substr(0, 8), "-", hex.substr(8, 4), "-", hex.substr(12, 4),
                                  "-", hex.substr(16, 4), "-", hex.substr(20));
  if (ToConsistencyToken(root) != token) return Malformed();
  return root;
}

absl::StatusOr<bool> IsOwed(postgres::Pool& pool, const std::string& root_event,
                            absl::Time deadline) {
  const postgres::Scope scope{"", deadline, postgres::Access::kReadOnly};
  return postgres::Transact<bool>(
      pool, scope, [&](postgres::Transaction& transaction) -> absl::StatusOr<bool> {
        return transaction.Run("SELECT common.is_owed($1)", root_event)[0][0].as<bool>();
      });
}

}  // namespace partnerlink::outbox
