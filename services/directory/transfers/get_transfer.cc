// A transfer, for either of its partners. For everyone else it does not exist.
#include "common/request/request.h"
#include "services/directory/transfers/handlers.h"
#include "services/directory/transfers/rules.h"
#include "services/directory/transfers/store.h"

namespace partnerlink::directory::transfers {

absl::Status ValidateGetTransfer(const v1::GetTransferRequest& request) {
  FieldViolations violations;
  if (!request::ParseChildName(request.name(), "partners", "transfers")) {
    violations.Add("name", kNameProblem);
  }
  return violations.ToStatus();
}

absl::StatusOr<v1::Transfer> GetTransfer(const CallContext& context, const Deps& deps,
                                         const v1::GetTransferRequest& request) {
  const auto name = request::ParseChildName(request.name(), "partners", "transfers");
  return postgres::Read<v1::Transfer>(
      deps.pool, context, [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::Transfer> {
        std::optional<Row> row = Find(transaction, name->account, name->id);
        if (!row) return NotFound();
        PARTNERLINK_RETURN_IF_ERROR(CheckParty(context.principal, row->transfer));
        return std::move(row->transfer);
      });
}

}  // namespace partnerlink::directory::transfers
