// Tokens that must be refused: each is the good token of this file with one thing wrong.
#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "common/auth/jwt_verifier.h"
#include "common/auth/testing/temporary_folder.h"
#include "common/auth/testing/tokens.h"
#include "common/status/status.h"
#include "gtest/gtest.h"

namespace partnerlink::auth {
namespace {

using nlohmann::json;
using testing::Base64Url;
using testing::GoodClaims;
using testing::GoodHeader;
using testing::SigningKey;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);
const int64_t kSeconds = absl::ToUnixSeconds(kNow);

struct Fixture {
  Fixture() {
    folder.Write("jwks.json", testing::Jwks({&key}));
    verifier = *JwtVerifier::Create(
        {.jwks_file = folder.PathOf("jwks.json"), .issuer = "https://issuer.test"});
  }

  std::string Header() const { return GoodHeader(key).dump(); }
  std::string Claims() const { return GoodClaims(kNow).dump(); }
  std::string Text() const { return Base64Url(Header()) + "." + Base64Url(Claims()); }
  std::string Good() const { return key.Token(Header(), Claims()); }

  std::string WithHeader(const std::string& name, const json& value) const {
    json header = GoodHeader(key);
    header[name] = value;
    return key.Token(header.dump(), Claims());
  }
  std::string WithClaim(const std::string& name, const json& value) const {
    json claims = GoodClaims(kNow);
    claims[name] = value;
    return key.Token(Header(), claims.dump());
  }
  std::string WithoutClaim(const std::string& name) const {
    json claims = GoodClaims(kNow);
    claims.erase(name);
    return key.Token(Header(), claims.dump());
  }
  // The payload's text with `extra` put before its end.
  std::string WithPayloadText(const std::string& extra) const {
    std::string claims = Claims();
    claims.insert(claims.size() - 1, extra);
    return key.Token(Header(), claims);
  }
  std::string WithSignature(const std::string& bytes) const {
    return Text() + "." + Base64Url(bytes);
  }
  std::string Symmetric(const std::string& algorithm, const std::string& secret) const {
    json header = GoodHeader(key);
    header["alg"] = algorithm;
    const std::string text = Base64Url(header.dump()) + "." + Base64Url(Claims());
    return text + "." + Base64Url(testing::Hmac(secret, text));
  }
  std::string Unsigned(const std::string& header) const {
    return Base64Url(header) + "." + Base64Url(Claims()) + ".";
  }

