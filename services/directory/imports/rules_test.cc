#include "services/directory/imports/rules.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"

namespace partnerlink::directory::imports {
namespace {

using relationship::v1::Partner;
using relationship::v1::Relationship;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::SizeIs;
using v1::ApplyCreatedCustomersRequest;
using v1::ImportCustomersRequest;

ImportCustomersRequest ChunkAt(int64_t position, int rows) {
  ImportCustomersRequest request;
  request.set_parent("partners/contoso");
  request.set_import_id("file-1");
  request.set_position(position);
  for (int i = 0; i < rows; ++i) request.add_rows();
  return request;
}

bool IsFine(const ImportCustomersRequest& request) {
  FieldViolations violations;
  CheckChunk(request, violations);
  return violations.empty();
}

TEST(CheckChunkTest, HoldsAtMostAThousandRows) {
  EXPECT_TRUE(IsFine(ChunkAt(0, 0))) << "asks how far the import has come";
  EXPECT_TRUE(IsFine(ChunkAt(0, 1000)));
  EXPECT_FALSE(IsFine(ChunkAt(0, 1001)));
  EXPECT_FALSE(IsFine(ChunkAt(-1, 1)));
  EXPECT_TRUE(IsFine(ChunkAt(1'000'000'000'000, 1000)));
  EXPECT_FALSE(IsFine(ChunkAt(1'000'000'000'001, 1)));
  EXPECT_FALSE(IsFine(ChunkAt(std::numeric_limits<int64_t>::max(), 2)));
}

TEST(CheckChunkTest, NamesItsPartnerAndItsImport) {
  ImportCustomersRequest request = ChunkAt(0, 1);
  request.set_parent("customers/contoso");
  EXPECT_FALSE(IsFine(request));
  for (const std::string& id : {std::string(), std::string("a b"), std::string("é"),
                                std::string(65, 'a'), std::string("a/b")}) {
    request = ChunkAt(0, 1);
    request.set_import_id(id);
    EXPECT_FALSE(IsFine(request)) << id;
  }
  request = ChunkAt(0, 1);
  request.set_import_id(std::string(64, 'Z'));
  EXPECT_TRUE(IsFine(request));
}

TEST(TurnOfTest, TheNextChunkIsWritten) {
  EXPECT_EQ(*TurnOf(ChunkAt(0, 1), "h", {}), Turn::kWrite);
  EXPECT_EQ(*TurnOf(ChunkAt(7, 1), "h", {7, std::nullopt}), Turn::kWrite);
}

TEST(TurnOfTest, ACommittedChunkIsAnsweredAgain) {
  EXPECT_EQ(*TurnOf(ChunkAt(0, 7), "h", {7, "h"}), Turn::kAnswerAgain);
  EXPECT_EQ(*TurnOf(ChunkAt(0, 0), "other", {7, "h"}), Turn::kAnswerAgain) << "without its rows";
}

TEST(TurnOfTest, WithoutRowsThePositionIsSaid) {
  EXPECT_EQ(*TurnOf(ChunkAt(0, 0), "h", {}), Turn::kSayPosition);
  EXPECT_EQ(*TurnOf(ChunkAt(3, 0), "h", {7, std::nullopt}), Turn::kSayPosition);
  EXPECT_EQ(*TurnOf(ChunkAt(7, 0), "h", {7, std::nullopt}), Turn::kSayPosition);
}

TEST(TurnOfTest, OtherRowsThanThoseThatWereCommittedAreRefused) {
  EXPECT_EQ(ReasonOf(TurnOf(ChunkAt(0, 7), "other", {7, "h"}).status()),
            common::v1::IMPORT_CHANGED);
}

TEST(TurnOfTest, AChunkThatIsNotTheNextOneIsRefused) {
  for (const int64_t position : {3, 8}) {
    EXPECT_EQ(ReasonOf(TurnOf(ChunkAt(position, 1), "h", {7, std::nullopt}).status()),
              common::v1::IMPORT_POSITION)
        << position;
  }
}

Creation Wish(int64_t position, const std::string& name, const std::string& correlation_id = "") {
  Creation creation;
  creation.position = position;
  creation.is_named = !name.empty();
  creation.name = creation.is_named ? name : absl::StrCat("customers/made-", position);
  creation.customer.set_country("PL");
  creation.customer.set_correlation_id(correlation_id);
  return creation;
}

std::vector<int64_t> PositionsOf(const std::vector<Creation>& creations) {
  std::vector<int64_t> positions;
  for (const Creation& creation : creations) positions.push_back(creation.position);
  return positions;
}

TEST(WithoutRepeatedNamesTest, TheSecondOfANameIsRefused) {
  Rejected rejected;
  EXPECT_THAT(
      PositionsOf(WithoutRepeatedNames(
          {Wish(0, "customers/a"), Wish(1, "customers/b"), Wish(2, "customers/a")}, rejected)),
      ElementsAre(0, 1));
  EXPECT_THAT(rejected, ElementsAre(Key(2)));
  EXPECT_EQ(ReasonOf(rejected[2]), common::v1::CUSTOMER_EXISTS);
}

TEST(WithoutKnownTest, WithoutANameTheCorrelationIdDecides) {
  Rejected rejected;
  EXPECT_THAT(PositionsOf(WithoutKnown(
                  {Wish(0, "", "C-1"), Wish(1, "", "C-2"), Wish(2, "", "C-1"), Wish(3, ""),
                   Wish(4, ""), Wish(5, "customers/a", "C-2"), Wish(6, "customers/b", "C-3"),
                   Wish(7, "", "C-3"), Wish(8, "", "C-4"), Wish(9, "customers/c", "C-4")},
                  {"C-2"}, rejected)),
              ElementsAre(0, 3, 4, 5, 6, 8, 9));
  EXPECT_THAT(rejected, ElementsAre(Key(1), Key(2), Key(7)));
  EXPECT_EQ(ReasonOf(rejected[1]), common::v1::CUSTOMER_EXISTS);
}

TEST(CorrelationIdsTest, AreThoseOfRowsWithoutAName) {
  EXPECT_THAT(CorrelationIds({Wish(0, "", "C-1"), Wish(1, "customers/a", "C-2"), Wish(2, "")}),
              ElementsAre("C-1"));
}

TEST(AnswerOfTest, CountsAndNamesWhatWasNotTaken) {
  const auto answer = AnswerOf(
      ChunkAt(10, 5), {{11, NameTaken()}, {14, Refusal(common::v1::REGION, "Elsewhere.")}});
  EXPECT_EQ(answer.committed_position(), 15);
  EXPECT_EQ(answer.accepted(), 3);
  ASSERT_EQ(answer.rejected_size(), 2);
  EXPECT_EQ(answer.rejected(0).row(), 11);
  EXPECT_EQ(ReasonOf(FromRpcStatus(answer.rejected(0).status())), common::v1::CUSTOMER_EXISTS);
  EXPECT_EQ(ReasonOf(FromRpcStatus(answer.rejected(1).status())), common::v1::REGION);
}

TEST(AnswerOfTest, FitsAMessageWhateverIsWrongWithItsRows) {
  FieldViolations violations;
  for (int i = 0; i < 20; ++i) {
    violations.Add(absl::StrCat("customer.labels[", i, "]"), std::string(200, 'x'));
  }
  Rejected rejected;
  for (int i = 0; i < 1000; ++i) rejected[i] = violations.ToStatus();
  const auto answer = AnswerOf(ChunkAt(0, 1000), rejected);
  EXPECT_LE(answer.ByteSizeLong(), 3u << 20);
  google::rpc::BadRequest told;
  for (const auto& detail : answer.rejected(999).status().details()) detail.UnpackTo(&told);
  ASSERT_GT(told.field_violations_size(), 1);
  EXPECT_EQ(told.field_violations(0).field(), "customer.labels[0]");
}

Partner ContosoAs(Partner::Type type) {
  Partner partner;
  partner.set_name("partners/contoso");
  partner.add_types(type);
  return partner;
}

TEST(OrdersForTest, AreOfAtMost250EachUnderANameOfItsOwn) {
  std::vector<Creation> created;
  for (int i = 0; i < 501; ++i) created.push_back(Wish(i, ""));
  created[0].relationship_only = true;
  created[0].customer.set_channel(common::v1::OTHER);
  Principal anna;
  anna.subject = "anna";
  const auto orders =
      OrdersFor(ChunkAt(1000, 501), ContosoAs(Partner::RESELLER), created, anna, "root");
  ASSERT_THAT(orders, SizeIs(3));
  EXPECT_THAT(orders[0].customers(), SizeIs(250));
  EXPECT_THAT(orders[2].customers(), SizeIs(1));
  EXPECT_EQ(orders[0].source(), "partners/contoso/imports/file-1/chunks/1000.1");
  EXPECT_EQ(orders[2].source(), "partners/contoso/imports/file-1/chunks/1000.3");
  EXPECT_EQ(orders[0].type(), Relationship::RESELLER);
  EXPECT_THAT(orders[0].grant_roles(), SizeIs(5));
  EXPECT_EQ(orders[0].actor(), "anna");
  EXPECT_EQ(orders[0].root_event(), "root");
  EXPECT_TRUE(orders[0].customers(0).relationship_only());
  EXPECT_EQ(orders[0].customers(0).channel(), common::v1::OTHER);
  EXPECT_EQ(orders[0].customers(1).customer(), "customers/made-1");
  EXPECT_EQ(orders[0].customers(1).country(), "PL");
}

TEST(OrdersForTest, AProviderGetsProvidersRelationshipsAndNoGrants) {
  const auto orders =
      OrdersFor(ChunkAt(0, 1), ContosoAs(Partner::PROVIDER), {Wish(0, "")}, {}, "root");
  ASSERT_THAT(orders, SizeIs(1));
  EXPECT_EQ(orders[0].type(), Relationship::PROVIDER);
  EXPECT_THAT(orders[0].grant_roles(), IsEmpty());
}

TEST(OrdersForTest, NothingIsAskedForNothing) {
  EXPECT_THAT(OrdersFor(ChunkAt(0, 1), ContosoAs(Partner::RESELLER), {}, {}, "root"), IsEmpty());
}

ApplyCreatedCustomersRequest News() {
  ApplyCreatedCustomersRequest news;
  news.set_partner("partners/contoso");
  news.set_type(Relationship::RESELLER);
  auto& edge = *news.add_edges();
  edge.set_customer("customers/northwind");
  edge.set_relationship("relationships/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b");
  edge.set_state(Relationship::ACTIVE);
  edge.set_revision(1);
  return news;
}

TEST(CheckShapeTest, SoundNewsIsTaken) { EXPECT_TRUE(CheckShape(News()).ok()); }

TEST(CheckShapeTest, EveryFaultIsRefused) {
  void (*const faults[])(ApplyCreatedCustomersRequest&) = {
      [](auto& n) { n.set_partner("contoso"); },
      [](auto& n) { n.clear_type(); },
      [](auto& n) { n.clear_edges(); },
      [](auto& n) { *n.add_edges() = n.edges(0); },
      [](auto& n) { n.mutable_edges(0)->set_customer("northwind"); },
      [](auto& n) { n.mutable_edges(0)->set_relationship("relationships/1"); },
      [](auto& n) { n.mutable_edges(0)->set_relationship("x"); },
      [](auto& n) { n.mutable_edges(0)->clear_state(); },
      [](auto& n) { n.mutable_edges(0)->set_revision(0); },
      [](auto& n) { n.mutable_edges(0)->set_channel(static_cast<common::v1::Channel>(99)); }};
  for (size_t i = 0; i < std::size(faults); ++i) {
    ApplyCreatedCustomersRequest news = News();
    faults[i](news);
    EXPECT_EQ(ReasonOf(CheckShape(news)), common::v1::FIELD_INVALID) << i;
  }
}

}  // namespace
}  // namespace partnerlink::directory::imports
