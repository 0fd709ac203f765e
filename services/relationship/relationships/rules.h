// When a relationship comes to be, and with what; who may do what with it, and when. Pure
// functions, and the one place that names the refusals.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "common/context/call_context.h"
#include "common/status/status.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"

namespace partnerlink::relationship::relationships {

inline constexpr char kNameProblem[] = "is not of the form relationships/{uuid}";

// The UUID of `relationships/{uuid}`; none for anything else.
std::optional<std::string> ParseName(std::string_view name);

// RESOURCE_NOT_FOUND unless the reader is the relationship's partner, its customer or an operator.
absl::Status CheckReader(const Principal& reader, const v1::Relationship& relationship);

// Adds what breaks the documented shape of the request, but for the grant's own terms.
void CheckShape(const v1::EstablishRelationshipsRequest& request, FieldViolations& violations);

// The edge as it is to be created.
v1::Relationship ToEstablish(const v1::EstablishRelationshipsRequest& request,
                             const v1::EstablishRelationshipsRequest::Edge& edge);

// What an edge is decided on.
struct Ground {
  const v1::Partner* partner = nullptr;  // null: not enrolled
  bool same_region = false;              // as the customer
  // The partner says that it creates the customer, but somebody has or had a relationship with it:
  // what comes with a creation is not for a customer that could have been asked.
  bool created_before = false;
  // It comes by way of a reseller with which it has no partnership that is ACTIVE.
  bool partnership_inactive = false;
};

// Why the partner can have no relationship with the customer: PARTNER_SUSPENDED, CUSTOMER_EXISTS,
// REGION or PARTNERSHIP_INACTIVE; none if it can.
std::optional<ErrorReason> WhyNot(const Ground& ground);

// What an edge's answer says of the one that is in force now.
v1::EstablishRelationshipsResponse::Edge Established(const v1::Relationship& created);
// Of the one that was there before: RELATIONSHIP_EXISTS.
v1::EstablishRelationshipsResponse::Edge Exists(const v1::Relationship& live);
// Of the one that will not be.
v1::EstablishRelationshipsResponse::Edge Refused(const v1::Relationship& wanted,
                                                 ErrorReason reason);

// ATTESTATION_INCOMPLETE, with every part that is missing or not true.
absl::Status CheckAttestation(const v1::Attestation& attestation);

// ATTESTATION_VERSION unless it is the current text that was attested.
absl::Status CheckTextVersion(const v1::Attestation& attestation, std::string_view current);

// The attestation as it is kept, by the person who removes.
v1::Attestation AttestedBy(const Principal& remover, const v1::Attestation& attestation);

// What changes the state of a relationship.
enum class Action { kSuspend, kResume, kRemove, kEnd, kWithdrawEnd, kFinishEnd };

// The state after the action; none if the action is not for this state. `ending_from`: the state
// that an ENDING one was in before.
std::optional<v1::Relationship::State> After(
    Action action, v1::Relationship::State state,
    v1::Relationship::State ending_from = v1::Relationship::ACTIVE);

// OK, or STATE_TRANSITION naming the action and the state.
absl::Status CheckAction(Action action, v1::Relationship::State state);

// `relationship.suspended`, `relationship.resumed`, `relationship.ending`,
// `relationship.end_withdrawn`, `relationship.ended`. A removal is `relationship.removed` on the
// customer's account.
std::string_view EventOf(Action action);

// RESOURCE_NOT_FOUND unless the caller is its partner.
absl::Status CheckRemover(const Principal& caller, const v1::Relationship& relationship);

// RESOURCE_NOT_FOUND unless the caller is its customer.
absl::Status CheckEnder(const Principal& caller, const v1::Relationship& relationship);

// Who pauses it: operators, the provider of a PROVIDER relationship, and the provider that the
// RESELLER one of another partner goes through (`is_through`). PERMISSION_MISSING for its reseller,
// RESOURCE_NOT_FOUND for everyone else.
absl::Status CheckPauser(const Principal& caller, const v1::Relationship& relationship,
                         bool is_through);

// STATE_TRANSITION unless the relationship is ACTIVE or SUSPENDED; PARTNER_SUSPENDED unless its
// partner (null: not enrolled) is active.
absl::Status CheckRemoval(const v1::Relationship& relationship, const v1::Partner* partner);

// How long after its removal the partner's grants end; none where they are kept.
std::optional<absl::Duration> RevokedAfter(const v1::Partner::Policies& policies);

// ACTIVE_SUBSCRIPTIONS, listing them, unless there are none.
absl::Status CheckNothingRuns(const std::vector<std::string>& subscriptions);

// Of the same version's texts, that in the locale, in the nearest shorter one (`de-AT`, `de`), in
// `en`, or the first.
v1::AttestationText NearestTo(std::string_view locale,
                              const std::vector<v1::AttestationText>& texts);

// Whether the partner gets its grant: not if it can have no relationship with the customer; an edge
// that was there before is no hindrance.
bool MayHoldGrant(const v1::EstablishRelationshipsResponse& response, std::string_view partner);

}  // namespace partnerlink::relationship::relationships
