#include "common/request/field_mask.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/status/status.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "partnerlink/relationship/v1/relationship.pb.h"

namespace partnerlink::request {
namespace {

using google::protobuf::FieldMask;
using relationship::v1::Partner;

constexpr std::string_view kWritable[] = {"display_name", "policies", "types"};

FieldMask Mask(const std::vector<std::string>& paths) {
  FieldMask mask;
  for (const std::string& path : paths) mask.add_paths(path);
  return mask;
}

std::vector<std::string> PathsOf(const FieldMask& mask, const Partner& partner) {
  const auto paths = WritablePaths(mask, partner, kWritable);
  if (!paths.ok()) return {"refused"};
  return {paths->paths().begin(), paths->paths().end()};
}

using Paths = std::vector<std::string>;

TEST(WritablePathsTest, AnAbsentMaskMeansTheWritableFieldsThatAreGiven) {
  Partner partner;
  partner.set_display_name("Contoso");
  partner.set_country("PL");
  EXPECT_EQ(PathsOf(FieldMask(), partner), Paths{"display_name"});
  EXPECT_EQ(PathsOf(FieldMask(), Partner()), Paths{"refused"});
  EXPECT_EQ(ReasonOf(WritablePaths(FieldMask(), Partner(), kWritable).status()),
            common::v1::FIELD_INVALID);
}

TEST(WritablePathsTest, AStarMeansAllOfThem) {
  EXPECT_EQ(PathsOf(Mask({"*"}), Partner()), (Paths{"display_name", "policies", "types"}));
}

TEST(WritablePathsTest, AFieldWithinAWritableOneMayBeNamed) {
  EXPECT_EQ(PathsOf(Mask({"policies.on_removal"}), Partner()), Paths{"policies.on_removal"});
}

TEST(WritablePathsTest, WhatIsNotWritableIsNamedInTheRefusal) {
  for (const char* path : {"country", "name", "policies.nothing", "nothing", "", "policies.",
                           "display_name.x", "types.x", "Policies"}) {
    const auto paths = WritablePaths(Mask({"display_name", path}), Partner(), kWritable);
    EXPECT_EQ(ReasonOf(paths.status()), common::v1::FIELD_INVALID) << path;
    EXPECT_NE(paths.status().message().find(path), absl::string_view::npos) << path;
  }
}

TEST(WritePathsTest, ReplacesListsAndMessagesAndEmptiesWhatIsNotGiven) {
  Partner target;
  target.set_display_name("Contoso");
  target.add_types(Partner::RESELLER);
  target.mutable_policies()->set_end_notice_days(30);
  target.mutable_policies()->set_revoke_after_days(5);
  Partner source;
  source.add_types(Partner::PROVIDER);
  source.mutable_policies()->set_end_notice_days(7);
  WritePaths(Mask({"types", "policies.end_notice_days", "display_name"}), source, target);
  EXPECT_EQ(target.display_name(), "");
  ASSERT_EQ(target.types_size(), 1);
  EXPECT_EQ(target.types(0), Partner::PROVIDER);
  EXPECT_EQ(target.policies().end_notice_days(), 7);
  EXPECT_EQ(target.policies().revoke_after_days(), 5);
}

TEST(WritePathsTest, ReplacesMapsAsAWhole) {
  directory::v1::SetCustomerLabelsRequest source, target;
  (*target.mutable_labels())["old"] = "1";
  (*source.mutable_labels())["new"] = "2";
  WritePaths(Mask({"labels"}), source, target);
  EXPECT_EQ(target.labels_size(), 1);
  EXPECT_EQ(target.labels().at("new"), "2");
}

}  // namespace
}  // namespace partnerlink::request
