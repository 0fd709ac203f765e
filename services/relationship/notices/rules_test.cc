#include "services/relationship/notices/rules.h"

#include <gtest/gtest.h>

namespace partnerlink::relationship::notices {
namespace {

using invitation::v1::QueueNoticeRequest;

TEST(NoticeLocaleTest, IsALanguageThatNoticesAreWrittenIn) {
  EXPECT_EQ(NoticeLocale("PL"), "pl");
  EXPECT_EQ(NoticeLocale("DE"), "de");
  EXPECT_EQ(NoticeLocale("AT"), "de");
  EXPECT_EQ(NoticeLocale("FR"), "en");
  EXPECT_EQ(NoticeLocale(""), "en");
}

TEST(NoticeEventsTest, EveryKindHasItsOwnAndOnlyARequestedOneIsANotice) {
  for (int kind = 1; kind < QueueNoticeRequest::Kind_ARRAYSIZE; ++kind) {
    const Events events = EventsOf(static_cast<QueueNoticeRequest::Kind>(kind));
    EXPECT_TRUE(IsNotice(events.requested)) << kind;
    EXPECT_FALSE(events.skipped.empty()) << kind;
    EXPECT_FALSE(IsNotice(events.skipped)) << kind;
  }
  EXPECT_FALSE(IsNotice("partnership.ended"));
  EXPECT_FALSE(IsNotice(""));
}

}  // namespace
}  // namespace partnerlink::relationship::notices
