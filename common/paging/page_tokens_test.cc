#include "common/paging/page_tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <stdexcept>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace partnerlink::paging {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using Position = std::vector<std::string>;

const std::string kKey = "0123456789abcdef0123456789abcdef";
const Query kQuery = {"directory.ListCustomers", "partners/contoso", "country = DE"};

void ExpectRefused(const absl::StatusOr<Position>& opened, std::string_view what) {
  EXPECT_EQ(ReasonOf(opened.status()), common::v1::PAGE_TOKEN_INVALID) << what;
}

TEST(PageTokensTest, PositionComesBack) {
  const PageTokens tokens(kKey);
  for (const Position& position :
       {Position{}, Position{""}, Position{"", "", ""}, Position{"acme", "0192f0c1"},
        Position{std::string("\0\xFF", 2), "Zürich"}, Position(kMaxPositionBytes / 2)}) {
    const auto opened = tokens.Open(kQuery, tokens.Seal(kQuery, position));
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_THAT(*opened, ElementsAreArray(position));
  }
}

TEST(PageTokensTest, EmptyTokenIsTheFirstPage) {
  EXPECT_THAT(*PageTokens(kKey).Open(kQuery, ""), IsEmpty());
}

TEST(PageTokensTest, AnotherQueryOrAccountIsRefused) {
  const PageTokens tokens(kKey);
  const std::string token = tokens.Seal(kQuery, {"acme"});
  for (const Query& other :
       {Query{"x", kQuery.account, kQuery.text}, Query{kQuery.method, "x", kQuery.text},
        Query{kQuery.method, kQuery.account, "x"}, Query{kQuery.method, kQuery.account, ""},
        Query{"directory.ListCustomersp", "artners/contoso", kQuery.text},
        Query{kQuery.method, "partners/contosoc", "ountry = DE"}}) {
    ExpectRefused(tokens.Open(other, token), other.text);
  }
}

TEST(PageTokensTest, AnotherKeyIsRefused) {
  const std::string token = PageTokens(kKey).Seal(kQuery, {"acme"});
  std::string other = kKey;
  other.back() = '0';
  ExpectRefused(PageTokens(other).Open(kQuery, token), "key");
  EXPECT_TRUE(PageTokens(kKey).Open(kQuery, token).ok());
}

TEST(PageTokensTest, ShortKeyThrows) {
  EXPECT_THROW(PageTokens(kKey.substr(1)), std::invalid_argument);
  EXPECT_THROW(PageTokens(""), std::invalid_argument);
}

TEST(PageTokensTest, EveryChangedBitIsRefused) {
  const PageTokens tokens(kKey);
  std::string raw;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(tokens.Seal(kQuery, {"acme", "1"}), &raw));
  for (size_t bit = 0; bit < raw.size() * 8; ++bit) {
    std::string changed = raw;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    ExpectRefused(tokens.Open(kQuery, absl::WebSafeBase64Escape(changed)), absl::StrCat(bit));
  }
}

TEST(PageTokensTest, EveryCutIsRefused) {
  const PageTokens tokens(kKey);
  const std::string token = tokens.Seal(kQuery, {"acme", "1"});
  for (size_t size = 1; size < token.size(); ++size) {
    ExpectRefused(tokens.Open(kQuery, token.substr(0, size)), absl::StrCat("first ", size));
    ExpectRefused(tokens.Open(kQuery, token.substr(size)), absl::StrCat("without first ", size));
  }
}

TEST(PageTokensTest, OtherSpellingsOfATokenAreRefused) {
  const PageTokens tokens(kKey);
  for (const Position& position : {Position{"a"}, Position{"ab"}, Position{"abc"}}) {
    const std::string token = tokens.Seal(kQuery, position);
    for (const char* more : {"=", "==", ".", " ", "\n", "A", "AAAA"}) {
      ExpectRefused(tokens.Open(kQuery, absl::StrCat(token, more)), more);
      ExpectRefused(tokens.Open(kQuery, absl::StrCat(more, token)), more);
    }
    std::string last = token;  // the bits behind the last byte
    last.back() = static_cast<char>(last.back() + 1);
    ExpectRefused(tokens.Open(kQuery, last), last);
  }
}

TEST(PageTokensTest, StrangeTextIsRefused) {
  const PageTokens tokens(kKey);
  for (const std::string& text : {std::string("x"), std::string("\0", 1), std::string("\xFF\xFE"),
                                  std::string("null"), std::string(40, 'A'), std::string(512, 'A'),
                                  std::string(513, 'A'), std::string(10'000'000, 'A')}) {
    ExpectRefused(tokens.Open(kQuery, text), text.substr(0, 40));
  }
}

TEST(PageTokensTest, TokenIsOpaqueAndNeverTheSame) {
  const PageTokens tokens(kKey);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string token = tokens.Seal(kQuery, {"acme gmbh"});
    EXPECT_TRUE(seen.insert(token).second);
    std::string raw;
    ASSERT_TRUE(absl::WebSafeBase64Unescape(token, &raw));
    EXPECT_FALSE(absl::StrContains(raw, "acme"));
    EXPECT_EQ(
        token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
        std::string::npos);
  }
}

TEST(PageTokensTest, LongestPositionFits) {
  const PageTokens tokens(kKey);
  const Position position = {std::string(kMaxPositionBytes - 40, 'x'), std::string(36, 'y')};
  const std::string token = tokens.Seal(kQuery, position);
  EXPECT_LE(token.size(), kMaxTokenCharacters);
  EXPECT_THAT(*tokens.Open(kQuery, token), ElementsAreArray(position));
}

TEST(PageTokensTest, TooLongPositionIsCutBetweenCharacters) {
  const PageTokens tokens(kKey);
  std::string name;
  for (int i = 0; i < 200; ++i) name += "社";
  for (const size_t id_bytes : {35, 36, 37, 38}) {
    const std::string id(id_bytes, 'i');
    const std::string token = tokens.Seal(kQuery, {name, id});
    EXPECT_LE(token.size(), kMaxTokenCharacters);
    const auto opened = tokens.Open(kQuery, token);
    ASSERT_TRUE(opened.ok());
    const size_t kept = (kMaxPositionBytes - 4 - id_bytes) / 3 * 3;
    EXPECT_THAT(*opened, ElementsAre(name.substr(0, kept), id));
  }
  const auto opened =
      tokens.Open(kQuery, tokens.Seal(kQuery, {std::string(100'000, 'a'), std::string(300, 'b')}));
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ((*opened)[0].size() + (*opened)[1].size() + 4, kMaxPositionBytes);
}

TEST(PageTokensTest, TooManyValuesThrow) {
  EXPECT_THROW(PageTokens(kKey).Seal(kQuery, Position(kMaxPositionBytes / 2 + 1)),
               std::invalid_argument);
}

TEST(PageTokensTest, RandomTextIsRefused) {
  const PageTokens tokens(kKey);
  std::mt19937 random(20260131);  // NOLINT: the same texts in every run
  const std::string token = tokens.Seal(kQuery, {"acme", "1"});
  for (int round = 0; round < 20'000; ++round) {
    std::string text = token;
    if (round % 2 == 0) text.resize(random() % 600);
    for (size_t changes = 1 + random() % 4; changes > 0 && !text.empty(); --changes) {
      text[random() % text.size()] = static_cast<char>(random());
    }
    if (text.empty() || text == token) continue;
    ExpectRefused(tokens.Open(kQuery, text), text);
  }
}

}  // namespace
}  // namespace partnerlink::paging
