// Who has declined an invitation, newest first, and why.
#include "common/status/status.h"
#include "services/invitation/declines/store.h"
#include "services/invitation/redemptions/answers.h"
#include "services/invitation/redemptions/handlers.h"

namespace partnerlink::invitation::redemptions {

absl::Status ValidateListDeclines(const v1::ListDeclinesRequest& request) {
  return CheckAnswersRequest(request.parent(), request.page_size());
}

absl::StatusOr<v1::ListDeclinesResponse> ListDeclines(const CallContext& context, const Deps& deps,
                                                      const v1::ListDeclinesRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(
      const auto list,
      OpenAnswers(context, deps, request.parent(), request.page_token(), request.page_size()));
  return postgres::Read<v1::ListDeclinesResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::ListDeclinesResponse> {
        PARTNERLINK_ASSIGN_OR_RETURN(
            const invitations::Row row,
            FindAnswered(transaction, context.principal, request.parent()));
        v1::ListDeclinesResponse response;
        response.set_next_page_token(list.Cut(declines::List(transaction, list, row.id),
                                              *response.mutable_declines(),
                                              &v1::Decline::decline_time));
        return response;
      });
}

}  // namespace partnerlink::invitation::redemptions
