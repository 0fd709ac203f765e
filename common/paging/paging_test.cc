#include "common/paging/paging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "common/status/status.h"

namespace partnerlink::paging {
namespace {

using ::testing::StartsWith;

constexpr std::string_view kAllowed[] = {"display_name", "create_time"};

TEST(PageSizeTest, ZeroMeansFifty) { EXPECT_EQ(*PageSize(0), 50); }

TEST(PageSizeTest, BetweenOneAndFiveHundredIsTaken) {
  for (const int size : {1, 49, 50, 499, 500}) EXPECT_EQ(*PageSize(size), size);
}

TEST(PageSizeTest, MoreThanFiveHundredMeansFiveHundred) {
  EXPECT_EQ(*PageSize(501), 500);
  EXPECT_EQ(*PageSize(std::numeric_limits<int32_t>::max()), 500);
}

TEST(PageSizeTest, NegativeIsRefused) {
  for (const int size : {-1, std::numeric_limits<int32_t>::min()}) {
    const auto refused = PageSize(size);
    EXPECT_EQ(ReasonOf(refused.status()), common::v1::FIELD_INVALID);
    EXPECT_THAT(std::string(refused.status().message()), StartsWith("page_size: "));
    EXPECT_TRUE(refused.status().GetPayload("type.googleapis.com/google.rpc.BadRequest"));
  }
}

TEST(ParseOrderTest, EmptyIsTheFallback) {
  for (const std::string_view empty : {"", "  "}) {
    const auto order = ParseOrder(empty, kAllowed, {"create_time", true});
    ASSERT_TRUE(order.ok());
    EXPECT_EQ(order->field, "create_time");
    EXPECT_TRUE(order->descending);
  }
}

TEST(ParseOrderTest, DirectionIsAscendingUnlessSaid) {
  for (const std::string_view ascending : {"display_name", " display_name ", "display_name asc"}) {
    const auto order = ParseOrder(ascending, kAllowed, {"create_time", true});
    ASSERT_TRUE(order.ok()) << ascending;
    EXPECT_EQ(order->field, "display_name");
    EXPECT_FALSE(order->descending);
  }
  const auto order = ParseOrder("create_time  desc", kAllowed, {"display_name", false});
  ASSERT_TRUE(order.ok());
  EXPECT_EQ(order->field, "create_time");
  EXPECT_TRUE(order->descending);
}

TEST(ParseOrderTest, AnythingElseIsRefused) {
  for (const std::string_view wrong :
       {"name", "display_name DESC", "display_name, create_time", "display_name desc desc", "desc",
        "display_name;", "display_name\tdesc", "\xFF", "-display_name"}) {
    const auto refused = ParseOrder(wrong, kAllowed, {"display_name", false});
    EXPECT_EQ(ReasonOf(refused.status()), common::v1::FIELD_INVALID) << wrong;
    EXPECT_EQ(
        refused.status().message(),
        "order_by: takes one of display_name, create_time, alone or followed by asc or desc.");
  }
}

}  // namespace
}  // namespace partnerlink::paging
