// Gives a user licences and takes others away, in one transaction: all of it or nothing. The user
// is locked, then the subscriptions, so that no race gets past the number of seats.
#include "common/access/store.h"
#include "common/outbox/mutate.h"
#include "common/postgres/fields.h"
#include "common/request/request.h"
#include "services/directory/licenses/handlers.h"
#include "services/directory/licenses/rules.h"
#include "services/directory/licenses/store.h"
#include "services/directory/users/events.h"
#include "services/directory/users/rules.h"
#include "services/directory/users/store.h"

namespace partnerlink::directory::licenses {
namespace {

// Why locked seats did not change hands: the last term of one has just ended, or the grant that the
// decision rested on.
absl::Status WhyNotMoved(postgres::Transaction& transaction, const Principal& caller,
                         const v1::ModifyLicensesRequest& request, const users::Row& before) {
  PARTNERLINK_RETURN_IF_ERROR(
      access::Check(caller, {access::LicenseManage(), before.customer},
                    access::FindFacts(transaction, caller, before.customer)));
  PARTNERLINK_RETURN_IF_ERROR(
      MovesFor(request, LockSeats(transaction, before, Named(request))).status());
  return absl::InternalError("locked seats did not change hands");
}

// The user with its licences as the request wants them; as it was where nothing is to change.
absl::StatusOr<users::Row> CarryOut(postgres::Transaction& transaction, outbox::Changes& changes,
                                    const Principal& caller,
                                    const v1::ModifyLicensesRequest& request,
                                    const users::Row& before) {
  PARTNERLINK_ASSIGN_OR_RETURN(const Moves moves,
                               MovesFor(request, LockSeats(transaction, before, Named(request))));
  if (moves.empty()) return before;
  if (Take(transaction, before, moves.taken) != static_cast<int64_t>(moves.taken.size()) ||
      Give(transaction, before, moves.given) != static_cast<int64_t>(moves.given.size())) {
    return WhyNotMoved(transaction, caller, request, before);
  }
  std::optional<users::Row> after = users::CountChange(transaction, before);
  if (!after) return WhyNotMoved(transaction, caller, request, before);
  changes.Record(users::ChangeOf("user.licenses_modified", &before, &*after));
  return *std::move(after);
}

}  // namespace

absl::Status ValidateModifyLicenses(const v1::ModifyLicensesRequest& request) {
  FieldViolations violations;
  if (!request::ParseChildName(request.name(), "customers", "users")) {
    violations.Add("name", users::kNameProblem);
  } else {
    CheckShape(request, violations);
  }
  request::CheckRequestId(request.request_id(), violations);
  return violations.ToStatus();
}

absl::StatusOr<v1::User> ModifyLicenses(const CallContext& context, const Deps& deps,
                                        const v1::ModifyLicensesRequest& request) {
  const auto name = request::ParseChildName(request.name(), "customers", "users");
  return outbox::Mutate<v1::User>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::User> {
        const access::Facts facts =
            access::FindFactsAndShareGrants(transaction, context.principal, name->account);
        PARTNERLINK_RETURN_IF_ERROR(
            access::Check(context.principal, {access::LicenseManage(), name->account}, facts));
        const std::optional<users::Row> before =
            users::FindLocked(transaction, name->account, name->id);
        if (!before) return NotFound();
        PARTNERLINK_RETURN_IF_ERROR(postgres::CheckEtag(request.etag(), before->revision));
        PARTNERLINK_RETURN_IF_ERROR(
            users::CheckAction(users::Action::kModifyLicenses, before->user.state()));
        PARTNERLINK_ASSIGN_OR_RETURN(
            users::Row after, CarryOut(transaction, changes, context.principal, request, *before));
        const bool sees_all =
            access::Decide(context.principal, {access::UserView(), name->account}, facts).allowed;
        return sees_all ? std::move(after.user) : users::LicensesOf(after.user);
      });
}

}  // namespace partnerlink::directory::licenses
