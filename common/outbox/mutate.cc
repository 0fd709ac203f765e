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
