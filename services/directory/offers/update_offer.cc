// An operator changes an offer. Subscriptions that were sold before keep their term; a retired
// offer cannot be ordered until it is ACTIVE again.
#include "common/outbox/mutate.h"
#include "common/postgres/fields.h"
#include "common/request/request.h"
#include "services/directory/offers/events.h"
#include "services/directory/offers/handlers.h"
#include "services/directory/offers/rules.h"
#include "services/directory/offers/store.h"

namespace partnerlink::directory::offers {

absl::Status ValidateUpdateOffer(const v1::UpdateOfferRequest& request) {
  FieldViolations violations;
  if (!IsOfferName(request.offer().name())) violations.Add("offer.name", kNameProblem);
  request::CheckRequestId(request.request_id(), violations);
  const auto paths = UpdatePaths(request.update_mask(), request.offer());
  if (paths.ok()) CheckShape(request.offer(), *paths, violations);
  PARTNERLINK_RETURN_IF_ERROR(violations.ToStatus());
  return paths.status();
}

absl::StatusOr<v1::Offer> UpdateOffer(const CallContext& context, const Deps& deps,
                                      const v1::UpdateOfferRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(const google::protobuf::FieldMask paths,
                               UpdatePaths(request.update_mask(), request.offer()));
  return outbox::Mutate<v1::Offer>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Offer> {
        const std::optional<Row> before =
            Find(transaction, request.offer().name(), Lock::kForUpdate);
        if (!before) return NotFound();
        PARTNERLINK_RETURN_IF_ERROR(postgres::CheckEtag(request.offer().etag(), before->revision));
        std::optional<Row> after =
            Update(transaction, Merge(paths, request.offer(), before->offer));
        if (!after) return absl::InternalError("a locked offer was not updated");
        changes.Record(ChangeOf("offer.updated", &before->offer, after->offer));
        return std::move(after->offer);
      });
}

}  // namespace partnerlink::directory::offers
