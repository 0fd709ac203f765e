// Every service of the suite serves each method that its proto declares, with a sound access
// option.
#include <gtest/gtest.h>

#include "services/directory/service.h"
#include "services/invitation/service.h"
#include "services/relationship/service.h"
#include "tests/support/invitation_fixture.h"

namespace partnerlink::services_test {
namespace {

class ServicesTest : public support::InvitationTest {
 protected:
  outbox::Relay Relay(const std::string& target) {
    return outbox::Relay(
        {"invitation", target}, work_pool_, [](const outbox::Delivery&, absl::Time, auto) {},
        [](auto&, auto&, auto&) { return absl::OkStatus(); });
  }

  const rpc::Edge edge_{};
};

TEST_F(ServicesTest, InvitationIsComplete) {
  outbox::Relay relay = Relay("relationship");
  const auto service = invitation::MakeService(deps_, relay, edge_);
  EXPECT_TRUE(service.ok()) << service.status();
}

TEST_F(ServicesTest, RelationshipIsComplete) {
  outbox::Relay directory = Relay("directory");
  outbox::Relay invitation = Relay("invitation");
  const relationship::Deps deps{
      .pool = pool_, .work_pool = work_pool_, .page_tokens = page_tokens_, .regions = regions_};
  const auto service = relationship::MakeService(deps, directory, invitation, edge_);
  EXPECT_TRUE(service.ok()) << service.status();
}

TEST_F(ServicesTest, DirectoryIsComplete) {
  outbox::Relay relay = Relay("relationship");
  const directory::Deps deps{
      .pool = pool_, .work_pool = work_pool_, .page_tokens = page_tokens_, .regions = regions_};
  const auto service = directory::MakeService(deps, relay, edge_);
  EXPECT_TRUE(service.ok()) << service.status();
}

}  // namespace
}  // namespace partnerlink::services_test
