// An operator adds an offer to the catalogue. Said again with the same values it answers the same
// offer and leaves no second trace; an id that is taken by other values is refused.
#include "absl/strings/str_cat.h"
#include "common/identifier/uuid.h"
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "common/validation/text.h"
#include "services/directory/offers/events.h"
#include "services/directory/offers/handlers.h"
#include "services/directory/offers/rules.h"
#include "services/directory/offers/store.h"

namespace partnerlink::directory::offers {

absl::Status ValidateCreateOffer(const v1::CreateOfferRequest& request) {
  FieldViolations violations;
  if (!request.has_offer()) violations.Add("offer", "is required");
  if (!request.offer_id().empty() && !validation::IsAccountId(request.offer_id())) {
    violations.Add("offer_id", "is not of the form [a-z0-9][a-z0-9-]{1,61}[a-z0-9]");
  }
  request::CheckRequestId(request.request_id(), violations);
  CheckShape(request.offer(), Writable(), violations);
  return violations.ToStatus();
}

absl::StatusOr<v1::Offer> CreateOffer(const CallContext& context, const Deps& deps,
                                      const v1::CreateOfferRequest& request) {
  const bool named = !request.offer_id().empty();
  v1::Offer wanted = Merge(Writable(), request.offer(), v1::Offer());
  wanted.set_name(absl::StrCat("offers/", named ? request.offer_id() : NewUuid()));
  return outbox::Mutate<v1::Offer>(
      context, deps.pool, request, {request.request_id(), request.validate_only()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Offer> {
        std::optional<Row> created = Insert(transaction, wanted);
        if (!created) {
          const std::optional<Row> present = Find(transaction, wanted.name());
          if (!present) return absl::InternalError("an offer is neither there nor to be made");
          return CreatedAlready(wanted, present->offer);
        }
        changes.Record(ChangeOf("offer.created", nullptr, created->offer));
        if (request.validate_only() && !named) created->offer.clear_name();
        return std::move(created->offer);
      });
}

}  // namespace partnerlink::directory::offers