  testing::TemporaryFolder folder;
  SigningKey key{"one"};
  SigningKey stranger{"one"};
  std::unique_ptr<JwtVerifier> verifier;
};

using Make = std::function<std::string(const Fixture&)>;
struct BadToken {
  const char* fault;
  Make make;
};

std::vector<BadToken> BadHeaders() {
  const auto with = [](const char* name, json value) -> Make {
    return [=](const Fixture& f) { return f.WithHeader(name, value); };
  };
  const auto text = [](const char* header) -> Make {
    return [=](const Fixture& f) { return f.key.Token(header, f.Claims()); };
  };
  return {
      {"alg none, unsigned", [](auto& f) { return f.Unsigned(R"({"alg":"none","kid":"one"})"); }},
      {"alg None, unsigned", [](auto& f) { return f.Unsigned(R"({"alg":"None","kid":"one"})"); }},
      {"alg none, signed", with("alg", "none")},
      {"alg ES256, unsigned", [](auto& f) { return f.Unsigned(f.Header()); }},
      {"no alg", text(R"({"kid":"one","typ":"JWT"})")},
      {"alg null", with("alg", nullptr)},
      {"alg empty", with("alg", "")},
      {"alg a number", with("alg", 256)},
      {"alg a list", with("alg", {"ES256"})},
      {"alg es256", with("alg", "es256")},
      {"alg ES384", with("alg", "ES384")},
      {"alg ES384 with its own digest",
       [](auto& f) {
         const std::string text =
             Base64Url(R"({"alg":"ES384","kid":"one"})") + "." + Base64Url(f.Claims());
         return text + "." + Base64Url(f.key.Sign(text, "SHA384"));
       }},
      {"alg ES256K", with("alg", "ES256K")},
      {"alg RS256", with("alg", "RS256")},
      {"alg PS256", with("alg", "PS256")},
      {"alg EdDSA", with("alg", "EdDSA")},
      {"HS256 with the public PEM",
       [](auto& f) { return f.Symmetric("HS256", f.key.PublicPem()); }},
      {"HS256 with the JWK", [](auto& f) { return f.Symmetric("HS256", f.key.Jwk().dump()); }},
      {"HS256 with the x", [](auto& f) { return f.Symmetric("HS256", f.key.Jwk()["x"]); }},
      {"HS256 with an empty key", [](auto& f) { return f.Symmetric("HS256", ""); }},
      {"HMAC called ES256", [](auto& f) { return f.Symmetric("ES256", f.key.PublicPem()); }},
      {"no kid", text(R"({"alg":"ES256","typ":"JWT"})")},
      {"kid empty", with("kid", "")},
      {"kid null", with("kid", nullptr)},
      {"kid a number", with("kid", 1)},
      {"kid a list", with("kid", {"one"})},
      {"kid unknown", with("kid", "two")},
      {"kid in other case", with("kid", "ONE")},
      {"kid a path", with("kid", "../../../../dev/null")},
      {"kid the key file", with("kid", "jwks.json")},
      {"kid SQL", with("kid", "one' OR '1'='1")},
      {"kid with NUL", text(R"({"alg":"ES256","kid":"one\u0000","typ":"JWT"})")},
      {"kid long", with("kid", std::string(256, 'k'))},
      {"jku", with("jku", "https://evil.test/jwks.json")},
      {"jwk", [](auto& f) { return f.WithHeader("jwk", f.key.Jwk()); }},
      {"jwk of a stranger",
       [](auto& f) {
         json header = GoodHeader(f.stranger);
         header["jwk"] = f.stranger.Jwk();
         return f.stranger.Token(header.dump(), f.Claims());
       }},
      {"x5u", with("x5u", "https://evil.test/chain.pem")},
      {"x5c", with("x5c", {"MIIB"})},
      {"crit", with("crit", {"exp"})},
      {"crit empty", with("crit", json::array())},
      {"typ other", with("typ", "at+jwt")},
      {"typ a number", with("typ", 1)},
      {"typ null", with("typ", nullptr)},
      {"alg twice", text(R"({"alg":"none","alg":"ES256","kid":"one"})")},
      {"kid twice", text(R"({"alg":"ES256","kid":"two","kid":"one"})")},
      {"a nested name twice", text(R"({"alg":"ES256","kid":"one","a":{"b":1,"b":2}})")},
      {"header a list", text(R"(["ES256"])")},
      {"header a string", text(R"("ES256")")},
      {"header no JSON", text("ES256")},
      {"header empty", text("")},
      {"header followed by more", text(R"({"alg":"ES256","kid":"one"}{})")},
      {"header bad UTF-8", text("{\"alg\":\"ES256\",\"kid\":\"one\",\"a\":\"\xff\"}")},
  };
}

std::vector<BadToken> BadSignatures() {
  return {
      {"a stranger's signature", [](auto& f) { return f.stranger.Token(f.Header(), f.Claims()); }},
      {"no signature", [](auto& f) { return f.Text() + "."; }},
      {"no third part", [](auto& f) { return f.Text(); }},
      {"zeros", [](auto& f) { return f.WithSignature(std::string(64, '\0')); }},
      {"r zero",
       [](auto& f) {
         return f.WithSignature(std::string(32, '\0') + f.key.Sign(f.Text()).substr(32));
       }},
      {"s zero",
       [](auto& f) {
         return f.WithSignature(f.key.Sign(f.Text()).substr(0, 32) + std::string(32, '\0'));
       }},
      {"r and s too large", [](auto& f) { return f.WithSignature(std::string(64, '\xff')); }},
      {"DER", [](auto& f) { return f.WithSignature(f.key.SignDer(f.Text())); }},
      {"one byte short",
       [](auto& f) { return f.WithSignature(f.key.Sign(f.Text()).substr(0, 63)); }},
      {"one byte more", [](auto& f) { return f.WithSignature(f.key.Sign(f.Text()) + '\0'); }},
      {"both numbers padded",
       [](auto& f) {
         const std::string raw = f.key.Sign(f.Text());
         return f.WithSignature(std::string(1, '\0') + raw.substr(0, 32) + std::string(1, '\0') +
                                raw.substr(32));
       }},
      {"r and s exchanged",
       [](auto& f) {
         const std::string raw = f.key.Sign(f.Text());
         return f.WithSignature(raw.substr(32) + raw.substr(0, 32));
       }},
      {"one bit other",
       [](auto& f) {
         std::string raw = f.key.Sign(f.Text());
         raw[40] = static_cast<char>(raw[40] ^ 1);
         return f.WithSignature(raw);
       }},
      {"of another payload",
       [](auto& f) {
         json claims = GoodClaims(kNow);
         claims["account"] = "partners/fabrikam";
         const std::string good = f.Good();
         return Base64Url(f.Header()) + "." + Base64Url(claims.dump()) +
                good.substr(good.rfind('.'));
       }},
  };
}

std::vector<BadToken> BadForms() {
  return {
      {"empty", [](auto&) { return ""; }},
      {"dots", [](auto&) { return ".."; }},
      {"four parts", [](auto& f) { return f.Good() + ".e30"; }},
      {"five parts (JWE)", [](auto& f) { return f.Good() + ".e30.e30"; }},
      {"JSON serialisation", [](auto& f) { return f.Claims(); }},
      {"padding", [](auto& f) { return f.Good() + "=="; }},
      {"padding of the header",
       [](auto& f) {
         std::string token = f.Good();
         return token.insert(token.find('.'), "=");
       }},
      {"a dot as padding", [](auto& f) { return f.Good() + "."; }},
      {"a space before", [](auto& f) { return " " + f.Good(); }},
      {"a space behind", [](auto& f) { return f.Good() + " "; }},
      {"a line end inside", [](auto& f) { return f.Good().insert(20, "\n"); }},
      {"a NUL inside", [](auto& f) { return f.Good().insert(20, 1, '\0'); }},
      {"plain base64 letters",
       [](auto& f) {
         std::string token = f.Good();
         while (token.find_first_of("-_") == std::string::npos) token = f.Good();
         std::replace(token.begin(), token.end(), '-', '+');
         std::replace(token.begin(), token.end(), '_', '/');
         return token;
       }},
      {"loose last bits",
       [](auto& f) {
         // 64 bytes leave four unused bits in the last letter, which is A, Q, g or w.
         std::string token = f.Good();
         ++token.back();
         return token;
       }},
      {"two tokens", [](auto& f) { return f.Good() + " " + f.Good(); }},
      {"two credentials", [](auto& f) { return f.Good() + ", Bearer " + f.Good(); }},
      {"nine KiB", [](auto& f) { return f.WithClaim("extra", std::string(9000, 'x')); }},
      {"deep nesting",
       [](auto& f) {
         return f.WithPayloadText(",\"a\":" + std::string(2500, '[') + std::string(2500, ']'));
       }},
      {"payload empty", [](auto& f) { return f.key.Token(f.Header(), ""); }},
      {"payload no object", [](auto& f) { return f.key.Token(f.Header(), "[1]"); }},
      {"payload followed by more",
       [](auto& f) { return f.key.Token(f.Header(), f.Claims() + "x"); }},
      {"payload bad UTF-8", [](auto& f) { return f.WithPayloadText(",\"a\":\"\xc0\xaf\""); }},
      {"payload with a lone surrogate",
       [](auto& f) { return f.WithPayloadText(R"(,"a":"\ud800")"); }},
      {"sub twice", [](auto& f) { return f.WithPayloadText(R"(,"sub":"bob")"); }},
      {"account twice", [](auto& f) { return f.WithPayloadText(R"(,"account":"operators")"); }},
      {"account twice, escaped",
       [](auto& f) { return f.WithPayloadText(R"(,"\u0061ccount":"operators")"); }},
  };
}

std::vector<BadToken> BadClaims() {
  std::vector<BadToken> tokens;
  const auto with = [&](const char* fault, const char* name, json value) {
    tokens.push_back({fault, [=](const Fixture& f) { return f.WithClaim(name, value); }});
  };
  for (const char* name : {"iss", "aud", "sub", "iat", "exp", "account", "roles"}) {
    tokens.push_back({name, [=](const Fixture& f) { return f.WithoutClaim(name); }});
    with(name, name, nullptr);
    with(name, name, json::object());
    with(name, name, true);
  }
  with("iss other", "iss", "https://issuer.test/");
  with("iss in other case", "iss", "HTTPS://issuer.test");
  with("iss a list", "iss", {"https://issuer.test"});
  with("aud other", "aud", "partnerlink2");
  with("aud in other case", "aud", "Partnerlink");
  with("aud a list of others", "aud", {"a", "b"});
  with("aud an empty list", "aud", json::array());
  with("aud a list with a number", "aud", {"partnerlink", 1});
  with("sub empty", "sub", "");
  with("sub long", "sub", std::string(256, 's'));
  with("sub with a line end", "sub", "ada\nrole: operator");
  with("sub with DEL", "sub", "ada\x7f");
  with("sub with a C1 control", "sub", "ada\u0085");
  with("sub with NUL", "sub", std::string("a\0b", 3));
  with("iat a string", "iat", std::to_string(kSeconds));
  with("exp a string", "exp", std::to_string(kSeconds + 300));
  with("exp negative", "exp", -1);
  with("exp huge", "exp", 1e300);
  with("exp beyond 64 bits", "exp", 18446744073709551615u);
  with("exp before iat", "exp", kSeconds - 1);
  with("exp equal to iat", "exp", kSeconds);
  with("life a second too long", "exp", kSeconds + 901);
  with("iat in the future", "iat", kSeconds + 31);
  with("nbf in the future", "nbf", kSeconds + 31);
  with("nbf a string", "nbf", "0");
  for (const char* account :
       {"", "partners", "partners/", "partners/-", "partners/ab", "partners/Contoso",
        "partners/-contoso", "partners/contoso-", "partners/contoso/invitations/x",
        "partners/a/../b", "partners/con toso", "/partners/contoso", "customers/", "operators/",
        "operators/x", "Operators", "vendors/contoso", "partners/contoso\n"}) {
    with("account", "account", account);
  }
  with("account long", "account", "partners/" + std::string(64, 'a'));
  with("roles a string", "roles", "admin_agent");
  with("roles with a number", "roles", {"admin_agent", 1});
  with("role of customers", "roles", {"admin_agent", "billing_admin"});
  with("role of operators", "roles", {"operator"});
  with("21 roles", "roles", std::vector<std::string>(21, "admin_agent"));
  with("email a number", "email", 1);
  with("email with a line end", "email", "ada@contoso.example\r\nBcc: x");
  with("email empty", "email", "");
  with("email_verified a string", "email_verified", "true");
  with("email_verified a number", "email_verified", 1);
  return tokens;
}

TEST(BadTokensTest, TheGoodTokenOfThisFileIsTaken) {
  const Fixture f;
  EXPECT_TRUE(f.verifier->VerifyToken(f.Good(), kNow).ok());
}

// Each is tried behind a good token, which a cache must not take it for, and twice.
void ExpectRefused(const std::vector<BadToken>& tokens) {
  const Fixture f;
  ASSERT_TRUE(f.verifier->VerifyToken(f.Good(), kNow).ok());
  for (const BadToken& token : tokens) {
    const std::string text = token.make(f);
    for (int use = 0; use < 2; ++use) {
      const auto status = f.verifier->Verify("Bearer " + text, kNow).status();
      EXPECT_EQ(ReasonOf(status), common::v1::TOKEN_INVALID) << token.fault << ": " << text;
    }
  }
  ::testing::Test::RecordProperty("bad_tokens", static_cast<int>(tokens.size()));
}

TEST(BadTokensTest, BadHeadersAreRefused) { ExpectRefused(BadHeaders()); }
TEST(BadTokensTest, BadSignaturesAreRefused) { ExpectRefused(BadSignatures()); }
TEST(BadTokensTest, BadFormsAreRefused) { ExpectRefused(BadForms()); }
TEST(BadTokensTest, BadClaimsAreRefused) { ExpectRefused(BadClaims()); }

TEST(BadTokensTest, OnlyOneBearerTokenIsTaken) {
  const Fixture f;
  EXPECT_EQ(ReasonOf(f.verifier->Verify("", kNow).status()), common::v1::TOKEN_MISSING);
  for (const std::string& header :
       {std::string(" "), std::string("Bearer"), std::string("Bearer "), "Bearer  " + f.Good(),
        " Bearer " + f.Good(), "Bearer\t" + f.Good(), "Bearer" + f.Good(), "Basic " + f.Good(),
        "DPoP " + f.Good(), "Token " + f.Good(), f.Good(), std::string("Basic YWRhOng=")}) {
    EXPECT_EQ(ReasonOf(f.verifier->Verify(header, kNow).status()), common::v1::TOKEN_INVALID)
        << header;
  }
}

}  // namespace
}  // namespace partnerlink::auth
