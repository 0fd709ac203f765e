// A grant's approval beside the suspension of its partner: nothing of a suspended partner comes
// into force.
#include <gtest/gtest.h>

#include <string>

#include "common/status/status.h"
#include "services/relationship/partners/handlers.h"
#include "tests/component/grant_fixture.h"
#include "tests/support/race.h"

namespace partnerlink::suspension_races_test {
namespace {

using support::kContoso;
using support::Race;

class SuspensionRacesTest : public support::GrantTest {
 protected:
  // An approval and the suspension of the partner at the same time: whether the approval was
  // written after the suspension. The partner is active again then.
  bool IsApprovedBehindASuspension() {
    const std::string name = Pending();
    Race(2, [&](int racer) {
      if (racer == 0) {
        const absl::Status status = Approve(name).status();
        EXPECT_TRUE(status.ok() || ReasonOf(status) == common::v1::PARTNER_SUSPENDED ||
                    ReasonOf(status) == common::v1::CONFLICT)
            << status;
        return;
      }
      auto request = relationship::v1::SuspendPartnerRequest();
      request.set_name(kContoso);
      const support::TestCall call = support::RelationshipCall(
          "SuspendPartner", support::PrincipalOf("operators", {"operator"}));
      const auto suspended =
          relationship::partners::SuspendPartner(call.context, relationship_deps_, request);
      ASSERT_TRUE(suspended.ok()) << suspended.status();
    });
    database_.Run("UPDATE relationship.partners SET state = 'ACTIVE'");
    return database_.Count(
               "SELECT count(*) FROM common.audit_entries a WHERE a.method LIKE '%/ApproveGrant'"
               " AND a.create_time > (SELECT max(create_time) FROM common.audit_entries"
               " WHERE method LIKE '%/SuspendPartner')") > 0;
  }
};

TEST_F(SuspensionRacesTest, NothingOfAPartnerIsApprovedBehindItsSuspension) {
  for (int round = 0; round < 20; ++round) EXPECT_FALSE(IsApprovedBehindASuspension());
}

// The control: an approval that looks how the partner stands, but does not keep it so.
TEST_F(SuspensionRacesTest, ControlWithoutTheLockOneIsApprovedBehindTheSuspension) {
  database_.Run(
      "CREATE OR REPLACE FUNCTION common.acting_to_write(account text) RETURNS text"
      " LANGUAGE sql VOLATILE SECURITY DEFINER RETURN common.acting(account)");
  bool approved = false;
  for (int round = 0; round < 300 && !approved; ++round) approved = IsApprovedBehindASuspension();
  EXPECT_TRUE(approved);
}

}  // namespace
}  // namespace partnerlink::suspension_races_test
