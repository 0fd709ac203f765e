#include "common/identifier/uuid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace partnerlink {
namespace {

using testing::MatchesRegex;

TEST(NewUuidTest, IsOfVersion7AndNeverTheSame) {
  const std::string uuid = NewUuid();
  EXPECT_THAT(uuid, MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
                                 "[0-9a-f]{12}"));
  EXPECT_NE(NewUuid(), uuid);
}

TEST(DerivedUuidTest, FollowsFromItsSeedAlone) {
  const std::string uuid = DerivedUuid("0197c1c2-89ab-7cde-8f01-23456789abcd/0");
  EXPECT_THAT(uuid, MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
                                 "[0-9a-f]{12}"));
  EXPECT_EQ(DerivedUuid("0197c1c2-89ab-7cde-8f01-23456789abcd/0"), uuid);
  EXPECT_NE(DerivedUuid("0197c1c2-89ab-7cde-8f01-23456789abcd/1"), uuid);
}

}  // namespace
}  // namespace partnerlink
