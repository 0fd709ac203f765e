// What a partner alone keeps of a customer in its list: labels, its own number, and how it came by
// the customer. Nobody else sees them, and they outlive the relationship.
#include "common/outbox/mutate.h"
#include "common/request/field_mask.h"
#include "common/request/request.h"
#include "common/status/status.h"
#include "services/directory/customers/events.h"
#include "services/directory/customers/handlers.h"
#include "services/directory/customers/rules.h"
#include "services/directory/customers/store.h"

namespace partnerlink::directory::customers {

absl::Status ValidateSetCustomerLabels(const v1::SetCustomerLabelsRequest& request) {
  FieldViolations violations;
  if (!ParseListedName(request.name())) {
    violations.Add("name", "is not of the form partners/{id}/customers/{id}");
  }
  CheckOwn(request.labels(), request.correlation_id(), request.channel(), "", violations);
  request::CheckRequestId(request.request_id(), violations);
  PARTNERLINK_RETURN_IF_ERROR(violations.ToStatus());
  return request::WritablePaths(request.update_mask(), request, kOwnFields).status();
}

absl::StatusOr<v1::Customer> SetCustomerLabels(const CallContext& context, const Deps& deps,
                                               const v1::SetCustomerLabelsRequest& request) {
  const ListedName name = *ParseListedName(request.name());
  PARTNERLINK_ASSIGN_OR_RETURN(const google::protobuf::FieldMask paths,
                               request::WritablePaths(request.update_mask(), request, kOwnFields));
  return outbox::Mutate<v1::Customer>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Customer> {
        if (!LockListed(transaction, name.partner, name.customer)) return NotFound();
        const std::vector<v1::Customer> found = Find(transaction, {name.customer}, name.partner);
        if (found.empty()) return NotFound();
        const v1::Customer& before = found.front();
        if (!request.etag().empty() && request.etag() != before.etag()) return EtagMismatch();
        PARTNERLINK_RETURN_IF_ERROR(CheckActive(FindPartner(transaction, name.partner)));
        v1::Customer edited = before;
        WriteOwn(paths, request, edited);
        UpdateOwn(transaction, name.partner, edited);
        v1::Customer after = Find(transaction, {name.customer}, name.partner).front();
        outbox::Change change = ChangeOf(name.partner, "customer.labelled", after);
        change.before = outbox::ToJson(before);
        change.after = outbox::ToJson(after);
        changes.Record(change);
        return after;
      });
}

}  // namespace partnerlink::directory::customers
