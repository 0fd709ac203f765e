#include "tests/component/relationship_life_fixture.h"

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "services/relationship/access/handlers.h"
#include "services/relationship/notices/telling.h"
#include "services/relationship/relationships/expiry.h"
#include "services/relationship/relationships/handlers.h"
#include "services/relationship/removals/revocations.h"

namespace partnerlink::support {

namespace relationships = relationship::relationships;
using relationship::v1::Relationship;

Principal Nora() { return PrincipalOf(kNorthwind, {"global_admin"}, "nora"); }
Principal Olga() { return PrincipalOf("operators", {"operator"}, "olga"); }

absl::StatusOr<Relationship> RelationshipLifeTest::Pause(const std::string& name,
                                                         const Principal& caller,
                                                         const std::string& reason) {
  relationship::v1::SuspendRelationshipRequest request;
  request.set_name(name);
  request.set_reason(reason);
  PARTNERLINK_RETURN_IF_ERROR(relationships::ValidateSuspendRelationship(request));
  const TestCall call = RelationshipCall("SuspendRelationship", caller);
  return relationships::SuspendRelationship(call.context, relationship_deps_, request);
}

absl::StatusOr<Relationship> RelationshipLifeTest::Resume(const std::string& name,
                                                          const Principal& caller,
                                                          const std::string& reason) {
  relationship::v1::ResumeRelationshipRequest request;
  request.set_name(name);
  request.set_reason(reason);
  PARTNERLINK_RETURN_IF_ERROR(relationships::ValidateResumeRelationship(request));
  const TestCall call = RelationshipCall("ResumeRelationship", caller);
  return relationships::ResumeRelationship(call.context, relationship_deps_, request);
}

absl::StatusOr<Relationship> RelationshipLifeTest::End(const std::string& name,
                                                       const Principal& caller,
                                                       std::optional<bool> revoke_grants) {
  relationship::v1::EndRelationshipRequest request;
  request.set_name(name);
  request.set_reason("moving on");
  if (revoke_grants) request.set_revoke_grants(*revoke_grants);
  PARTNERLINK_RETURN_IF_ERROR(relationships::ValidateEndRelationship(request));
  const TestCall call = RelationshipCall("EndRelationship", caller);
  return relationships::EndRelationship(call.context, relationship_deps_, request);
}

absl::StatusOr<Relationship> RelationshipLifeTest::Withdraw(const std::string& name,
                                                            const Principal& caller) {
  relationship::v1::WithdrawEndRequest request;
  request.set_name(name);
  request.set_reason("staying");
  PARTNERLINK_RETURN_IF_ERROR(relationships::ValidateWithdrawEnd(request));
  const TestCall call = RelationshipCall("WithdrawEnd", caller);
  return relationships::WithdrawEnd(call.context, relationship_deps_, request);
}

absl::StatusOr<Relationship> RelationshipLifeTest::Get(const std::string& name,
                                                       const Principal& caller) {
  relationship::v1::GetRelationshipRequest request;
  request.set_name(name);
  const TestCall call = RelationshipCall("GetRelationship", caller);
  return relationships::GetRelationship(call.context, relationship_deps_, request);
}

common::v1::ErrorReason RelationshipLifeTest::WhyNot(const Principal& principal,
                                                     const std::string& permission) {
  relationship::v1::CheckAccessRequest request;
  request.set_permission(permission);
  request.set_customer(kNorthwind);
  const TestCall call = RelationshipCall("CheckAccess", principal);
  const auto answer = relationship::access::CheckAccess(call.context, relationship_deps_, request);
  EXPECT_TRUE(answer.ok()) << answer.status();
  if (!answer.ok()) return common::v1::INTERNAL;
  return answer->allowed() ? common::v1::ERROR_REASON_UNSPECIFIED : answer->reason();
}

void RelationshipLifeTest::SetPolicies(const std::string& columns) {
  database_.Run(
      absl::StrCat("UPDATE relationship.partners SET ", columns, " WHERE name = '", kContoso, "'"));
}

void RelationshipLifeTest::AgreeOnNotice(int days) {
  SetPolicies(absl::StrCat("end_notice_days = ", days));
  database_.Run(absl::StrCat("UPDATE relationship.relationships SET end_notice_days = ", days,
                             " WHERE partner = '", kContoso, "'"));
}

void RelationshipLifeTest::MoveEnd(const std::string& name, const std::string& interval) {
  database_.Run(absl::StrCat(
      "SET session_replication_role = replica;"
      " UPDATE relationship.relationships SET effective_end_time = clock_timestamp() + interval '",
      interval, "' WHERE state = 'ENDING' AND 'relationships/' || id = '", name,
      "'; RESET session_replication_role"));
}

void RelationshipLifeTest::Sweep() {
  const absl::Status ended = relationships::SweepEnds(relationship_work_);
  EXPECT_TRUE(ended.ok()) << ended;
  const absl::Status revoked = relationship::removals::SweepRevocations(relationship_work_);
  EXPECT_TRUE(revoked.ok()) << revoked;
  const absl::Status told = relationship::notices::SweepNotices(relationship_work_);
  EXPECT_TRUE(told.ok()) << told;
}

std::string RelationshipLifeTest::StoredState(const std::string& name) {
  return database_.Value(absl::StrCat(
      "SELECT state FROM relationship.relationships WHERE 'relationships/' || id = '", name, "'"));
}

std::string RelationshipLifeTest::Grants() {
  return database_.Value(
      absl::StrCat("SELECT coalesce(string_agg(trim(state || ' ' || end_cause), ', ' ORDER BY id),"
                   " '') FROM relationship.grants WHERE partner = '",
                   kContoso, "' AND customer = '", kNorthwind, "'"));
}

}  // namespace partnerlink::support
