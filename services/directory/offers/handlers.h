// The RPCs on offers. Validate… checks a request's shape only and reports all violations at once;
// the handlers run on a worker. Refusal reasons: see customer_directory_service.proto.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "services/directory/deps.h"

namespace partnerlink::directory::offers {

absl::Status ValidateCreateOffer(const v1::CreateOfferRequest& request);
absl::StatusOr<v1::Offer> CreateOffer(const CallContext& context, const Deps& deps,
                                      const v1::CreateOfferRequest& request);

absl::Status ValidateGetOffer(const v1::GetOfferRequest& request);
absl::StatusOr<v1::Offer> GetOffer(const CallContext& context, const Deps& deps,
                                   const v1::GetOfferRequest& request);

absl::Status ValidateListOffers(const v1::ListOffersRequest& request);
absl::StatusOr<v1::ListOffersResponse> ListOffers(const CallContext& context, const Deps& deps,
                                                  const v1::ListOffersRequest& request);

absl::Status ValidateUpdateOffer(const v1::UpdateOfferRequest& request);
absl::StatusOr<v1::Offer> UpdateOffer(const CallContext& context, const Deps& deps,
                                      const v1::UpdateOfferRequest& request);

}  // namespace partnerlink::directory::offers
