#include "common/rpc/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "common/status/status.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "partnerlink/invitation/v1/invitation_service.pb.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"

namespace partnerlink::rpc {
namespace {

using outbox::CallEntry;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kRelationship[] = "relationships/0197c1c2-89ab-7cde-8f01-23456789abcd";

template <typename Request>
auth::AccessPolicy PolicyOf(const char* method) {
  return *auth::AccessPolicy::Of(
      Request::descriptor()->file()->service(0)->FindMethodByName(method));
}

CallContext Caller(AccountFamily family, std::string account) {
  CallContext context;
  context.principal.family = family;
  context.principal.account = std::move(account);
  return context;
}

CallContext Contoso() { return Caller(AccountFamily::kPartner, "partners/contoso"); }
CallContext Operator() { return Caller(AccountFamily::kOperator, "operators"); }

absl::Status Refused(ErrorReason reason) { return Refusal(reason, "No."); }

// RevokeInvitation of an invitation of contoso.
std::vector<CallEntry> OfRevocation(const CallContext& context, const absl::Status& status) {
  invitation::v1::RevokeInvitationRequest request;
  request.set_name("partners/contoso/invitations/1");
  const invitation::v1::Invitation response;
  return EntriesOf(PolicyOf<invitation::v1::RevokeInvitationRequest>("RevokeInvitation"),
                   MethodClass::kMutation, context, request, status,
                   status.ok() ? &response : nullptr);
}

// GetRelationship, whose request names no account; the relationship is contoso's with acme.
std::vector<CallEntry> OfReading(const CallContext& context, const absl::Status& status) {
  relationship::v1::GetRelationshipRequest request;
  request.set_name(kRelationship);
  relationship::v1::Relationship response;
  response.set_partner("partners/contoso");
  response.set_customer("customers/acme");
  return EntriesOf(PolicyOf<relationship::v1::GetRelationshipRequest>("GetRelationship"),
                   MethodClass::kRead, context, request, status, status.ok() ? &response : nullptr);
}

TEST(EntriesOfTest, AMutationThatWasRefusedIsOnTheAccountOfWhoAsked) {
  EXPECT_THAT(OfRevocation(Contoso(), Refused(common::v1::STATE_TRANSITION)),
              ElementsAre(CallEntry{"partners/contoso", "partners/contoso/invitations/1",
                                    "STATE_TRANSITION"}));
  EXPECT_THAT(OfRevocation(Caller(AccountFamily::kPartner, "partners/fabrikam"), NotFound()),
              ElementsAre(CallEntry{"partners/fabrikam", "partners/contoso/invitations/1",
                                    "RESOURCE_NOT_FOUND"}));
}

TEST(EntriesOfTest, EveryJudgementIsKeptAndNoFailure) {
  for (const ErrorReason kept :
       {common::v1::ROLE_MISSING, common::v1::RESOURCE_NOT_FOUND, common::v1::ETAG_MISMATCH,
        common::v1::STATE_TRANSITION, common::v1::INVITATION_EXISTS, common::v1::RECIPIENT_MISSING,
        common::v1::QUOTA_EXCEEDED, common::v1::PARTNER_SUSPENDED}) {
    EXPECT_EQ(OfRevocation(Contoso(), Refused(kept)).size(), 1u)
        << common::v1::ErrorReason_Name(kept);
  }
  for (const ErrorReason failure :
       {common::v1::RATE_LIMITED, common::v1::OVERLOADED, common::v1::DEPENDENCY_UNAVAILABLE,
        common::v1::DEADLINE, common::v1::CALL_CANCELLED, common::v1::CONFLICT}) {
    EXPECT_THAT(OfRevocation(Contoso(), Refused(failure)), IsEmpty())
        << common::v1::ErrorReason_Name(failure);
  }
  EXPECT_THAT(OfRevocation(Contoso(), absl::InternalError("a text of ours")), IsEmpty());
}

TEST(EntriesOfTest, AChangeLeavesNoEntryBesideItsOwn) {
  EXPECT_THAT(OfRevocation(Contoso(), absl::OkStatus()), IsEmpty());
  EXPECT_THAT(OfRevocation(Operator(), absl::OkStatus()), IsEmpty());
}

TEST(EntriesOfTest, ATenantsReadIsNotKept) {
  EXPECT_THAT(OfReading(Contoso(), absl::OkStatus()), IsEmpty());
  EXPECT_THAT(OfReading(Contoso(), NotFound()), IsEmpty());
}

TEST(EntriesOfTest, WithoutATokenNothingIsKept) {
  EXPECT_THAT(OfRevocation(CallContext(), Refused(common::v1::TOKEN_MISSING)), IsEmpty());
}

TEST(EntriesOfTest, WhatAnOperatorReadIsOnTheAccountsOfTheRow) {
  EXPECT_THAT(OfReading(Operator(), absl::OkStatus()),
              ElementsAre(CallEntry{"partners/contoso", kRelationship, ""},
                          CallEntry{"customers/acme", kRelationship, ""}));
}

TEST(EntriesOfTest, AnOperatorsRefusedCallIsOnTheAccountThatItNamed) {
  EXPECT_THAT(OfRevocation(Operator(), Refused(common::v1::OPERATOR_REASON_MISSING)),
              ElementsAre(CallEntry{"partners/contoso", "partners/contoso/invitations/1",
                                    "OPERATOR_REASON_MISSING"}));
  EXPECT_THAT(OfReading(Operator(), NotFound()),
              ElementsAre(CallEntry{"operators", kRelationship, "RESOURCE_NOT_FOUND"}));
}

TEST(EntriesOfTest, AnOperatorsListIsOnTheAccountWhoseRowsItIs) {
  relationship::v1::ListGrantsRequest request;
  const relationship::v1::ListGrantsResponse response;
  const auth::AccessPolicy policy = PolicyOf<relationship::v1::ListGrantsRequest>("ListGrants");
  const auto entries = [&](const char* parent) {
    request.set_parent(parent);
    return EntriesOf(policy, MethodClass::kRead, Operator(), request, absl::OkStatus(), &response);
  };
  EXPECT_THAT(entries("customers/acme"),
              ElementsAre(CallEntry{"customers/acme", "customers/acme", ""}));
  EXPECT_THAT(entries("partners/-"), ElementsAre(CallEntry{"operators", "partners/-", ""}));
}

// Offers are nobody's: operators read them without a reason.
TEST(EntriesOfTest, WhatAsksNoReasonOfOperatorsIsNotKept) {
  const directory::v1::GetOfferRequest request;
  const directory::v1::Offer response;
  EXPECT_THAT(EntriesOf(PolicyOf<directory::v1::GetOfferRequest>("GetOffer"), MethodClass::kRead,
                        Operator(), request, absl::OkStatus(), &response),
              IsEmpty());
}

}  // namespace
}  // namespace partnerlink::rpc
