// The life of a relationship by the handlers, the sweeps beside them included.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "partnerlink/common/v1/error_reason.pb.h"
#include "tests/component/relationship_fixture.h"

namespace partnerlink::support {

// The global administrator of `northwind`, and a person of the product's operator.
Principal Nora();
Principal Olga();

class RelationshipLifeTest : public RelationshipTest {
 protected:
  using Relationship = relationship::v1::Relationship;

  // The shape's check included.
  absl::StatusOr<Relationship> Pause(const std::string& name, const Principal& caller,
                                     const std::string& reason = "unpaid");
  absl::StatusOr<Relationship> Resume(const std::string& name, const Principal& caller,
                                      const std::string& reason = "paid");
  absl::StatusOr<Relationship> End(const std::string& name, const Principal& caller = Nora(),
                                   std::optional<bool> revoke_grants = std::nullopt);
  absl::StatusOr<Relationship> Withdraw(const std::string& name, const Principal& caller = Nora());
  absl::StatusOr<Relationship> Get(const std::string& name, const Principal& caller);

  // What CheckAccess says to the partner's person about kNorthwind; OK where it allows.
  common::v1::ErrorReason WhyNot(const Principal& principal, const std::string& permission);

  // Sets columns of contoso's policies.
  void SetPolicies(const std::string& columns);
  // Of all of contoso's relationships, and those to come: the days that a customer's end takes.
  void AgreeOnNotice(int days);
  // Moves the end of what is ENDING so far from now, past the trigger that keeps it.
  void MoveEnd(const std::string& name, const std::string& interval);

  // What is over by the clock, and what removals have left to be done.
  void Sweep();

  std::string StoredState(const std::string& name);
  // The states of the grants of contoso over kNorthwind, with their causes.
  std::string Grants();
};

}  // namespace partnerlink::support
