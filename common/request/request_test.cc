#include "common/request/request.h"

#include <gtest/gtest.h>

#include <string>

namespace partnerlink::request {
namespace {

constexpr char kId[] = "0197c1c2-89ab-7cde-8f01-23456789abcd";

bool IsRequestId(std::string_view text) {
  FieldViolations violations;
  CheckRequestId(text, violations);
  return violations.empty();
}

bool IsReason(std::string_view text) {
  FieldViolations violations;
  CheckReason("reason", text, violations);
  return violations.empty();
}

std::string Repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(RequestIdTest, IsAUuidInAnyCaseOrAbsent) {
  for (const char* text : {"", kId, "0197C1C2-89AB-7CDE-8F01-23456789ABCD"}) {
    EXPECT_TRUE(IsRequestId(text)) << text;
  }
  for (const char* text :
       {"x", "0197c1c289ab7cde8f0123456789abcd", " ", "{0197c1c2-89ab-7cde-8f01-23456789abcd}",
        "0197c1c2-89ab-7cde-8f01-23456789abcg"}) {
    EXPECT_FALSE(IsRequestId(text)) << text;
  }
}

TEST(ReasonTest, IsAtMost300CharactersOfPlainText) {
  for (const std::string& text : {std::string(), Repeated("ą", 300), std::string("two\nlines")}) {
    EXPECT_TRUE(IsReason(text)) << text;
  }
  for (const std::string& text : {Repeated("ą", 301), std::string("a\tb"), std::string("a\0b", 3),
                                  std::string("\xFF"), std::string("a\u202Eb")}) {
    EXPECT_FALSE(IsReason(text)) << text;
  }
}

TEST(AccountNameTest, IsACollectionAndAnId) {
  EXPECT_TRUE(IsAccountName("partners/contoso", "partners"));
  EXPECT_TRUE(IsAccountName("customers/a-1", "customers"));
  for (const char* name :
       {"", "partners", "partners/", "partners/-", "partners/ab/", "partners/a b",
        "partners/Contoso", "partners/ab", "customers/contoso", "partnersx/contoso",
        "/partners/contoso", "partners/contoso/x", "partners/%63ontoso", "partners/contoso;x",
        "partners/-contoso", "partners/contoso-"}) {
    EXPECT_FALSE(IsAccountName(name, "partners")) << name;
  }
  EXPECT_TRUE(IsAccountName("partners/" + std::string(63, 'a'), "partners"));
  EXPECT_FALSE(IsAccountName("partners/" + std::string(64, 'a'), "partners"));
}

TEST(ChildNameTest, HasAnAccountAndAUuid) {
  const auto name =
      ParseChildName(std::string("partners/contoso/grants/") + kId, "partners", "grants");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->account, "partners/contoso");
  EXPECT_EQ(name->id, kId);
  for (const std::string& bad :
       {std::string(), std::string("partners/contoso/grants/"),
        std::string("partners/contoso/invitations/") + kId,
        std::string("partners/contoso/grants/") + kId + "/grants/" + kId,
        std::string("partners/-/grants/") + kId, std::string("/grants/") + kId}) {
    EXPECT_FALSE(ParseChildName(bad, "partners", "grants")) << bad;
  }
}

}  // namespace
}  // namespace partnerlink::request
