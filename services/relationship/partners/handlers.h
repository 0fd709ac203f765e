// The RPCs on partners. Validate… checks a request's shape only and reports all violations at once;
// the handlers run on a worker. Refusal reasons: see relationship_service.proto.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"
#include "services/relationship/deps.h"

namespace partnerlink::relationship::partners {

absl::Status ValidateEnrollPartner(const v1::EnrollPartnerRequest& request);
absl::StatusOr<v1::Partner> EnrollPartner(const CallContext& context, const Deps& deps,
                                          const v1::EnrollPartnerRequest& request);

absl::Status ValidateGetPartner(const v1::GetPartnerRequest& request);
absl::StatusOr<v1::Partner> GetPartner(const CallContext& context, const Deps& deps,
                                       const v1::GetPartnerRequest& request);

absl::Status ValidateUpdatePartner(const v1::UpdatePartnerRequest& request);
absl::StatusOr<v1::Partner> UpdatePartner(const CallContext& context, const Deps& deps,
                                          const v1::UpdatePartnerRequest& request);

absl::Status ValidateSuspendPartner(const v1::SuspendPartnerRequest& request);
absl::StatusOr<v1::Partner> SuspendPartner(const CallContext& context, const Deps& deps,
                                           const v1::SuspendPartnerRequest& request);

absl::Status ValidateResumePartner(const v1::ResumePartnerRequest& request);
absl::StatusOr<v1::Partner> ResumePartner(const CallContext& context, const Deps& deps,
                                          const v1::ResumePartnerRequest& request);

absl::Status ValidateListPartners(const v1::ListPartnersRequest& request);
absl::StatusOr<v1::ListPartnersResponse> ListPartners(const CallContext& context, const Deps& deps,
                                                      const v1::ListPartnersRequest& request);

}  // namespace partnerlink::relationship::partners
