#include "common/region/regions.h"

#include <unistd.h>

#include <fstream>

#include "gtest/gtest.h"

namespace partnerlink::region {
namespace {

class RegionsTest : public testing::Test {
 protected:
  ~RegionsTest() override { unlink(path_.c_str()); }

  absl::StatusOr<Regions> Read(const std::string& content) {
    std::ofstream(path_) << content;
    return Regions::FromFile(path_);
  }

  const std::string path_ = testing::TempDir() + "regions_" +
                            testing::UnitTest::GetInstance()->current_test_info()->name() +
                            std::to_string(getpid());
};

TEST_F(RegionsTest, WithoutAFileAllCountriesAreOfOneRegion) {
  EXPECT_TRUE(Regions().Same("PL", "US"));
}

TEST_F(RegionsTest, TheFileSaysWhichCountriesAreOfOneRegion) {
  const auto regions = Read("# ours\n\nPL EU\nDE\tEU  # Germany\nUS NA\r\n");
  ASSERT_TRUE(regions.ok()) << regions.status();
  EXPECT_TRUE(regions->Same("PL", "DE"));
  EXPECT_FALSE(regions->Same("PL", "US"));
}

TEST_F(RegionsTest, CountriesThatTheFileDoesNotNameAreARegionOfTheirOwn) {
  const auto regions = Read("PL EU");
  ASSERT_TRUE(regions.ok()) << regions.status();
  EXPECT_TRUE(regions->Same("US", "JP"));
  EXPECT_FALSE(regions->Same("US", "PL"));
}

TEST_F(RegionsTest, AnUnknownCountryIsOfEveryRegion) {
  const auto regions = Read("PL EU\nUS NA\n");
  ASSERT_TRUE(regions.ok()) << regions.status();
  EXPECT_TRUE(regions->Same("", "PL"));
  EXPECT_TRUE(regions->Same("US", ""));
}

TEST_F(RegionsTest, ALineOfAnotherFormIsAnErrorThatNamesTheLine) {
  for (const char* line : {"PL", "PL EU NA", "pl EU", "XX EU", "PL E_U", "Poland EU"}) {
    const auto regions = Read(std::string("DE EU\n") + line + "\n");
    EXPECT_EQ(regions.status().code(), absl::StatusCode::kInvalidArgument) << line;
    EXPECT_NE(regions.status().message().find("line 2"), absl::string_view::npos) << line;
  }
}

TEST_F(RegionsTest, ACountryThatIsThereTwiceIsAnError) {
  EXPECT_EQ(Read("PL EU\nPL NA\n").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(RegionsTest, AFileThatCannotBeReadIsAnError) {
  EXPECT_EQ(Regions::FromFile(path_ + ".missing").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Regions::FromFile(testing::TempDir()).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace partnerlink::region
