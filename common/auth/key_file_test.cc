#include "common/auth/key_file.h"

#include <filesystem>
#include <string>
#include <vector>

#include "common/auth/testing/temporary_folder.h"
#include "common/auth/testing/tokens.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace partnerlink::auth {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using testing::SigningKey;

constexpr char kName[] = "jwks.json";

std::string MessageOf(const absl::Status& status) { return std::string(status.message()); }

TEST(KeyFileTest, AFileThatIsNotUsableIsNamedWithItsFault) {
  const testing::TemporaryFolder folder;
  const SigningKey key("one");
  const auto document = [](const std::vector<json>& keys) { return json{{"keys", keys}}.dump(); };
  const auto changed = [&](const char* name, const json& value) {
    json jwk = key.Jwk();
    jwk[name] = value;
    return document({jwk});
  };
  const std::pair<std::string, const char*> cases[] = {
      {"", "is empty"},
      {std::string((1 << 20) + 1, ' '), "exceeds 1 MiB"},
      {"{", "not a JWKS document"},
      {"[]", "not a JWKS document"},
      {R"({"keys":{}})", "not a JWKS document"},
      {R"({"keys":[],"keys":[]})", "not a JWKS document"},
      {document({}), "holds no key"},
      {document({"one"}), "key 1 is not an object"},
      {changed("kid", ""), "key 1 has no kid"},
      {changed("kty", "RSA"), "key 1 is not a P-256 key"},
      {changed("kty", "oct"), "key 1 is not a P-256 key"},
      {document({key.Jwk(), SigningKey("two", "P-384").Jwk()}), "key 2 is not a P-256 key"},
      {changed("d", "AAAA"), "key 1 holds the private part"},
      {changed("alg", "HS256"), "key 1 is for another algorithm than ES256"},
      {changed("use", "enc"), "key 1 is for another use than signatures"},
      {changed("x", "AAAA"), "key 1 is not a point of P-256"},
      {changed("x", key.Jwk()["y"]), "key 1 is not a point of P-256"},
      {document({key.Jwk(), key.Jwk()}), "key 2 repeats the kid of another"},
  };
  for (const auto& [text, fault] : cases) {
    const std::string path = folder.Write(kName, text);
    const auto file = KeyFile::Open(path, nullptr);
    ASSERT_FALSE(file.ok()) << fault;
    EXPECT_THAT(MessageOf(file.status()), HasSubstr(fault));
    EXPECT_THAT(MessageOf(file.status()), HasSubstr(path));
  }
}

class KeyFileRereadTest : public ::testing::Test {
 protected:
  KeyFileRereadTest() {
    Write({&one_});
    file_ = *KeyFile::Open(folder_.PathOf(kName),
                           [this](const absl::Status& status) { told_.push_back(status); });
  }

  void Write(const std::vector<const SigningKey*>& keys) {
    folder_.Write(kName, testing::Jwks(keys));
  }
  bool Finds(const char* key_id, absl::Duration after) {
    return file_->Find(key_id, start_ + after)->keys.Has(key_id);
  }

  const testing::TemporaryFolder folder_;
  const SigningKey one_{"one"};
  const SigningKey two_{"two"};
  const absl::Time start_ = absl::FromUnixSeconds(1'800'000'000);
  std::vector<absl::Status> told_;
  std::unique_ptr<KeyFile> file_;
};

TEST_F(KeyFileRereadTest, AnUnknownKeyRereadsTheFileOnceAMinute) {
  EXPECT_FALSE(Finds("two", absl::ZeroDuration()));
  Write({&one_, &two_});
  EXPECT_FALSE(Finds("two", absl::Seconds(59)));
  EXPECT_TRUE(Finds("two", absl::Seconds(60)));
  EXPECT_EQ(told_.size(), 1u);
}

TEST_F(KeyFileRereadTest, AChangeIsSeenAtTheNextLook) {
  file_->Refresh(start_);
  Write({&two_});
  file_->Refresh(start_ + absl::Milliseconds(1999));
  EXPECT_EQ(file_->generation(), 1u);
  file_->Refresh(start_ + absl::Seconds(2));
  EXPECT_EQ(file_->generation(), 2u);
  EXPECT_FALSE(Finds("one", absl::Seconds(2)));
}

TEST_F(KeyFileRereadTest, AClockSetBackDoesNotStopTheLooking) {
  file_->Refresh(start_);
  Write({&two_});
  file_->Refresh(start_ - absl::Hours(1));
  EXPECT_EQ(file_->generation(), 2u);
}

TEST_F(KeyFileRereadTest, AFileTouchedWithoutChangeKeepsTheGeneration) {
  Write({&one_});
  file_->Refresh(start_);
  EXPECT_EQ(file_->generation(), 1u);
  EXPECT_TRUE(told_.empty());
}

TEST_F(KeyFileRereadTest, AMissingFileIsToldOnceAndReadWhenItIsBack) {
  std::filesystem::remove(folder_.PathOf(kName));
  for (int look = 0; look < 3; ++look) file_->Refresh(start_ + look * absl::Seconds(2));
  ASSERT_EQ(told_.size(), 1u);
  EXPECT_TRUE(absl::IsNotFound(told_[0]));
  EXPECT_TRUE(Finds("one", absl::Seconds(4)));
  Write({&two_});
  file_->Refresh(start_ + absl::Seconds(6));
  EXPECT_EQ(file_->generation(), 2u);
}

}  // namespace
}  // namespace partnerlink::auth
