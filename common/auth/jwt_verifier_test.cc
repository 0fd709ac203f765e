#include "common/auth/jwt_verifier.h"

#include <atomic>
#include <optional>
#include <thread>

#include "common/auth/testing/temporary_folder.h"
#include "common/auth/testing/tokens.h"
#include "common/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace partnerlink::auth {
namespace {

using ::testing::ElementsAre;
using testing::GoodClaims;
using testing::GoodHeader;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::SigningKey;

class JwtVerifierTest : public ::testing::Test {
 protected:
  static constexpr char kFile[] = "jwks.json";

  void SetUp() override {
    folder_.Write(kFile, testing::Jwks({&key_}));
    verifier_ = Create(10);
  }

  std::unique_ptr<JwtVerifier> Create(size_t cache_size) {
    return *JwtVerifier::Create(
        {.jwks_file = folder_.PathOf(kFile),
         .issuer = "https://issuer.test",
         .cache_size = cache_size,
         .on_reread = [this](const absl::Status& status) { told_ = status; }});
  }

  std::string Bearer(const nlohmann::json& claims) const { return BearerOf(key_, claims); }

  static std::string BearerOf(const SigningKey& key, const nlohmann::json& claims) {
    return "Bearer " + key.Token(GoodHeader(key).dump(), claims.dump());
  }

  std::optional<ErrorReason> ReasonAt(const std::string& header, absl::Time now) {
    return ReasonOf(verifier_->Verify(header, now).status());
  }

  // What each token must be treated as twice: when it is new and when it is remembered.
  void ExpectAccepted(const nlohmann::json& claims) {
    const std::string header = Bearer(claims);
    EXPECT_TRUE(verifier_->Verify(header, now_).ok()) << claims;
    EXPECT_TRUE(verifier_->Verify(header, now_).ok()) << claims;
  }

