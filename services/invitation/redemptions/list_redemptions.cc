// Who has accepted an invitation, newest first, and what came of it.
#include "common/status/status.h"
#include "services/invitation/redemptions/answers.h"
#include "services/invitation/redemptions/handlers.h"
#include "services/invitation/redemptions/store.h"

namespace partnerlink::invitation::redemptions {

absl::Status ValidateListRedemptions(const v1::ListRedemptionsRequest& request) {
  return CheckAnswersRequest(request.parent(), request.page_size());
}

absl::StatusOr<v1::ListRedemptionsResponse> ListRedemptions(
    const CallContext& context, const Deps& deps, const v1::ListRedemptionsRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(
      const auto list,
      OpenAnswers(context, deps, request.parent(), request.page_token(), request.page_size()));
  return postgres::Read<v1::ListRedemptionsResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::ListRedemptionsResponse> {
        PARTNERLINK_ASSIGN_OR_RETURN(
            const invitations::Row row,
            FindAnswered(transaction, context.principal, request.parent()));
        v1::ListRedemptionsResponse response;
        response.set_next_page_token(list.Cut(List(transaction, list, row.id),
                                              *response.mutable_redemptions(),
                                              &v1::Redemption::accept_time));
        return response;
      });
}

}  // namespace partnerlink::invitation::redemptions
