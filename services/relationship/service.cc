#include "services/relationship/service.h"

#include "common/rpc/bind.h"
#include "common/status/status.h"
#include "services/relationship/access/handlers.h"
#include "services/relationship/audit/handlers.h"
#include "services/relationship/creations/handlers.h"
#include "services/relationship/grants/handlers.h"
#include "services/relationship/partners/handlers.h"
#include "services/relationship/partnerships/handlers.h"
#include "services/relationship/portals/handlers.h"
#include "services/relationship/relationships/handlers.h"

namespace partnerlink::relationship {
namespace {

constexpr absl::Duration kWaitForPeer = absl::Milliseconds(700);

}  // namespace

absl::StatusOr<std::unique_ptr<rpc::Service>> MakeService(const Deps& deps,
                                                          outbox::Relay& directory_relay,
                                                          outbox::Relay& invitation_relay,
                                                          const rpc::Edge& edge) {
  using namespace v1;             // NOLINT: the messages
  using namespace access;         // NOLINT: the handlers
  using namespace audit;          // NOLINT: the handlers
  using namespace creations;      // NOLINT: the handlers
  using namespace grants;         // NOLINT: the handlers
  using namespace partners;       // NOLINT: the handlers
  using namespace partnerships;   // NOLINT: the handlers
  using namespace portals;        // NOLINT: the handlers
  using namespace relationships;  // NOLINT: the handlers
  using rpc::With;
  const google::protobuf::FileDescriptor* file = EnrollPartnerRequest::descriptor()->file();
  auto service =
      std::make_unique<rpc::Service>(*file->FindServiceByName("RelationshipService"), edge);
  const rpc::WaitForArrival in_directory = rpc::ArrivalBy(directory_relay, kWaitForPeer);
  const rpc::WaitForArrival in_invitation = rpc::ArrivalBy(invitation_relay, kWaitForPeer);

  service->Unary("EnrollPartner", ValidateEnrollPartner, With(deps, EnrollPartner));
  service->Unary("GetPartner", ValidateGetPartner, With(deps, GetPartner));
  service->Unary("ListPartners", ValidateListPartners, With(deps, ListPartners));
  service->Unary("UpdatePartner", ValidateUpdatePartner, With(deps, UpdatePartner));
  service->Unary("SuspendPartner", ValidateSuspendPartner, With(deps, SuspendPartner));
  service->Unary("ResumePartner", ValidateResumePartner, With(deps, ResumePartner));
  service->Exchange("ImportPortalCustomers", ValidateImportPortalCustomers,
                    With(deps, ImportPortalCustomers));
  service->Unary("ListPortalRecords", ValidateListPortalRecords, With(deps, ListPortalRecords));
  service->Unary("EstablishPartnership", ValidateEstablishPartnership,
                 With(deps, EstablishPartnership));
  service->Unary("GetPartnership", ValidateGetPartnership, With(deps, GetPartnership));
  service->Unary("ListPartnerships", ValidateListPartnerships, With(deps, ListPartnerships));
  service->Unary("SuspendPartnership", ValidateSuspendPartnership, With(deps, SuspendPartnership));
  service->Unary("ResumePartnership", ValidateResumePartnership, With(deps, ResumePartnership));
  service->UnaryThenWait("EndPartnership", ValidateEndPartnership, With(deps, EndPartnership),
                         in_invitation);
  service->Unary("GetRelationship", ValidateGetRelationship, With(deps, GetRelationship));
  service->Unary("ListRelationships", ValidateListRelationships, With(deps, ListRelationships));
  service->Unary("GetAttestationText", ValidateGetAttestationText, With(deps, GetAttestationText));
  service->UnaryThenWait("SuspendRelationship", ValidateSuspendRelationship,
                         With(deps, SuspendRelationship), in_directory);
  service->UnaryThenWait("ResumeRelationship", ValidateResumeRelationship,
                         With(deps, ResumeRelationship), in_directory);
  service->UnaryThenWait("EndRelationship", ValidateEndRelationship, With(deps, EndRelationship),
                         in_directory);
  service->UnaryThenWait("WithdrawEnd", ValidateWithdrawEnd, With(deps, WithdrawEnd), in_directory);
  service->UnaryThenWait("RemoveRelationship", ValidateRemoveRelationship,
                         With(deps, RemoveRelationship), in_directory);
  service->Unary("CreateGrant", ValidateCreateGrant, With(deps, CreateGrant));
  service->Unary("GetGrant", ValidateGetGrant, With(deps, GetGrant));
  service->Unary("ListGrants", ValidateListGrants, With(deps, ListGrants));
  service->Unary("UpdateGrant", ValidateUpdateGrant, With(deps, UpdateGrant));
  service->Unary("DeleteGrant", ValidateDeleteGrant, With(deps, DeleteGrant));
  service->Unary("RequestGrantApproval", ValidateRequestGrantApproval,
                 With(deps, RequestGrantApproval));
  service->Unary("WithdrawGrant", ValidateWithdrawGrant, With(deps, WithdrawGrant));
  service->Unary("ApproveGrant", ValidateApproveGrant, With(deps, ApproveGrant));
  service->Unary("DeclineGrant", ValidateDeclineGrant, With(deps, DeclineGrant));
  service->Unary("TerminateGrant", ValidateTerminateGrant, With(deps, TerminateGrant));
  service->Unary("DropGrantRoles", ValidateDropGrantRoles, With(deps, DropGrantRoles));
  service->Unary("ListLeftBehindGrants", ValidateListLeftBehindGrants,
                 With(deps, ListLeftBehindGrants));
  service->Unary("CheckAccess", ValidateCheckAccess, With(deps, CheckAccess));
  service->Unary("BatchCheckAccess", ValidateBatchCheckAccess, With(deps, BatchCheckAccess));
  service->Unary("ListAuditEntries", ValidateListAuditEntries, With(deps, ListAuditEntries));
  service->UnaryThenWait("EstablishRelationships", ValidateEstablishRelationships,
                         With(deps, EstablishRelationships), in_directory);
  service->UnaryThenWait("EstablishCreatedCustomers", ValidateEstablishCreatedCustomers,
                         With(deps, EstablishCreatedCustomers), in_directory);

  PARTNERLINK_RETURN_IF_ERROR(service->Check());
  return service;
}

}  // namespace partnerlink::relationship