  testing::TemporaryFolder folder_;
  const SigningKey key_{"one"};
  const absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  std::optional<absl::Status> told_;
  std::unique_ptr<JwtVerifier> verifier_;
};

TEST_F(JwtVerifierTest, AGoodTokenNamesItsBearer) {
  auto claims = GoodClaims(now_);
  claims["roles"] = {"admin_agent", "astronaut", "sales_agent", "admin_agent"};
  claims["email"] = "ada@contoso.example";
  claims["email_verified"] = true;
  const std::string header = Bearer(claims);
  for (const char* use : {"new", "remembered"}) {
    const auto principal = verifier_->Verify(header, now_);
    ASSERT_TRUE(principal.ok()) << use << principal.status();
    EXPECT_EQ(principal->subject, "ada");
    EXPECT_EQ(principal->account, "partners/contoso");
    EXPECT_EQ(principal->family, AccountFamily::kPartner);
    EXPECT_THAT(principal->roles, ElementsAre("admin_agent", "sales_agent"));
    EXPECT_EQ(principal->email, "ada@contoso.example");
    EXPECT_TRUE(principal->email_verified);
  }
}

TEST_F(JwtVerifierTest, EveryFamilyOfAccountsIsTaken) {
  auto claims = GoodClaims(now_);
  claims["account"] = "customers/acme";
  claims["roles"] = {"billing_admin"};
  EXPECT_EQ(verifier_->Verify(Bearer(claims), now_)->family, AccountFamily::kCustomer);
  claims["account"] = "operators";
  claims["roles"] = {"operator"};
  EXPECT_EQ(verifier_->Verify(Bearer(claims), now_)->family, AccountFamily::kOperator);
  claims["roles"] = nlohmann::json::array();
  EXPECT_THAT(verifier_->Verify(Bearer(claims), now_)->roles, IsEmpty());
}

TEST_F(JwtVerifierTest, WhatTheRulesLeaveOpenIsTaken) {
  auto claims = GoodClaims(now_);
  claims["aud"] = {"another", "partnerlink"};
  claims["extra"] = {{"nested", {1, 2}}};
  ExpectAccepted(claims);
  claims["exp"] = absl::ToUnixSeconds(now_) + 300.5;
  ExpectAccepted(claims);
  claims["exp"] = absl::ToUnixSeconds(now_) + 900;
  claims["nbf"] = absl::ToUnixSeconds(now_) + 30;
  ExpectAccepted(claims);
  std::string subject;
  for (int i = 0; i < 255; ++i) subject += "ä";
  claims["sub"] = subject;
  ExpectAccepted(claims);
  auto header = GoodHeader(key_);
  header.erase("typ");
  const std::string token = key_.Token(header.dump(), claims.dump());
  EXPECT_TRUE(verifier_->Verify("bEARER " + token, now_).ok());
}

TEST_F(JwtVerifierTest, ATokenExpiresThirtySecondsAfterExpNewOrRemembered) {
  const std::string header = Bearer(GoodClaims(now_));
  const absl::Time end = now_ + absl::Seconds(330);
  EXPECT_EQ(ReasonAt(header, end), common::v1::TOKEN_EXPIRED);
  EXPECT_TRUE(verifier_->Verify(header, end - absl::Nanoseconds(1)).ok());
  EXPECT_EQ(ReasonAt(header, end), common::v1::TOKEN_EXPIRED);
}

TEST_F(JwtVerifierTest, ATokenCountsFromThirtySecondsBeforeIatNewOrRemembered) {
  const std::string header = Bearer(GoodClaims(now_));
  const absl::Time begin = now_ - absl::Seconds(30);
  EXPECT_EQ(ReasonAt(header, begin - absl::Nanoseconds(1)), common::v1::TOKEN_INVALID);
  EXPECT_TRUE(verifier_->Verify(header, begin).ok());
  EXPECT_EQ(ReasonAt(header, begin - absl::Nanoseconds(1)), common::v1::TOKEN_INVALID);
}

TEST_F(JwtVerifierTest, ANewKeyIsTakenFromTheFileAtItsFirstToken) {
  const SigningKey next("two");
  const std::string header = BearerOf(next, GoodClaims(now_));
  EXPECT_EQ(ReasonAt(header, now_), common::v1::TOKEN_INVALID);
  folder_.Write(kFile, testing::Jwks({&key_, &next}));
  EXPECT_TRUE(verifier_->Verify(header, now_ + absl::Seconds(2)).ok());
  EXPECT_TRUE(verifier_->Verify(Bearer(GoodClaims(now_)), now_ + absl::Seconds(2)).ok());
  ASSERT_TRUE(told_.has_value());
  EXPECT_TRUE(told_->ok());
}

TEST_F(JwtVerifierTest, ARevokedKeyTakesItsRememberedTokensAlong) {
  const SigningKey next("two");
  const std::string old = Bearer(GoodClaims(now_));
  ASSERT_TRUE(verifier_->Verify(old, now_).ok());
  folder_.Write(kFile, testing::Jwks({&next}));
  EXPECT_TRUE(verifier_->Verify(old, now_ + absl::Seconds(1)).ok());
  EXPECT_EQ(ReasonAt(old, now_ + absl::Seconds(2)), common::v1::TOKEN_INVALID);
}

TEST_F(JwtVerifierTest, AKeyReplacedUnderItsNameTakesItsRememberedTokensAlong) {
  const SigningKey same_name("one");
  const std::string old = Bearer(GoodClaims(now_));
  ASSERT_TRUE(verifier_->Verify(old, now_).ok());
  folder_.Write(kFile, testing::Jwks({&same_name}));
  EXPECT_EQ(ReasonAt(old, now_ + absl::Seconds(2)), common::v1::TOKEN_INVALID);
}

TEST_F(JwtVerifierTest, ABrokenFileLeavesTheLastGoodKeys) {
  const std::string header = Bearer(GoodClaims(now_));
  folder_.Write(kFile, R"({"keys":)");
  EXPECT_TRUE(verifier_->Verify(header, now_ + absl::Seconds(2)).ok());
  ASSERT_TRUE(told_.has_value());
  EXPECT_THAT(std::string(told_->message()), HasSubstr("not a JWKS document"));
}

TEST_F(JwtVerifierTest, WithoutACacheTokensAreVerifiedEachTime) {
  verifier_ = Create(0);
  ExpectAccepted(GoodClaims(now_));
}

TEST_F(JwtVerifierTest, ThreadsVerifyWhileKeysChange) {
  const SigningKey next("two");
  const std::string documents[] = {testing::Jwks({&key_}), testing::Jwks({&key_, &next})};
  const std::string good = Bearer(GoodClaims(now_));
  auto forged_claims = GoodClaims(now_);
  const std::string forged = BearerOf(SigningKey("one"), forged_claims);
  std::atomic<int> clock{0};
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 300; ++i) {
        const absl::Time now = now_ + absl::Milliseconds(clock.fetch_add(50));
        if (!verifier_->Verify(good, now).ok()) ++wrong;
        if (verifier_->Verify(forged, now).ok()) ++wrong;
      }
    });
  }
  for (int i = 0; i < 50; ++i) folder_.Write(kFile, documents[i % 2]);
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(JwtVerifierCreateTest, NeedsAnIssuerAnAudienceAndAKeyFile) {
  const testing::TemporaryFolder folder;
  const SigningKey key("one");
  JwtVerifier::Options options{.jwks_file = folder.Write("jwks.json", testing::Jwks({&key})),
                               .issuer = "https://issuer.test"};
  ASSERT_TRUE(JwtVerifier::Create(options).ok());
  auto without_issuer = options;
  without_issuer.issuer.clear();
  EXPECT_FALSE(JwtVerifier::Create(without_issuer).ok());
  auto without_audience = options;
  without_audience.audience.clear();
  EXPECT_FALSE(JwtVerifier::Create(without_audience).ok());
  auto without_file = options;
  without_file.jwks_file = folder.PathOf("none.json");
  const auto status = JwtVerifier::Create(without_file).status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("none.json cannot be read: No such file"));
}

}  // namespace
}  // namespace partnerlink::auth
