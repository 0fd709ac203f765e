// Who did what with the rows of an account, in all services, newest first. An operator may ask for
// everybody's, and for what operators did.
#include "common/status/status.h"
#include "services/relationship/audit/handlers.h"
#include "services/relationship/audit/store.h"

namespace partnerlink::relationship::audit {
namespace {

constexpr std::string_view kParents[] = {"partners", "customers", "operators"};

// Operators have no accounts of their own.
absl::Status CheckParent(std::string_view parent) {
  FieldViolations violations;
  if (parent.starts_with("operators/") && parent != "operators/-") {
    violations.Add("parent", "of operators is `operators/-`");
  }
  return violations.ToStatus();
}

}  // namespace

absl::Status ValidateListAuditEntries(const v1::ListAuditEntriesRequest& request) {
  PARTNERLINK_RETURN_IF_ERROR(CheckParent(request.parent()));
  return paging::NewestFirst::Validate(request, kParents, ListFields());
}

absl::StatusOr<v1::ListAuditEntriesResponse> ListAuditEntries(
    const CallContext& context, const Deps& deps, const v1::ListAuditEntriesRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(
      const auto list,
      paging::NewestFirst::Open(deps.page_tokens, context, request, kParents, ListFields()));
  return postgres::Read<v1::ListAuditEntriesResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::ListAuditEntriesResponse> {
        PARTNERLINK_ASSIGN_OR_RETURN(std::vector<v1::AuditEntry> entries,
                                     List(transaction, list, request.parent()));
        v1::ListAuditEntriesResponse response;
        response.set_next_page_token(
            list.Cut(std::move(entries), *response.mutable_audit_entries()));
        return response;
      });
}

}  // namespace partnerlink::relationship::audit
