// An operator enrols a partner. Said again with the same values it answers the same partner and
// leaves no second trace; an id or partner number that is taken by other values is refused. The
// customers recorded for its number in other portals are made its own by a job that starts here.
#include "absl/strings/str_cat.h"
#include "common/identifier/uuid.h"
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "common/status/status.h"
#include "common/validation/text.h"
#include "services/relationship/partners/handlers.h"
#include "services/relationship/partners/rules.h"
#include "services/relationship/partners/store.h"
#include "services/relationship/portals/store.h"

namespace partnerlink::relationship::partners {

absl::Status ValidateEnrollPartner(const v1::EnrollPartnerRequest& request) {
  FieldViolations violations;
  if (!request.partner_id().empty() && !validation::IsAccountId(request.partner_id())) {
    violations.Add("partner_id", "is not of the form [a-z0-9][a-z0-9-]{1,61}[a-z0-9]");
  }
  request::CheckRequestId(request.request_id(), violations);
  CheckShape(request.partner(), violations);
  return violations.ToStatus();
}

absl::StatusOr<v1::Partner> EnrollPartner(const CallContext& context, const Deps& deps,
                                          const v1::EnrollPartnerRequest& request) {
  const bool named = !request.partner_id().empty();
  const v1::Partner wanted = ToEnrol(
      request.partner(), absl::StrCat("partners/", named ? request.partner_id() : NewUuid()));
  return outbox::Mutate<v1::Partner>(
      context, deps.pool, request, {request.request_id(), request.validate_only()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Partner> {
        portals::LockPartnerNumber(transaction, wanted.partner_number());
        std::optional<v1::Partner> enrolled = Insert(transaction, wanted);
        if (!enrolled) {
          PARTNERLINK_ASSIGN_OR_RETURN(
              v1::Partner partner,
              EnrolledAlready(wanted, named,
                              FindTaken(transaction, wanted.name(), wanted.partner_number())));
          portals::RetryRefused(transaction, partner.partner_number());
          portals::StartJobs(transaction, {partner.partner_number()});
          return partner;
        }
        portals::StartJobs(transaction, {enrolled->partner_number()});
        changes.Record(ChangeOf("partner.enrolled", nullptr, *enrolled));
        if (request.validate_only() && !named) enrolled->clear_name();
        return *std::move(enrolled);
      });
}

}  // namespace partnerlink::relationship::partners
