#include "common/outbox/consistency_token.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "common/identifier/uuid.h"
#include "common/status/status.h"

namespace partnerlink::outbox {
namespace {

TEST(ConsistencyTokenTest, GivesItsEventBack) {
  for (int i = 0; i < 100; ++i) {
    const std::string root = NewUuid();
    const std::string token = ToConsistencyToken(root);
    EXPECT_EQ(FromConsistencyToken(token).value_or(""), root);
    EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789-_"),
              std::string::npos)
        << token << " goes into a header and a query as it is";
  }
}

TEST(ConsistencyTokenTest, EverythingElseIsRefused) {
  const std::string good = ToConsistencyToken("0197c1c2-89ab-7cde-8f01-23456789abcd");
  std::set<std::string> bad = {"",
                               " ",
                               "x",
                               "0197c1c2-89ab-7cde-8f01-23456789abcd",
                               good + "A",
                               good + "=",
                               good + " ",
                               " " + good,
                               good + good,
                               good.substr(1),
                               good.substr(0, good.size() - 1),
                               "\xFF\xFE",
                               std::string(100'000, 'A')};
  std::string version = good;
  version[0] = 'B';
  bad.insert(version);
  std::string last = good;  // other unused bits of the last character
  last.back() = last.back() == 'A' ? 'B' : static_cast<char>(last.back() + 1);
  bad.insert(last);
  for (const std::string& token : bad) {
    const auto root = FromConsistencyToken(token);
    if (root.ok()) {
      EXPECT_EQ(ToConsistencyToken(*root), token) << "two spellings of one token";
    } else {
      EXPECT_EQ(ReasonOf(root.status()), common::v1::FIELD_INVALID);
    }
  }
  EXPECT_FALSE(FromConsistencyToken(version).ok());
}

}  // namespace
}  // namespace partnerlink::outbox
