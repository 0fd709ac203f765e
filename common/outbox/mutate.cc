#include "common/outbox/mutate.h"

#include <openssl/sha.h>

#include "common/status/status.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace partnerlink::outbox {
namespace {

std::string HashOf(const google::protobuf::Message& request) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    request.SerializeToCodedStream(&coded);
  }
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

// What a call was answered, and the root event of what it changed (empty: nothing).
struct Answer {
  std::string response;
  std::string root;
};

// Takes the request id for this transaction. Answers what was answered before if somebody else has
// had it; waits for that transaction if it is still running.
absl::StatusOr<std::optional<Answer>> Claim(postgres::Transaction& transaction,
                                            const CallContext& context,
                                            const std::string& request_id,
                                            const std::string& hash) {
  const int64_t claimed = transaction.RunAndCount(
      R"sql(INSERT INTO common.request_ids (account, subject, method, request_id, request_hash)
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING)sql",
      context.principal.account, context.principal.subject, context.method, request_id,
      pqxx::binarystring(hash));
  if (claimed > 0) return std::optional<Answer>();
  const pqxx::result kept = transaction.Run(
      R"sql(SELECT request_hash, response, coalesce(root_event::text, '')
            FROM common.request_ids
            WHERE account = $1 AND subject = $2 AND method = $3 AND request_id = $4)sql",
      context.principal.account, context.principal.subject, context.method, request_id);
  if (kept.empty() || kept[0][1].is_null()) {
    return Refusal(common::v1::CONFLICT, "The call with this request_id is still running.");
  }
  if (pqxx::binarystring(kept[0][0]).str() != hash) {
    return Refusal(common::v1::REQUEST_ID_REUSED,
                   "The request_id was used before with another body.");
  }
  return std::optional<Answer>(
      {pqxx::binarystring(kept[0][1]).str(), kept[0][2].as<std::string>()});
}

void Keep(postgres::Transaction& transaction, const CallContext& context,
          const std::string& request_id, const Answer& answer) {
  transaction.RunLater(
      R"sql(UPDATE common.request_ids SET response = $5, root_event = nullif($6, '')::uuid
            WHERE account = $1 AND subject = $2 AND method = $3 AND request_id = $4)sql",
      context.principal.account, context.principal.subject, context.method, request_id,
      pqxx::binarystring(answer.response), answer.root);
}

}  // namespace

absl::StatusOr<std::string> MutateBytes(
    const CallContext& context, postgres::Pool& pool, const google::protobuf::Message& request,
    const MutateOptions& options,
    const std::function<absl::StatusOr<std::string>(postgres::Transaction&, Changes&)>& body) {
  const std::string hash = options.request_id.empty() ? "" : HashOf(request);
  Answer answer;
  bool rolled_back_on_purpose = false;
  const postgres::Scope scope{context.principal.account, context.deadline};
  absl::Status status = postgres::TransactStatus(
      pool, scope, [&](postgres::Transaction& transaction) -> absl::Status {
        const bool keep = !options.request_id.empty() && !options.validate_only;
        if (keep) {
          PARTNERLINK_ASSIGN_OR_RETURN(std::optional<Answer> kept,
                                       Claim(transaction, context, options.request_id, hash));
          if (kept) {
            answer = *std::move(kept);
            return absl::OkStatus();
          }
        }
        Changes changes(transaction, ActorOf(context));
        PARTNERLINK_ASSIGN_OR_RETURN(answer.response, body(transaction, changes));
        if (options.validate_only) {
          rolled_back_on_purpose = true;
          return absl::CancelledError("validate_only");
        }
        answer.root = changes.root();
        if (keep) Keep(transaction, context, options.request_id, answer);
        return absl::OkStatus();
      });
  if (!status.ok() && !rolled_back_on_purpose) return status;
  if (context.outcome != nullptr) context.outcome->root_event = answer.root;
  return answer.response;
}

}  // namespace partnerlink::outbox
