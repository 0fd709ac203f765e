#include "services/invitation/service.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "common/status/status.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/redemptions/handlers.h"

namespace partnerlink::invitation {
namespace {

// "At once": how long an acceptance waits for its relationships.
constexpr absl::Duration kWaitForRelationships = absl::Seconds(1);

// A handler with its dependencies given.
template <typename Request, typename Response>
rpc::Service::Handler<Request, Response> With(
    const Deps& deps,
    absl::StatusOr<Response> (*handler)(const CallContext&, const Deps&, const Request&)) {
  return [&deps, handler](const CallContext& context, const Request& request) {
    return handler(context, deps, request);
  };
}

}  // namespace

absl::StatusOr<std::unique_ptr<rpc::Service>> MakeService(const Deps& deps,
                                                          outbox::Relay& relationship_relay,
                                                          const rpc::Edge& edge) {
  using namespace v1;           // NOLINT: the messages
  using namespace invitations;  // NOLINT: the handlers
  using namespace redemptions;  // NOLINT: the handlers
  const google::protobuf::FileDescriptor* file = CreateInvitationRequest::descriptor()->file();
  auto service =
      std::make_unique<rpc::Service>(*file->FindServiceByName("InvitationService"), edge);
  const rpc::WaitForArrival wait = [&relationship_relay](const std::string& root,
                                                         absl::Time deadline,
                                                         std::function<void()> done) {
    relationship_relay.WhenDelivered(root, std::min(kWaitForRelationships, deadline - absl::Now()),
                                     std::move(done));
  };

  service->Unary("CreateInvitation", ValidateCreateInvitation, With(deps, CreateInvitation));
  service->Unary("GetInvitation", ValidateGetInvitation, With(deps, GetInvitation));
  service->Unary("ListInvitations", ValidateListInvitations, With(deps, ListInvitations));
  service->Unary("UpdateInvitation", ValidateUpdateInvitation, With(deps, UpdateInvitation));
  service->Unary("DeleteInvitation", ValidateDeleteInvitation, With(deps, DeleteInvitation));
  service->Unary("RenderInvitation", ValidateRenderInvitation, With(deps, RenderInvitation));
  service->Unary("IssueInvitation", ValidateIssueInvitation, With(deps, IssueInvitation));
  service->Unary("RevokeInvitation", ValidateRevokeInvitation, With(deps, RevokeInvitation));
  service->Unary("LookupInvitation", ValidateLookupInvitation, With(deps, LookupInvitation));
  service->UnaryThenWait("AcceptInvitation", ValidateAcceptInvitation, With(deps, AcceptInvitation),
                         wait, With(deps, ReadRedemption));
  service->Unary("DeclineInvitation", ValidateDeclineInvitation, With(deps, DeclineInvitation));

  PARTNERLINK_RETURN_IF_ERROR(service->Check());
  return service;
}

}  // namespace partnerlink::invitation
