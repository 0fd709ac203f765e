// An offer of the catalogue, which is the same for every partner.
#include "services/directory/offers/handlers.h"
#include "services/directory/offers/rules.h"
#include "services/directory/offers/store.h"

namespace partnerlink::directory::offers {

absl::Status ValidateGetOffer(const v1::GetOfferRequest& request) {
  FieldViolations violations;
  if (!IsOfferName(request.name())) violations.Add("name", kNameProblem);
  return violations.ToStatus();
}

absl::StatusOr<v1::Offer> GetOffer(const CallContext& context, const Deps& deps,
                                   const v1::GetOfferRequest& request) {
  return postgres::Read<v1::Offer>(
      deps.pool, context, [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::Offer> {
        std::optional<Row> row = Find(transaction, request.name());
        if (!row) return NotFound();
        return std::move(row->offer);
      });
}

}  // namespace partnerlink::directory::offers
