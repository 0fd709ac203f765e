#include "services/relationship/service.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "common/status/status.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"
#include "services/relationship/access/handlers.h"
#include "services/relationship/grants/handlers.h"
#include "services/relationship/partners/handlers.h"
#include "services/relationship/relationships/handlers.h"

namespace partnerlink::relationship {
namespace {

constexpr absl::Duration kLongestWait = absl::Milliseconds(700);

template <typename Request, typename Response>
auto With(const Deps& deps,
          absl::StatusOr<Response> (*handler)(const CallContext&, const Deps&, const Request&)) {
  return [deps, handler](const CallContext& context, const Request& request) {
    return handler(context, deps, request);
  };
}

rpc::WaitForArrival Arrival(outbox::Relay& relay) {
  return [&relay](const std::string& root, absl::Time deadline, std::function<void()> done) {
    relay.WhenDelivered(root, std::min(kLongestWait, deadline - absl::Now()), std::move(done));
  };
}

}  // namespace

absl::StatusOr<std::unique_ptr<rpc::Service>> MakeService(const Deps& deps,
                                                          outbox::Relay& directory_relay,
                                                          const rpc::Edge& edge) {
  // A file's descriptors, not a generated service class: the messages are built without services.
  const auto* descriptor =
      v1::EnrollPartnerRequest::descriptor()->file()->FindServiceByName("RelationshipService");
  auto service = std::make_unique<rpc::Service>(*descriptor, edge);
  service->Unary<v1::EnrollPartnerRequest, v1::Partner>(
      "EnrollPartner", partners::ValidateEnrollPartner, With(deps, partners::EnrollPartner));
  service->Unary<v1::GetPartnerRequest, v1::Partner>("GetPartner", partners::ValidateGetPartner,
                                                     With(deps, partners::GetPartner));
  service->Unary<v1::ListPartnersRequest, v1::ListPartnersResponse>(
      "ListPartners", partners::ValidateListPartners, With(deps, partners::ListPartners));
  service->Unary<v1::UpdatePartnerRequest, v1::Partner>(
      "UpdatePartner", partners::ValidateUpdatePartner, With(deps, partners::UpdatePartner));
  service->Unary<v1::GetRelationshipRequest, v1::Relationship>(
      "GetRelationship", relationships::ValidateGetRelationship,
      With(deps, relationships::GetRelationship));
  service->Unary<v1::ListRelationshipsRequest, v1::ListRelationshipsResponse>(
      "ListRelationships", relationships::ValidateListRelationships,
      With(deps, relationships::ListRelationships));
  service->Unary<v1::GetAttestationTextRequest, v1::AttestationText>(
      "GetAttestationText", relationships::ValidateGetAttestationText,
      With(deps, relationships::GetAttestationText));
  service->UnaryThenWait<v1::RemoveRelationshipRequest, v1::RemoveRelationshipResponse>(
      "RemoveRelationship", relationships::ValidateRemoveRelationship,
      With(deps, relationships::RemoveRelationship), Arrival(directory_relay), nullptr);
  service->Unary<v1::GetGrantRequest, v1::Grant>("GetGrant", grants::ValidateGetGrant,
                                                 With(deps, grants::GetGrant));
  service->Unary<v1::ListGrantsRequest, v1::ListGrantsResponse>(
      "ListGrants", grants::ValidateListGrants, With(deps, grants::ListGrants));
  service->Unary<v1::CheckAccessRequest, v1::CheckAccessResponse>(
      "CheckAccess", access::ValidateCheckAccess, With(deps, access::CheckAccess));
  service->Unary<v1::BatchCheckAccessRequest, v1::BatchCheckAccessResponse>(
      "BatchCheckAccess", access::ValidateBatchCheckAccess, With(deps, access::BatchCheckAccess));
  service->UnaryThenWait<v1::EstablishRelationshipsRequest, v1::EstablishRelationshipsResponse>(
      "EstablishRelationships", relationships::ValidateEstablishRelationships,
      With(deps, relationships::EstablishRelationships), Arrival(directory_relay), nullptr);
  PARTNERLINK_RETURN_IF_ERROR(service->Check());
  return service;
}

}  // namespace partnerlink::relationship
