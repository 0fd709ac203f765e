#include "common/rpc/series_limit.h"

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "gtest/gtest.h"

namespace partnerlink::rpc {
namespace {

TEST(SeriesLimitTest, AnAccountHasTwoAtOnce) {
  SeriesLimit limit(16);
  EXPECT_TRUE(limit.Enter("partners/contoso").ok());
  EXPECT_TRUE(limit.Enter("partners/contoso").ok());
  EXPECT_EQ(ReasonOf(limit.Enter("partners/contoso")), common::v1::RATE_LIMITED);
  EXPECT_TRUE(limit.Enter("partners/fabrikam").ok());
  limit.Leave("partners/contoso");
  EXPECT_TRUE(limit.Enter("partners/contoso").ok());
}

TEST(SeriesLimitTest, AllTogetherHaveHalfTheWorkers) {
  SeriesLimit limit(8);
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(limit.Enter(absl::StrCat("partners/", i)).ok());
  EXPECT_EQ(ReasonOf(limit.Enter("partners/contoso")), common::v1::OVERLOADED);
  limit.Leave("partners/0");
  EXPECT_TRUE(limit.Enter("partners/contoso").ok());
}

TEST(SeriesLimitTest, WhereThereIsOneWorkerOneGoesOn) {
  SeriesLimit limit(1);
  EXPECT_TRUE(limit.Enter("partners/contoso").ok());
  EXPECT_EQ(ReasonOf(limit.Enter("partners/fabrikam")), common::v1::OVERLOADED);
}

}  // namespace
}  // namespace partnerlink::rpc
