// A partner ends one of its relationships, for good. Its administrator attests to it, and nothing
// that was sold through it may still run, unless it is to end with it. Other relationships and
// every grant stay as they are: the partner is told which. Its policies are carried out by workers:
// see removals/README.md.
#include "common/outbox/mutate.h"
#include "common/postgres/fields.h"
#include "common/request/request.h"
#include "common/status/status.h"
#include "services/relationship/grants/store.h"
#include "services/relationship/partners/store.h"
#include "services/relationship/relationships/events.h"
#include "services/relationship/relationships/handlers.h"
#include "services/relationship/relationships/rules.h"
#include "services/relationship/relationships/store.h"

namespace partnerlink::relationship::relationships {
namespace {

constexpr int kMostBlockers = 20;
constexpr int kMostKeptGrants = 100;

google::protobuf::Timestamp Later(google::protobuf::Timestamp time, absl::Duration by) {
  time.set_seconds(time.seconds() + absl::ToInt64Seconds(by));
  return time;
}

// Row locks in one order everywhere: partner, edge. Who orders shares the edge's lock, so what is
// read behind it is all there is. Only its own partner takes it.
absl::StatusOr<Row> LockOwn(postgres::Transaction& transaction, const Principal& remover,
                            const std::string& id) {
  std::optional<Row> row = Find(transaction, id);
  if (!row) return NotFound();
  PARTNERLINK_RETURN_IF_ERROR(CheckRemover(remover, row->relationship));
  row = Lock(transaction, id);
  if (!row) return NotFound();
  return *std::move(row);
}

}  // namespace

absl::Status ValidateRemoveRelationship(const v1::RemoveRelationshipRequest& request) {
  FieldViolations violations;
  if (!ParseName(request.name())) violations.Add("name", kNameProblem);
  request::CheckRequestId(request.request_id(), violations);
  PARTNERLINK_RETURN_IF_ERROR(violations.ToStatus());
  return CheckAttestation(request.attestation());
}

absl::StatusOr<v1::RemoveRelationshipResponse> RemoveRelationship(
    const CallContext& context, const Deps& deps, const v1::RemoveRelationshipRequest& request) {
  const std::string id = *ParseName(request.name());
  return outbox::Mutate<v1::RemoveRelationshipResponse>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::RemoveRelationshipResponse> {
        const auto partner = partners::LockShared(transaction, {context.principal.account});
        PARTNERLINK_ASSIGN_OR_RETURN(const Row before, LockOwn(transaction, context.principal, id));
        PARTNERLINK_RETURN_IF_ERROR(postgres::CheckEtag(request.etag(), before.revision));
        PARTNERLINK_RETURN_IF_ERROR(
            CheckRemoval(before.relationship, partner.empty() ? nullptr : &partner.front()));
        PARTNERLINK_RETURN_IF_ERROR(CheckTextVersion(
            request.attestation(), CurrentAttestationTexts(transaction).front().version()));
        if (!request.cancel_subscriptions()) {
          PARTNERLINK_RETURN_IF_ERROR(
              CheckNothingRuns(FindActiveSubscriptions(transaction, before, kMostBlockers)));
        }
        KeepAttestation(transaction, before, AttestedBy(context.principal, request.attestation()));
        const std::optional<Row> ended = End(transaction, before);
        if (!ended) return absl::InternalError("a locked relationship was not ended");
        RecordRemoval(changes, before, *ended, request.cancel_subscriptions());
        v1::RemoveRelationshipResponse response;
        *response.mutable_relationship() = ended->relationship;
        for (std::string& grant :
             grants::NamesInForce(transaction, ended->relationship.partner(),
                                  ended->relationship.customer(), kMostKeptGrants)) {
          response.add_kept_grants(std::move(grant));
        }
        // Where the two have another relationship, nothing is revoked.
        const auto after = RevokedAfter(partner.front().policies());
        if (after &&
            !HasLive(transaction, ended->relationship.partner(), ended->relationship.customer())) {
          *response.mutable_revoke_time() = Later(ended->relationship.effective_end_time(), *after);
        }
        return response;
      });
}

}  // namespace partnerlink::relationship::relationships
