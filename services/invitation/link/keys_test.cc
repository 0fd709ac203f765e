#include "services/invitation/link/keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <set>

#include "absl/strings/escaping.h"

namespace partnerlink::invitation::link {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kInvitation[] = "0197c1c2-89ab-7cde-8f01-23456789abcd";
constexpr char kOtherId[] = "0197c1c2-89ab-7cde-8f01-23456789abce";
const std::string kMaster(32, 'm');
const std::string kSalt(kSaltBytes, 's');

std::string Line(int kid, const std::string& secret) {
  return std::to_string(kid) + ":" + absl::Base64Escape(secret) + "\n";
}

absl::StatusOr<Keys> KeysOf(const std::string& content) {
  const std::string path = testing::TempDir() + "link_keys_test." + std::to_string(getpid());
  std::ofstream(path) << content;
  auto keys = Keys::FromFile(path);
  std::remove(path.c_str());
  return keys;
}

class KeysTest : public testing::Test {
 protected:
  const Keys keys_ = *KeysOf(Line(7, kMaster) + "\n" + Line(3, std::string(40, 'o')));
  const Token token_ = *keys_.Derive(7, kSalt, kInvitation, 2, 1);
  const std::string hash_ = *keys_.StoredHash(7, token_);
};

TEST_F(KeysTest, TheFirstLineIsCurrentAndOlderOnesStayValid) {
  EXPECT_EQ(keys_.current(), 7);
  const auto old = keys_.Derive(3, kSalt, kInvitation, 2, 1);
  ASSERT_TRUE(old.ok());
  EXPECT_NE(old->secret, token_.secret);
  EXPECT_TRUE(keys_.Verify(*old, 3, *keys_.StoredHash(3, *old)));
}

TEST_F(KeysTest, TheSecretIsTheDocumentedMac) {
  const auto id = *UuidBytes(kInvitation);
  const std::string message =
      kSalt + std::string(id.begin(), id.end()) + std::string("\0\0\0\2", 4) + "\1";
  unsigned char mac[32];
  ASSERT_NE(
      HMAC(EVP_sha256(), kMaster.data(), static_cast<int>(kMaster.size()),
           reinterpret_cast<const unsigned char*>(message.data()), message.size(), mac, nullptr),
      nullptr);
  EXPECT_TRUE(std::equal(std::begin(mac), std::end(mac), token_.secret.begin()));
}

TEST_F(KeysTest, ARowAlwaysGivesTheSameToken) {
  EXPECT_EQ(FormatToken(*keys_.Derive(7, kSalt, kInvitation, 2, 1)), FormatToken(token_));
}

TEST_F(KeysTest, EveryInputChangesTheSecret) {
  const std::set<std::array<uint8_t, 32>> secrets = {
      token_.secret,
      keys_.Derive(3, kSalt, kInvitation, 2, 1)->secret,
      keys_.Derive(7, std::string(kSaltBytes, 't'), kInvitation, 2, 1)->secret,
      keys_.Derive(7, kSalt, kOtherId, 2, 1)->secret,
      keys_.Derive(7, kSalt, kInvitation, 3, 1)->secret,
      keys_.Derive(7, kSalt, kInvitation, 2, 2)->secret};
  EXPECT_EQ(secrets.size(), 6u);
}

TEST_F(KeysTest, VerifiesTheTokenOfTheRowOnly) {
  EXPECT_TRUE(keys_.Verify(*ParseToken(FormatToken(token_)), 7, hash_));
  for (size_t i = 0; i < token_.secret.size(); ++i) {
    Token wrong = token_;
    wrong.secret[i] ^= 1;
    EXPECT_FALSE(keys_.Verify(wrong, 7, hash_)) << i;
  }
  Token altered = token_;
  altered.generation = 3;
  EXPECT_FALSE(keys_.Verify(altered, 7, hash_));
  altered = token_;
  altered.kind = 2;
  EXPECT_FALSE(keys_.Verify(altered, 7, hash_));
  altered = token_;
  altered.invitation = *UuidBytes(kOtherId);
  EXPECT_FALSE(keys_.Verify(altered, 7, hash_));
}

TEST_F(KeysTest, ANewGenerationKillsTheOldToken) {
  const Token next = *keys_.Derive(7, kSalt, kInvitation, 3, 1);
  const std::string next_hash = *keys_.StoredHash(7, next);
  EXPECT_TRUE(keys_.Verify(next, 7, next_hash));
  EXPECT_FALSE(keys_.Verify(token_, 7, next_hash));
}

TEST_F(KeysTest, NothingIsVerifiedWithoutTheRowsKeyAndHash) {
  EXPECT_FALSE(keys_.VerifyUnknown(token_));
  EXPECT_FALSE(keys_.Verify(token_, 3, hash_));
  EXPECT_FALSE(keys_.Verify(token_, 9, hash_));
  EXPECT_FALSE(keys_.Verify(token_, 7, ""));
  EXPECT_FALSE(keys_.Verify(token_, 7, hash_.substr(1)));
  EXPECT_FALSE(keys_.Verify(token_, 7, std::string(kStoredHashBytes, '\0')));
}

TEST_F(KeysTest, TheStoredHashHoldsNoSecret) {
  EXPECT_EQ(hash_.size(), kStoredHashBytes);
  EXPECT_NE(hash_, std::string(token_.secret.begin(), token_.secret.end()));
  EXPECT_NE(hash_, *keys_.StoredHash(3, token_));
}

TEST_F(KeysTest, ImpossibleRowsAreInternalErrors) {
  for (const auto& status :
       {keys_.Derive(9, kSalt, kInvitation, 1, 1).status(),
        keys_.Derive(7, "short", kInvitation, 1, 1).status(),
        keys_.Derive(7, kSalt, "no-uuid", 1, 1).status(),
        keys_.Derive(7, kSalt, kInvitation, 0, 1).status(), keys_.StoredHash(9, token_).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal) << status;
  }
}

TEST(KeysFileTest, AFaultyFileIsRefusedWithTheReasonAndWithoutItsContent) {
  const std::string secret = absl::Base64Escape(std::string(31, 'x'));
  const std::pair<std::string, std::string> cases[] = {
      {"", "holds no key"},
      {"\n \n", "holds no key"},
      {"1:" + secret, "line 1: the secret has 31 bytes, fewer than 32"},
      {"1:", "line 1: the secret has 0 bytes"},
      {Line(1, kMaster) + "2:%%%" + secret, "line 2: the secret is not base64"},
      {Line(1, kMaster) + Line(1, std::string(32, 'y')), "line 2: a second key 1"},
      {secret, "must be `kid:secret`"},
      {"0:" + secret, "kid from 1 to 255"},
      {"256:" + secret, "kid from 1 to 255"},
      {"-1:" + secret, "kid from 1 to 255"},
      {"a:" + secret, "kid from 1 to 255"}};
  for (const auto& [content, why] : cases) {
    const auto keys = KeysOf(content);
    ASSERT_FALSE(keys.ok()) << content;
    EXPECT_THAT(std::string(keys.status().message()), HasSubstr(why));
    EXPECT_THAT(std::string(keys.status().message()), Not(HasSubstr(secret)));
  }
}

TEST(KeysFileTest, AMissingFileIsNamed) {
  const auto keys = Keys::FromFile("/nowhere/link_keys");
  EXPECT_EQ(keys.status().message(),
            "cannot read the link secret file /nowhere/link_keys: No such file or directory");
  EXPECT_FALSE(Keys::FromFile("/").ok());
}

TEST(SaltTest, IsSixteenFreshBytes) {
  std::set<std::string> salts;
  for (int i = 0; i < 100; ++i) salts.insert(*NewSalt());
  EXPECT_EQ(salts.size(), 100u);
  EXPECT_EQ(salts.begin()->size(), kSaltBytes);
}

}  // namespace
}  // namespace partnerlink::invitation::link
