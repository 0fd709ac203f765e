// The RPCs on partnerships. Validate… checks a request's shape only and reports all violations at
// once; the handlers run on a worker. Refusal reasons: see relationship_service.proto.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"
#include "services/relationship/deps.h"

namespace partnerlink::relationship::partnerships {

absl::Status ValidateEstablishPartnership(const v1::EstablishPartnershipRequest& request);
absl::StatusOr<v1::EstablishPartnershipResponse> EstablishPartnership(
    const CallContext& context, const Deps& deps, const v1::EstablishPartnershipRequest& request);

absl::Status ValidateGetPartnership(const v1::GetPartnershipRequest& request);
absl::StatusOr<v1::Partnership> GetPartnership(const CallContext& context, const Deps& deps,
                                               const v1::GetPartnershipRequest& request);

absl::Status ValidateListPartnerships(const v1::ListPartnershipsRequest& request);
absl::StatusOr<v1::ListPartnershipsResponse> ListPartnerships(
    const CallContext& context, const Deps& deps, const v1::ListPartnershipsRequest& request);

absl::Status ValidateSuspendPartnership(const v1::SuspendPartnershipRequest& request);
absl::StatusOr<v1::Partnership> SuspendPartnership(const CallContext& context, const Deps& deps,
                                                   const v1::SuspendPartnershipRequest& request);

absl::Status ValidateResumePartnership(const v1::ResumePartnershipRequest& request);
absl::StatusOr<v1::Partnership> ResumePartnership(const CallContext& context, const Deps& deps,
                                                  const v1::ResumePartnershipRequest& request);

absl::Status ValidateEndPartnership(const v1::EndPartnershipRequest& request);
absl::StatusOr<v1::Partnership> EndPartnership(const CallContext& context, const Deps& deps,
                                               const v1::EndPartnershipRequest& request);

}  // namespace partnerlink::relationship::partnerships
