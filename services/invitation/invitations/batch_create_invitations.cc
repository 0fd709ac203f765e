// Up to 100 invitations in one call, each with an outcome of its own and in a transaction of its
// own: what is made stays made, and a repeated call answers it again and goes on. The call's
// request id stands for all of its body; each row's is the caller's, or follows from the call's.
#include "absl/strings/str_cat.h"
#include "common/identifier/uuid.h"
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "google/protobuf/empty.pb.h"
#include "services/invitation/invitations/handlers.h"

namespace partnerlink::invitation::invitations {
namespace {

using google::protobuf::Empty;

constexpr int kMostRequests = 100;

// The transaction that keeps the call's request id; it also asks whether the account may act.
absl::Status Begin(const CallContext& context, const Deps& deps,
                   const v1::BatchCreateInvitationsRequest& request) {
  return outbox::Mutate<Empty>(context, deps.pool, request, {request.request_id()},
                               [](postgres::Transaction&,
                                  outbox::Changes&) -> absl::StatusOr<Empty> { return Empty(); })
      .status();
}

absl::StatusOr<v1::Invitation> CreateRow(const CallContext& context, const Deps& deps,
                                         const v1::BatchCreateInvitationsRequest& request,
                                         int place) {
  v1::CreateInvitationRequest row = request.requests(place);
  if (!row.parent().empty() && row.parent() != request.parent()) {
    FieldViolations violations;
    violations.Add("parent", "must be empty or that of the whole call");
    return violations.ToStatus();
  }
  row.set_parent(request.parent());
  if (row.request_id().empty() && !request.request_id().empty()) {
    row.set_request_id(DerivedUuid(absl::StrCat(request.request_id(), "/", place)));
  }
  PARTNERLINK_RETURN_IF_ERROR(ValidateCreateInvitation(row));
  return CreateInvitation(context, deps, row);
}

// Whether the row is refused for good; otherwise nobody knows yet what becomes of it.
bool IsOutcome(const absl::Status& status) {
  const auto reason = ReasonOf(status);
  return reason && status.code() != absl::StatusCode::kUnavailable &&
         status.code() != absl::StatusCode::kDeadlineExceeded &&
         status.code() != absl::StatusCode::kInternal;
}

}  // namespace

absl::Status ValidateBatchCreateInvitations(const v1::BatchCreateInvitationsRequest& request) {
  FieldViolations violations;
  if (!request::IsAccountName(request.parent(), "partners")) {
    violations.Add("parent", "is not of the form partners/{id}");
  }
  if (request.requests().empty() || request.requests_size() > kMostRequests) {
    violations.Add("requests", "must be 1 to 100");
  }
  request::CheckRequestId(request.request_id(), violations);
  return violations.ToStatus();
}

absl::StatusOr<v1::BatchCreateInvitationsResponse> BatchCreateInvitations(
    const CallContext& context, const Deps& deps,
    const v1::BatchCreateInvitationsRequest& request) {
  PARTNERLINK_RETURN_IF_ERROR(Begin(context, deps, request));
  v1::BatchCreateInvitationsResponse response;
  for (int place = 0; place < request.requests_size(); ++place) {
    absl::StatusOr<v1::Invitation> created = CreateRow(context, deps, request, place);
    auto& result = *response.add_results();
    if (created.ok()) {
      *result.mutable_invitation() = *std::move(created);
    } else if (IsOutcome(created.status())) {
      *result.mutable_status() = ToRpcStatus(created.status());
    } else {
      return created.status();
    }
  }
  return response;
}

}  // namespace partnerlink::invitation::invitations
