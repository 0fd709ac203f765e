#include "common/outbox/mutate.h"

#include <openssl/sha.h>

#include "common/status/status.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace partnerlink::outbox {
namespace {

Kept FromRow(const pqxx::row& row, int first) {
  Kept kept{pqxx::binarystring(row[first]).str(), pqxx::binarystring(row[first + 1]).str(), ""};
  if (!row[first + 2].is_null()) kept.root = row[first + 2].as<std::string>();
  return kept;
}

std::optional<Kept> Find(postgres::Transaction& transaction, const std::string& account,
                         const RequestKey& key) {
  if (key.request_id.empty()) return std::nullopt;
  const pqxx::result rows = transaction.Run(
      R"sql(SELECT request_hash, response, root_event FROM common.request_ids
            WHERE account = $1 AND subject = $2 AND method = $3 AND request_id = $4)sql",
      account, key.subject, key.method, key.request_id);
  return rows.empty() ? std::nullopt : std::optional(FromRow(rows[0], 0));
}

// With the effect and after it: who has lost a race for the request id waits here until the winner
// has committed, and runs again.
void Keep(postgres::Transaction& transaction, const std::string& account, const RequestKey& key,
          const std::string& hash, const google::protobuf::Message& response,
          const std::string& root) {
  transaction.RunLater(
      R"sql(INSERT INTO common.request_ids (account, subject, method, request_id, request_hash,
              response, root_event)
            VALUES ($1, $2, $3, $4, $5, $6, $7))sql",
      account, key.subject, key.method, key.request_id, pqxx::binarystring(hash),
      pqxx::binarystring(response.SerializeAsString()), root.empty() ? nullptr : root.c_str());
}

// The answer to a call that something is kept of.
absl::StatusOr<std::string> Repeat(const CallContext& context, const std::string& hash,
                                   const Kept& kept) {
  if (kept.request_hash != hash) {
    return Refusal(common::v1::REQUEST_ID_REUSED,
                   "The request_id was used before with another body.");
  }
  if (context.outcome != nullptr) *context.outcome = {kept.root, true};
  return kept.response;
}

// A refusal may be due to what the same call, sent twice, has done meanwhile: then that is the
// answer.
absl::StatusOr<std::optional<std::string>> RefuseOrRepeat(const CallContext& context,
                                                          postgres::Pool& pool,
                                                          const RequestKey& key,
                                                          const std::string& hash,
                                                          absl::Status refusal) {
  const auto kept = postgres::Read<std::optional<Kept>>(
      pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<std::optional<Kept>> {
        return Find(transaction, context.principal.account, key);
      });
  if (!kept.ok() || !*kept) return refusal;
  return Repeat(context, hash, **kept);
}

}  // namespace

std::string HashOf(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

std::optional<Kept> KeptFrom(const pqxx::row& row, int first) {
  return row[first].is_null() ? std::nullopt : std::optional(FromRow(row, first));
}

absl::StatusOr<std::optional<std::string>> MutateUntyped(
    const CallContext& context, postgres::Pool& pool, const google::protobuf::Message& request,
    const MutateOptions& options, const Recall& recall,
    const std::function<absl::StatusOr<const google::protobuf::Message*>(postgres::Transaction&,
                                                                         Changes&)>& body) {
  const std::string& account = context.principal.account;
  const bool keep = !options.request_id.empty() && !options.validate_only;
  const RequestKey key{context.principal.subject, context.method, keep ? options.request_id : ""};
  const std::string hash = keep ? HashOf(request) : "";
  std::optional<Kept> kept;
  std::string root;
  absl::Status refusal;  // the body's last
  bool rolled_back_on_purpose = false;
  absl::Status status = postgres::TransactStatus(
      pool, {account, context.deadline}, [&](postgres::Transaction& transaction) -> absl::Status {
        refusal = absl::OkStatus();
        kept.reset();
        kept = recall ? recall(transaction, key) : Find(transaction, account, key);
        if (kept) return absl::OkStatus();
        Changes changes(transaction, ActorOf(context));
        const absl::StatusOr<const google::protobuf::Message*> response =
            body(transaction, changes);
        if (!response.ok()) return refusal = response.status();
        if (options.validate_only) {
          rolled_back_on_purpose = true;
          return absl::CancelledError("validate_only");
        }
        root = changes.root();
        if (keep) Keep(transaction, account, key, hash, **response, root);
        return absl::OkStatus();
      });
  if (kept) return Repeat(context, hash, *kept);
  if (keep && !refusal.ok()) return RefuseOrRepeat(context, pool, key, hash, std::move(refusal));
  if (!status.ok() && !rolled_back_on_purpose) return status;
  if (context.outcome != nullptr) context.outcome->root_event = root;
  return std::nullopt;
}

}  // namespace partnerlink::outbox
