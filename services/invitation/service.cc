#include "services/invitation/service.h"

#include "common/rpc/bind.h"
#include "common/status/status.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/notices/handlers.h"
#include "services/invitation/presentations/failed_presentations.h"
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
  using namespace notices;      // NOLINT: the handlers
  using namespace redemptions;  // NOLINT: the handlers
  using presentations::Limited;
  using rpc::With;
  const google::protobuf::FileDescriptor* file = CreateInvitationRequest::descriptor()->file();
  auto service =
      std::make_unique<rpc::Service>(*file->FindServiceByName("InvitationService"), edge);

  const auto failed =
      std::make_shared<presentations::FailedPresentations>(deps.failed_presentations);

  service->Unary("CreateInvitation", ValidateCreateInvitation, With(deps, CreateInvitation));
  service->Unary("BatchCreateInvitations", ValidateBatchCreateInvitations,
                 With(deps, BatchCreateInvitations));
  service->Unary("GetInvitation", ValidateGetInvitation, With(deps, GetInvitation));
  service->Unary("ListInvitations", ValidateListInvitations, With(deps, ListInvitations));
  service->Unary("CountInvitations", ValidateCountInvitations, With(deps, CountInvitations));
  service->Unary("UpdateInvitation", ValidateUpdateInvitation, With(deps, UpdateInvitation));
  service->Unary("DeleteInvitation", ValidateDeleteInvitation, With(deps, DeleteInvitation));
  service->Unary("RenderInvitation", ValidateRenderInvitation, With(deps, RenderInvitation));
  service->Unary("IssueInvitation", ValidateIssueInvitation, With(deps, IssueInvitation));
  service->Unary("ResendInvitation", ValidateResendInvitation, With(deps, ResendInvitation));
  service->Unary("ExtendInvitation", ValidateExtendInvitation, With(deps, ExtendInvitation));
  service->Unary("SendInvitation", ValidateSendInvitation, With(deps, SendInvitation));
  service->Unary("RevokeInvitation", ValidateRevokeInvitation, With(deps, RevokeInvitation));
  service->Unary("ApproveProviderPart", ValidateApproveProviderPart,
                 With(deps, ApproveProviderPart));
  service->Unary("RefuseProviderPart", ValidateRefuseProviderPart, With(deps, RefuseProviderPart));
  service->Unary("ListProviderInbox", ValidateListProviderInbox, With(deps, ListProviderInbox));
  service->Unary("ListRedemptions", ValidateListRedemptions, With(deps, ListRedemptions));
  service->Unary("ListDeclines", ValidateListDeclines, With(deps, ListDeclines));
  service->Unary("LookupInvitation", ValidateLookupInvitation,
                 Limited(failed, With(deps, LookupInvitation)));
  service->UnaryThenWait(
      "AcceptInvitation", ValidateAcceptInvitation, Limited(failed, With(deps, AcceptInvitation)),
      rpc::ArrivalBy(relationship_relay, kWaitForRelationships), With(deps, ReadRedemption));
  service->Unary("DeclineInvitation", ValidateDeclineInvitation,
                 Limited(failed, With(deps, DeclineInvitation)));
  service->Unary("ApplyPartnerships", ValidateApplyPartnerships, With(deps, ApplyPartnerships));
  service->Unary("QueueNotice", ValidateQueueNotice, With(deps, QueueNotice));
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
