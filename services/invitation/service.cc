#include "services/invitation/service.h"

#include "common/rpc/bind.h"
#include "common/status/status.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/redemptions/handlers.h"

namespace partnerlink::invitation {
namespace {

// "At once": how long an acceptance waits for its relationships.
constexpr absl::Duration kWaitForRelationships = absl::Seconds(1);

}  // namespace

absl::StatusOr<std::unique_ptr<rpc::Service>> MakeService(const Deps& deps,
                                                          outbox::Relay& relationship_relay,
                                                          const rpc::Edge& edge) {
  using namespace v1;           // NOLINT: the messages
  using namespace invitations;  // NOLINT: the handlers
  using namespace redemptions;  // NOLINT: the handlers
  using rpc::With;
  const google::protobuf::FileDescriptor* file = CreateInvitationRequest::descriptor()->file();
  auto service =
      std::make_unique<rpc::Service>(*file->FindServiceByName("InvitationService"), edge);

  service->Unary("CreateInvitation", ValidateCreateInvitation, With(deps, CreateInvitation));
  service->Unary("GetInvitation", ValidateGetInvitation, With(deps, GetInvitation));
  service->Unary("ListInvitations", ValidateListInvitations, With(deps, ListInvitations));
  service->Unary("UpdateInvitation", ValidateUpdateInvitation, With(deps, UpdateInvitation));
  service->Unary("DeleteInvitation", ValidateDeleteInvitation, With(deps, DeleteInvitation));
  service->Unary("RenderInvitation", ValidateRenderInvitation, With(deps, RenderInvitation));
  service->Unary("IssueInvitation", ValidateIssueInvitation, With(deps, IssueInvitation));
  service->Unary("SendInvitation", ValidateSendInvitation, With(deps, SendInvitation));
  service->Unary("RevokeInvitation", ValidateRevokeInvitation, With(deps, RevokeInvitation));
  service->Unary("ApproveProviderPart", ValidateApproveProviderPart,
                 With(deps, ApproveProviderPart));
  service->Unary("RefuseProviderPart", ValidateRefuseProviderPart, With(deps, RefuseProviderPart));
  service->Unary("ListProviderInbox", ValidateListProviderInbox, With(deps, ListProviderInbox));
  service->Unary("LookupInvitation", ValidateLookupInvitation, With(deps, LookupInvitation));
  service->UnaryThenWait("AcceptInvitation", ValidateAcceptInvitation, With(deps, AcceptInvitation),
                         rpc::ArrivalBy(relationship_relay, kWaitForRelationships),
                         With(deps, ReadRedemption));
  service->Unary("DeclineInvitation", ValidateDeclineInvitation, With(deps, DeclineInvitation));
  service->Unary("ApplyPartnerships", ValidateApplyPartnerships, With(deps, ApplyPartnerships));
  service->Unary("ListReceivedInvitations", ValidateListReceivedInvitations,
                 With(deps, ListReceivedInvitations));
  service->UnaryThenWait("AcceptReceivedInvitation", ValidateAcceptReceivedInvitation,
                         With(deps, AcceptReceivedInvitation),
                         rpc::ArrivalBy(relationship_relay, kWaitForRelationships),
                         With(deps, ReadRedemption));
  service->Unary("DeclineReceivedInvitation", ValidateDeclineReceivedInvitation,
                 With(deps, DeclineReceivedInvitation));

  PARTNERLINK_RETURN_IF_ERROR(service->Check());
  return service;
}

}  // namespace partnerlink::invitation
