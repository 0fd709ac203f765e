// A partner creates a customer account with its first administrator. The account is there at once;
// the relationship, and the grant, come through Relationship, as for a customer that accepted.
#include "absl/strings/str_cat.h"
#include "common/identifier/uuid.h"
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "common/status/status.h"
#include "common/validation/text.h"
#include "services/directory/customers/events.h"
#include "services/directory/customers/handlers.h"
#include "services/directory/customers/rules.h"
#include "services/directory/customers/store.h"
#include "services/directory/users/rules.h"
#include "services/directory/users/store.h"

namespace partnerlink::directory::customers {
namespace {

constexpr char kRelationshipService[] = "relationship";

// Of the customer's account, which does not see what its creator keeps of it: that is recorded for
// the creator, once its list has the customer.
outbox::Change CreationOf(const v1::Customer& customer, const std::string& order) {
  outbox::Change change = ChangeOf(customer.name(), "customer.created", customer);
  change.after = outbox::ToJson(CompanyAlone(customer));
  change.target = kRelationshipService;
  change.payload = order;
  return change;
}

}  // namespace

absl::Status ValidateCreateCustomer(const v1::CreateCustomerRequest& request) {
  FieldViolations violations;
  CheckCreationShape(request, violations);
  if (!request.has_initial_admin()) {
    violations.Add("initial_admin", "is required");
  } else {
    users::CheckShape(request.initial_admin(), "initial_admin.", violations);
  }
  request::CheckRequestId(request.request_id(), violations);
  return violations.ToStatus();
}

absl::StatusOr<v1::Customer> CreateCustomer(const CallContext& context, const Deps& deps,
                                            const v1::CreateCustomerRequest& request) {
  const std::string& partner_name = context.principal.account;
  const bool named = !request.customer_id().empty();
  const std::string asked = absl::StrCat("customers/", request.customer_id());
  // A rehearsal takes no name, so that it tells of nobody's.
  const bool takes_name = named && !request.validate_only();
  const std::string name = takes_name ? asked : absl::StrCat("customers/", NewUuid());
  return outbox::Mutate<v1::Customer>(
      context, deps.pool, request, {request.request_id(), request.validate_only()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Customer> {
        const auto partner = FindPartner(transaction, partner_name);
        PARTNERLINK_RETURN_IF_ERROR(CheckCreator(
            partner, named ? asked : name,
            partner && deps.regions.Same(partner->country(), request.customer().country())));
        if (named && !takes_name && !Find(transaction, {asked}, partner_name).empty()) {
          return CustomerExists();
        }
        if (!InsertCreated(transaction, name, CompanyOf(request.customer()), partner_name)) {
          return CustomerExists();
        }
        users::InsertFirstAdmin(transaction, name, users::Normalise(request.initial_admin()));
        InsertOwn(transaction, partner_name, name, request.customer());
        v1::Customer customer = Find(transaction, {name}, partner_name).front();
        const auto order =
            OrderFor(*partner, customer, request, context.principal.subject, changes.Root());
        changes.Record(CreationOf(customer, order.SerializeAsString()));
        if (!takes_name && request.validate_only()) customer.set_name(named ? asked : "");
        return customer;
      });
}

absl::StatusOr<v1::Customer> ReadCreated(const CallContext& context, const Deps& deps,
                                         const v1::Customer& created) {
  v1::GetCustomerRequest request;
  request.set_name(created.name());
  request.set_view(v1::FULL);
  return GetCustomer(context, deps, request);
}

}  // namespace partnerlink::directory::customers
