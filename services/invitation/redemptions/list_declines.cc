// Who has declined an invitation, newest first, and why: for its partner, operators, and the
// provider that it names.
#include "common/request/request.h"
#include "common/status/status.h"
#include "services/invitation/declines/store.h"
#include "services/invitation/invitations/rules.h"
#include "services/invitation/invitations/store.h"
#include "services/invitation/redemptions/handlers.h"

namespace partnerlink::invitation::redemptions {
namespace {

constexpr std::string_view kParents[] = {"partners"};

}  // namespace

absl::Status ValidateListDeclines(const v1::ListDeclinesRequest& request) {
  FieldViolations violations;
  if (!request::ParseChildName(request.parent(), "partners", "invitations")) {
    violations.Add("parent", invitations::kNameProblem);
  }
  if (request.page_size() < 0) violations.Add("page_size", "must not be negative");
  return violations.ToStatus();
}

absl::StatusOr<v1::ListDeclinesResponse> ListDeclines(const CallContext& context, const Deps& deps,
                                                      const v1::ListDeclinesRequest& request) {
  const auto parent = request::ParseChildName(request.parent(), "partners", "invitations");
  PARTNERLINK_ASSIGN_OR_RETURN(const auto list,
                               paging::NewestFirst::Open(deps.page_tokens, context,
                                                         {parent->account, "", request.page_token(),
                                                          request.page_size(), request.parent()},
                                                         kParents, {}));
  return postgres::Read<v1::ListDeclinesResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::ListDeclinesResponse> {
        const std::optional<invitations::Row> row =
            invitations::Find(transaction, parent->account, parent->id, invitations::Lock::kNone);
        if (!row) return NotFound();
        PARTNERLINK_RETURN_IF_ERROR(
            invitations::CheckReader(context.principal, row->partner, row->invitation));
        v1::ListDeclinesResponse response;
        response.set_next_page_token(list.Cut(declines::List(transaction, list, row->id),
                                              *response.mutable_declines(),
                                              &v1::Decline::decline_time));
        return response;
      });
}

}  // namespace partnerlink::invitation::redemptions
