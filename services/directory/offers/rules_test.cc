#include "services/directory/offers/rules.h"

#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"

namespace partnerlink::directory::offers {
namespace {

using google::protobuf::FieldMask;
using google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;
using v1::Offer;

Offer Mail() {
  Offer offer;
  offer.set_display_name("Mail");
  offer.add_services()->set_service("mailboxes");
  offer.mutable_services(0)->set_admin_uri("https://admin.example/mail?tab=1");
  offer.set_term_months(12);
  return offer;
}

FieldMask MaskOf(std::initializer_list<const char*> paths) {
  FieldMask mask;
  for (const char* path : paths) mask.add_paths(path);
  return mask;
}

absl::Status Shape(const Offer& offer, const FieldMask& paths = Writable()) {
  FieldViolations violations;
  CheckShape(offer, paths, violations);
  return violations.ToStatus();
}

TEST(CheckShapeTest, ASoundOfferPasses) {
  Offer offer = Mail();
  EXPECT_TRUE(Shape(offer).ok()) << Shape(offer);
  offer.clear_services();
  offer.set_state(Offer::RETIRED);
  offer.set_term_months(36);
  EXPECT_TRUE(Shape(offer).ok()) << Shape(offer);
}

TEST(CheckShapeTest, EachBreachIsAViolation) {
  const std::vector<std::function<void(Offer&)>> breaches = {
      [](Offer& offer) { offer.clear_display_name(); },
      [](Offer& offer) { offer.set_display_name(std::string(201, 'x')); },
      [](Offer& offer) { offer.set_display_name("a\nb"); },
      [](Offer& offer) { offer.set_term_months(0); },
      [](Offer& offer) { offer.set_term_months(37); },
      [](Offer& offer) { offer.set_state(static_cast<Offer::State>(9)); },
      [](Offer& offer) { offer.mutable_services(0)->clear_service(); },
      [](Offer& offer) { offer.mutable_services(0)->set_service(std::string(101, 'x')); },
      [](Offer& offer) { *offer.add_services() = offer.services(0); },
      [](Offer& offer) {
        for (int i = 0; i < 20; ++i) offer.add_services()->set_service(std::to_string(i));
      },
      [](Offer& offer) { offer.mutable_services(0)->set_admin_uri("http://admin.example"); },
      [](Offer& offer) { offer.mutable_services(0)->set_admin_uri("https://"); },
      [](Offer& offer) { offer.mutable_services(0)->set_admin_uri("https:///path"); },
      [](Offer& offer) { offer.mutable_services(0)->set_admin_uri("https://a b"); },
      [](Offer& offer) { offer.mutable_services(0)->set_admin_uri("https://ä.example"); },
      [](Offer& offer) { offer.mutable_services(0)->set_admin_uri("https://a\"onload=\""); },
      [](Offer& offer) {
        offer.mutable_services(0)->set_admin_uri("https://a/" + std::string(491, 'x'));
      },
      [](Offer& offer) { offer.mutable_services(0)->set_admin_uri("javascript:alert(1)"); },
  };
  for (size_t i = 0; i < breaches.size(); ++i) {
    Offer offer = Mail();
    breaches[i](offer);
    EXPECT_EQ(ReasonOf(Shape(offer)), common::v1::FIELD_INVALID) << "breach " << i;
  }
}

TEST(CheckShapeTest, OnlyTheFieldsThatAreWrittenCount) {
  const Offer nothing;
  EXPECT_TRUE(Shape(nothing, MaskOf({"state"})).ok());
  EXPECT_TRUE(Shape(nothing, MaskOf({"services"})).ok());
  EXPECT_THAT(std::string(Shape(nothing, MaskOf({"term_months"})).message()),
              HasSubstr("offer.term_months"));
}

TEST(IsOfferNameTest, HasAnIdLikeAnAccount) {
  EXPECT_TRUE(IsOfferName("offers/mail-12"));
  EXPECT_TRUE(IsOfferName("offers/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"));
  for (const char* name : {"", "offers/", "offers/a", "offers/Mail", "offer/mail", "offers/a/b"}) {
    EXPECT_FALSE(IsOfferName(name)) << name;
  }
}

TEST(UpdatePathsTest, TheMaskSaysWhatIsWritten) {
  EXPECT_THAT(UpdatePaths(MaskOf({"state", "services"}), Mail())->paths(),
              ElementsAre("state", "services"));
  EXPECT_THAT(UpdatePaths(MaskOf({"*"}), Offer())->paths(),
              ElementsAre("display_name", "services", "term_months", "state"));
}

TEST(UpdatePathsTest, WithoutAMaskWhatIsGivenIsWritten) {
  Offer offer = Mail();
  offer.set_name("offers/mail");
  offer.set_etag("r1");
  EXPECT_THAT(UpdatePaths(FieldMask(), offer)->paths(),
              UnorderedElementsAre("display_name", "services", "term_months"));
}

TEST(UpdatePathsTest, APathThatCannotBeWrittenIsNamed) {
  for (const char* path : {"name", "etag", "create_time", "services.service", "price", "", "**"}) {
    const absl::Status status = UpdatePaths(MaskOf({"state", path}), Mail()).status();
    EXPECT_EQ(ReasonOf(status), common::v1::FIELD_INVALID) << path;
    EXPECT_THAT(std::string(status.message()), HasSubstr(path));
  }
}

TEST(MergeTest, WritesTheFieldsOfTheMaskOnly) {
  Offer kept = Mail();
  kept.set_state(Offer::RETIRED);
  Offer asked;
  asked.set_term_months(1);
  const Offer merged = Merge(MaskOf({"term_months", "services"}), asked, kept);
  EXPECT_EQ(merged.term_months(), 1);
  EXPECT_EQ(merged.services_size(), 0);
  EXPECT_EQ(merged.display_name(), "Mail");
  EXPECT_EQ(merged.state(), Offer::RETIRED);
}

TEST(MergeTest, AnOfferIsActiveWhereNoStateIsSaid) {
  EXPECT_EQ(Merge(Writable(), Mail(), Offer()).state(), Offer::ACTIVE);
  Offer retired = Mail();
  retired.set_state(Offer::RETIRED);
  EXPECT_EQ(Merge(MaskOf({"state"}), Mail(), retired).state(), Offer::ACTIVE);
}

TEST(CreatedAlreadyTest, TheSameValuesAreTheSameOffer) {
  Offer present = Merge(Writable(), Mail(), Offer());
  present.set_name("offers/mail");
  present.set_etag("r1");
  present.mutable_create_time()->set_seconds(1);
  const auto answer = CreatedAlready(Mail(), present);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(MessageDifferencer::Equals(*answer, present));
}

TEST(CreatedAlreadyTest, OtherValuesAreOfferExists) {
  const std::vector<std::function<void(Offer&)>> others = {
      [](Offer& offer) { offer.set_display_name("Post"); },
      [](Offer& offer) { offer.set_term_months(1); },
      [](Offer& offer) { offer.set_state(Offer::RETIRED); },
      [](Offer& offer) { offer.clear_services(); },
      [](Offer& offer) { offer.mutable_services(0)->clear_admin_uri(); },
  };
  for (const auto& other : others) {
    Offer present = Mail();
    other(present);
    EXPECT_EQ(ReasonOf(CreatedAlready(Mail(), present).status()), common::v1::OFFER_EXISTS);
  }
}

}  // namespace
}  // namespace partnerlink::directory::offers
