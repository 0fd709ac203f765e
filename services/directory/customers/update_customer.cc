// A customer's company is changed: by itself, by a partner with a grant of administration, by
// operators, who alone say which domains are verified. The lists of all its partners follow in the
// same transaction. What is so already is answered and leaves no trace.
#include "common/access/decision.h"
#include "common/access/permission.h"
#include "common/access/store.h"
#include "common/outbox/mutate.h"
#include "common/request/field_mask.h"
#include "common/request/request.h"
#include "common/status/status.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/directory/customers/events.h"
#include "services/directory/customers/handlers.h"
#include "services/directory/customers/rules.h"
#include "services/directory/customers/store.h"

namespace partnerlink::directory::customers {
namespace {

using google::protobuf::util::MessageDifferencer;

absl::StatusOr<google::protobuf::FieldMask> PathsOf(const v1::UpdateCustomerRequest& request) {
  return request::WritablePaths(request.update_mask(), request.customer(), kWritable);
}

outbox::Change UpdateOf(const v1::Customer& before, const v1::Customer& after) {
  const v1::Customer company = CompanyAlone(after);
  outbox::Change change = ChangeOf(after.name(), "customer.updated", company);
  change.before = outbox::ToJson(CompanyAlone(before));
  change.after = outbox::ToJson(company);
  return change;
}

// A grant that the decision rested on has ended since, by the clock.
absl::Status NoMore(postgres::Transaction& transaction, const Principal& caller,
                    const std::string& name) {
  PARTNERLINK_RETURN_IF_ERROR(access::Check(caller, {access::CustomerEdit(), name},
                                            access::FindFacts(transaction, caller, name)));
  return NotFound();
}

}  // namespace

absl::Status ValidateUpdateCustomer(const v1::UpdateCustomerRequest& request) {
  FieldViolations violations;
  if (!request::IsAccountName(request.customer().name(), "customers")) {
    violations.Add("customer.name", "is not of the form customers/{id}");
  }
  request::CheckRequestId(request.request_id(), violations);
  const auto paths = PathsOf(request);
  if (paths.ok()) CheckEditShape(*paths, request.customer(), violations);
  PARTNERLINK_RETURN_IF_ERROR(violations.ToStatus());
  return paths.status();
}

absl::StatusOr<v1::Customer> UpdateCustomer(const CallContext& context, const Deps& deps,
                                            const v1::UpdateCustomerRequest& request) {
  const Principal& caller = context.principal;
  const std::string& name = request.customer().name();
  const std::string partner = PartnerOf(caller);
  PARTNERLINK_ASSIGN_OR_RETURN(const google::protobuf::FieldMask paths, PathsOf(request));
  return outbox::Mutate<v1::Customer>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Customer> {
        PARTNERLINK_RETURN_IF_ERROR(
            access::Check(caller, {access::CustomerEdit(), name},
                          access::FindFactsAndShareGrants(transaction, caller, name)));
        if (!Lock(transaction, name)) return NotFound();
        const std::vector<v1::Customer> found = Find(transaction, {name}, partner);
        if (found.empty()) return NoMore(transaction, caller, name);
        const v1::Customer& before = found.front();
        const std::string& etag = request.customer().etag();
        if (!etag.empty() && etag != before.etag()) return EtagMismatch();
        const v1::Customer edited = Edited(paths, request.customer(), before, caller.IsOperator());
        if (MessageDifferencer::Equals(edited, before)) return before;
        PARTNERLINK_RETURN_IF_ERROR(CheckDropped(caller, before, edited));
        if (const auto taken =
                FindVerifiedElsewhere(transaction, name, NewlyVerified(before, edited))) {
          return DomainVerified(*taken);
        }
        if (!UpdateCompany(transaction, edited)) return NoMore(transaction, caller, name);
        if (Writes(paths, "domains")) ReplaceDomains(transaction, edited);
        std::vector<v1::Customer> after = Find(transaction, {name}, partner);
        if (after.empty()) return NoMore(transaction, caller, name);
        changes.Record(UpdateOf(before, after.front()));
        return std::move(after.front());
      });
}

}  // namespace partnerlink::directory::customers
