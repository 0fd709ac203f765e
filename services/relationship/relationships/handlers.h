// The RPCs on relationships. Validate… checks a request's shape only and reports all violations at
// once; the handlers run on a worker. Refusal reasons: see relationship_service.proto.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"
#include "services/relationship/deps.h"

namespace partnerlink::relationship::relationships {

absl::Status ValidateEstablishRelationships(const v1::EstablishRelationshipsRequest& request);
// The call's outcome gets the request's root event if Directory is to hear of the edges.
absl::StatusOr<v1::EstablishRelationshipsResponse> EstablishRelationships(
    const CallContext& context, const Deps& deps, const v1::EstablishRelationshipsRequest& request);

absl::Status ValidateGetRelationship(const v1::GetRelationshipRequest& request);
absl::StatusOr<v1::Relationship> GetRelationship(const CallContext& context, const Deps& deps,
                                                 const v1::GetRelationshipRequest& request);

absl::Status ValidateGetAttestationText(const v1::GetAttestationTextRequest& request);
absl::StatusOr<v1::AttestationText> GetAttestationText(
    const CallContext& context, const Deps& deps, const v1::GetAttestationTextRequest& request);

absl::Status ValidateSuspendRelationship(const v1::SuspendRelationshipRequest& request);
absl::StatusOr<v1::Relationship> SuspendRelationship(const CallContext& context, const Deps& deps,
                                                     const v1::SuspendRelationshipRequest& request);

absl::Status ValidateResumeRelationship(const v1::ResumeRelationshipRequest& request);
absl::StatusOr<v1::Relationship> ResumeRelationship(const CallContext& context, const Deps& deps,
                                                    const v1::ResumeRelationshipRequest& request);

absl::Status ValidateEndRelationship(const v1::EndRelationshipRequest& request);
absl::StatusOr<v1::Relationship> EndRelationship(const CallContext& context, const Deps& deps,
                                                 const v1::EndRelationshipRequest& request);

absl::Status ValidateWithdrawEnd(const v1::WithdrawEndRequest& request);
absl::StatusOr<v1::Relationship> WithdrawEnd(const CallContext& context, const Deps& deps,
                                             const v1::WithdrawEndRequest& request);

absl::Status ValidateRemoveRelationship(const v1::RemoveRelationshipRequest& request);
absl::StatusOr<v1::RemoveRelationshipResponse> RemoveRelationship(
    const CallContext& context, const Deps& deps, const v1::RemoveRelationshipRequest& request);

absl::Status ValidateListRelationships(const v1::ListRelationshipsRequest& request);
absl::StatusOr<v1::ListRelationshipsResponse> ListRelationships(
    const CallContext& context, const Deps& deps, const v1::ListRelationshipsRequest& request);

}  // namespace partnerlink::relationship::relationships
