#include "common/filter/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace partnerlink::filter {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;

const std::vector<Field>& Fields() {
  static const auto* kFields = new std::vector<Field>{
      {"state", Type::kEnum, "i.state", {{"PENDING", ""}, {"DECLINED", "declined"}}},
      {"channel", Type::kText, "i.channel", {}, /*prefix=*/true},
      {"customer_hint.domain", Type::kText, "i.hint_domain"},
      {"display_name",
       Type::kFoldedText,
       "common.fold(c.name)",
       {},
       /*prefix=*/true,
       /*contains=*/true},
      {"create_time", Type::kTime, "i.create_time"},
      {"uses", Type::kInteger, "i.uses"},
      {"relationship_only", Type::kBoolean, "i.relationship_only"},
  };
  return *kFields;
}

std::string Sql(std::string_view filter) {
  const auto clause = Compile(filter, Fields(), 1);
  return clause.ok() ? clause->sql : std::string(clause.status().message());
}

std::vector<std::string> Parameters(std::string_view filter) {
  const auto clause = Compile(filter, Fields(), 1);
  return clause.ok() ? clause->parameters
                     : std::vector<std::string>{std::string(clause.status().message())};
}

// The message of the refusal; empty when there is none or it has another reason.
std::string Refused(std::string_view filter) {
  const auto clause = Compile(filter, Fields(), 1);
  if (clause.ok() || ReasonOf(clause.status()) != common::v1::FILTER_INVALID) return "";
  return std::string(clause.status().message());
}

TEST(FilterTest, EmptyMatchesAll) {
  EXPECT_EQ(Sql(""), "TRUE");
  EXPECT_EQ(Sql("   "), "TRUE");
  EXPECT_THAT(Parameters(""), IsEmpty());
}

TEST(FilterTest, ComparisonThatStandsAloneIsTold) {
  const auto alone = [](std::string_view filter) { return Compile(filter, Fields(), 1)->alone; };
  const auto is = [](std::string_view field, Match match, std::string_view text) {
    return Optional(AllOf(testing::Field(&TextMatch::field, field),
                          testing::Field(&TextMatch::match, match),
                          testing::Field(&TextMatch::text, text)));
  };
  EXPECT_THAT(alone("(display_name = \"50%\")"), is("display_name", Match::kWhole, "50%"));
  EXPECT_THAT(alone("display_name = \"50%*\""), is("display_name", Match::kBeginning, "50%"));
  EXPECT_THAT(alone("display_name : \"50%\""), is("display_name", Match::kInside, "50\\%"));
  for (const char* filter : {"", "channel = web", "display_name != Acme", "display_name != Acme*",
                             "NOT display_name = Acme", "-(display_name : Acme)",
                             "display_name = Acme uses = 1", "uses = 1 OR display_name = Acme",
                             "display_name = Acme display_name = Beta", "display_name:*"}) {
    EXPECT_FALSE(alone(filter)) << filter;
  }
}

TEST(FilterTest, BeginningNarrowsWholeTextsAndPrefixes) {
  const std::vector<Field> fields = {{.name = "display_name",
                                      .type = Type::kFoldedText,
                                      .sql = "folded",
                                      .prefix = true,
                                      .contains = true,
                                      .beginning = Beginning{"short", 60}},
                                     {.name = "uses", .type = Type::kInteger, .sql = "uses"}};
  const auto whole = Compile("display_name = Acme", fields, 1);
  EXPECT_EQ(whole->sql,
            "(short = left(common.fold($1::text), 60) AND folded = common.fold($1::text))");
  const auto prefix = Compile("display_name = \"50%*\" uses = 1", fields, 1);
  EXPECT_EQ(prefix->sql,
            "((short >= left(common.fold($2::text), 60) AND "
            "short <= left(common.fold($2::text), 60) || repeat(chr(1114111), 60) AND "
            "folded LIKE common.fold($1::text) || '%') AND uses = $3::bigint)");
  EXPECT_THAT(prefix->parameters, ElementsAre("50\\%", "50%", "1"));
  EXPECT_THAT(prefix->inside, IsEmpty());
  // What does not begin so may begin with anything.
  EXPECT_EQ(Compile("display_name != Acme", fields, 1)->sql,
            "folded IS DISTINCT FROM common.fold($1::text)");
  EXPECT_EQ(Compile("display_name : Acme", fields, 1)->sql,
            "folded LIKE '%' || common.fold($1::text) || '%'");
}

TEST(FilterTest, PlaceholdersFollowTheFirstParameter) {
  const auto clause = Compile("state = PENDING uses > 2", Fields(), 4);
  ASSERT_TRUE(clause.ok()) << clause.status();
  EXPECT_EQ(clause->sql, "(i.state = $4::text AND i.uses > $5::bigint)");
  EXPECT_THAT(clause->parameters, ElementsAre("PENDING", "2"));
}

TEST(FilterTest, OrBindsTighterThanAnd) {
  EXPECT_EQ(Sql("uses=1 AND uses=2 OR uses=3 AND uses=4"),
            "(i.uses = $1::bigint AND (i.uses = $2::bigint OR i.uses = $3::bigint) AND "
            "i.uses = $4::bigint)");
  EXPECT_EQ(Sql("uses=1 OR uses=2 uses=3"),
            "((i.uses = $1::bigint OR i.uses = $2::bigint) AND i.uses = $3::bigint)");
}

TEST(FilterTest, ParenthesesGroup) {
  EXPECT_EQ(Sql("(uses=1 AND uses=2) OR (uses=3)"),
            "((i.uses = $1::bigint AND i.uses = $2::bigint) OR i.uses = $3::bigint)");
}

TEST(FilterTest, NegationMatchesWhatIsNotSet) {
  EXPECT_EQ(Sql("NOT uses=1"), "((i.uses = $1::bigint) IS NOT TRUE)");
  EXPECT_EQ(Sql("-(uses=1 OR uses=2)"),
            "(((i.uses = $1::bigint OR i.uses = $2::bigint)) IS NOT TRUE)");
  EXPECT_EQ(Sql("NOT(uses=1)"), "((i.uses = $1::bigint) IS NOT TRUE)");
  EXPECT_EQ(Sql("uses != 1"), "i.uses IS DISTINCT FROM $1::bigint");
}

TEST(FilterTest, TextIsComparedExactly) {
  EXPECT_EQ(Sql("customer_hint.domain = acme.example"), "i.hint_domain = $1::text");
  EXPECT_THAT(Parameters("customer_hint.domain = acme.example"), ElementsAre("acme.example"));
  EXPECT_EQ(Sql("customer_hint.domain:acme.example"), "i.hint_domain = $1::text");
  EXPECT_THAT(Refused("customer_hint.domain < a"), HasSubstr("takes only =, != and `:`"));
}

TEST(FilterTest, EmptyTextIsTheFieldThatIsNotSet) {
  EXPECT_EQ(Sql("channel = ''"), "coalesce(i.channel, '') = $1::text");
  EXPECT_EQ(Sql("channel != \"\""), "coalesce(i.channel, '') IS DISTINCT FROM $1::text");
}

TEST(FilterTest, QuotesTakeEscapes) {
  EXPECT_THAT(Parameters(R"(channel = "a \"b\" \'c\' \\ \* (d) AND")"),
              ElementsAre(R"(a "b" 'c' \ * (d) AND)"));
  EXPECT_THAT(Parameters(R"(channel = 'a "b"')"), ElementsAre(R"(a "b")"));
  EXPECT_THAT(Refused(R"(channel = "a\n")"), HasSubstr("at character 13: a backslash"));
  EXPECT_THAT(Refused(R"(channel = "a\")"), HasSubstr("at character 11: this quote is not closed"));
}

TEST(FilterTest, StarAtTheEndMatchesTheBeginning) {
  EXPECT_EQ(Sql("channel = web*"), "i.channel LIKE $1::text || '%'");
  EXPECT_THAT(Parameters("channel = web*"), ElementsAre("web"));
  EXPECT_EQ(Sql("channel != web*"), "((i.channel LIKE $1::text || '%') IS NOT TRUE)");
  EXPECT_THAT(Parameters(R"(channel = "web\*")"), ElementsAre("web*"));
}

TEST(FilterTest, StarElsewhereIsRefused) {
  EXPECT_THAT(Refused("channel = w*b"), HasSubstr("only as the last character"));
  EXPECT_THAT(Refused("channel = w**"), HasSubstr("only as the last character"));
  EXPECT_THAT(Refused("customer_hint.domain = acme*"), HasSubstr("takes no `*`"));
  EXPECT_THAT(Refused("state = PEND*"), HasSubstr("takes no `*`"));
  EXPECT_THAT(Refused("display_name : acme*"), HasSubstr("needs no `*`"));
}

TEST(FilterTest, PatternCharactersMatchThemselves) {
  EXPECT_THAT(Parameters(R"(channel = "50%_\\*")"), ElementsAre(R"(50\%\_\\)"));
  EXPECT_THAT(Parameters("display_name = ％*"), ElementsAre("\\％"));
  EXPECT_THAT(Parameters("channel = 50%"), ElementsAre("50%"));
}

TEST(FilterTest, FoldedTextIsFoldedByTheDatabase) {
  EXPECT_EQ(Sql("display_name = Zürich"), "common.fold(c.name) = common.fold($1::text)");
  EXPECT_EQ(Sql("display_name = Zürich*"), "common.fold(c.name) LIKE common.fold($1::text) || '%'");
}

TEST(FilterTest, ColonFindsTextInside) {
  EXPECT_EQ(Sql("display_name:cme"),
            "common.fold(c.name) LIKE '%' || common.fold($1::text) || '%'");
  EXPECT_EQ(Sql("display_name:Öçé"),
            "common.fold(c.name) LIKE '%' || common.fold($1::text) || '%'");
  EXPECT_THAT(Refused("display_name:cm"), HasSubstr("from 3 characters on"));
}

TEST(FilterTest, ColonStarMatchesWhatIsSet) {
  EXPECT_EQ(Sql("channel:*"), "coalesce(i.channel, '') <> ''");
  EXPECT_EQ(Sql("NOT create_time:*"), "((i.create_time IS NOT NULL) IS NOT TRUE)");
  EXPECT_THAT(Parameters("channel:* uses:* uses=7"), ElementsAre("7"));
}

TEST(FilterTest, EnumTakesItsWords) {
  EXPECT_THAT(Parameters("state = PENDING"), ElementsAre("PENDING"));
  EXPECT_THAT(Parameters("state = \"DECLINED\""), ElementsAre("declined"));
  EXPECT_EQ(Refused("state = pending"),
            "filter: at character 9: state takes one of PENDING, DECLINED.");
  EXPECT_THAT(Refused("state > PENDING"), HasSubstr("at character 7: state takes only"));
}

TEST(FilterTest, EnumSetIsEqualToEachOfItsMembers) {
  const std::vector<Field> fields = {
      {"type", Type::kEnumSet, "c.types", {{"RESELLER", ""}, {"PROVIDER", "provider"}}}};
  const auto sql = [&](std::string_view filter) { return Compile(filter, fields, 2)->sql; };
  EXPECT_EQ(sql("type = RESELLER"), "($2::text = ANY (c.types))");
  EXPECT_EQ(sql("type:PROVIDER"), "($2::text = ANY (c.types))");
  EXPECT_EQ(sql("type != RESELLER"), "(($2::text = ANY (c.types)) IS NOT TRUE)");
  EXPECT_EQ(sql("type:*"), "cardinality(c.types) > 0");
  EXPECT_THAT(Compile("type = PROVIDER", fields, 2)->parameters, ElementsAre("provider"));
  EXPECT_FALSE(Compile("type = OTHER", fields, 2).ok());
  EXPECT_FALSE(Compile("type > RESELLER", fields, 2).ok());
}

TEST(FilterTest, MapIsAskedByItsKeys) {
  const std::vector<Field> fields = {{"labels", Type::kMap, "p.labels"}};
  const auto compiled = [&](std::string_view filter) { return *Compile(filter, fields, 2); };
  EXPECT_EQ(compiled("labels.tier = gold").sql, "(p.labels ->> $2::text) = $3::text");
  EXPECT_THAT(compiled("labels.tier = gold").parameters, ElementsAre("tier", "gold"));
  EXPECT_EQ(compiled("labels.tier != gold").sql,
            "(p.labels ->> $2::text) IS DISTINCT FROM $3::text");
  EXPECT_EQ(compiled("labels.a.b:*").sql, "(p.labels ->> $2::text) IS NOT NULL");
  EXPECT_THAT(compiled("labels.a.b:*").parameters, ElementsAre("a.b"));
  EXPECT_EQ(compiled("labels:tier").sql, "(p.labels -> $2::text) IS NOT NULL");
  EXPECT_THAT(compiled("labels.\"a-b\" = x labels:y").parameters, ElementsAre("a-b", "x", "y"));
  EXPECT_EQ(compiled("labels.\"a-b\" = x labels:y").sql,
            "((p.labels ->> $2::text) = $3::text AND (p.labels -> $4::text) IS NOT NULL)");
  for (const char* bad : {"labels = x", "labels != x", "labels.a > x", "labels. = x",
                          "labels.'' = x", "labels.\"*\" = x", "labels:*", "labels.a = x*",
                          "labels.a-b = x", "label.a = x", "labelsx.a = x"}) {
    EXPECT_EQ(ReasonOf(Compile(bad, fields, 2).status()), common::v1::FILTER_INVALID) << bad;
  }
}

TEST(FilterTest, ElsewhereIsAConditionOfItsOwn) {
  const std::vector<Field> fields = {
      {"domain", Type::kElsewhere, "c IN (SELECT d.c FROM d WHERE d.name = lower($))"}};
  const auto sql = [&](std::string_view filter) { return Compile(filter, fields, 2)->sql; };
  EXPECT_EQ(sql("domain = a.example"), "(c IN (SELECT d.c FROM d WHERE d.name = lower($2::text)))");
  EXPECT_EQ(sql("domain != a.example"),
            "(NOT (c IN (SELECT d.c FROM d WHERE d.name = lower($2::text))))");
  for (const char* bad : {"domain:*", "domain = a*", "domain > a"}) {
    EXPECT_FALSE(Compile(bad, fields, 2).ok()) << bad;
  }
}

TEST(FilterTest, AValueIsMadeWhatIsStoredForIt) {
  const std::vector<Field> fields = {{.name = "domain",
                                      .type = Type::kElsewhere,
                                      .sql = "f($)",
                                      .normal = [](std::string_view text) {
                                        return absl::AsciiStrToLower({text.data(), text.size()});
                                      }}};
  EXPECT_THAT(Compile("domain = A.Example", fields, 1)->parameters, ElementsAre("a.example"));
}

TEST(FilterTest, WhatIsInsideOfAllThatIsAdmittedIsTold) {
  const auto inside = [](std::string_view filter) { return Compile(filter, Fields(), 1)->inside; };
  EXPECT_THAT(inside("display_name:acme"), ElementsAre("acme"));
  EXPECT_THAT(inside("uses = 1 (display_name:acme AND uses = 2) display_name:'a%b'"),
              ElementsAre("acme", "a\\%b"));
  EXPECT_THAT(inside("((display_name:acme))"), ElementsAre("acme"));
  EXPECT_THAT(inside("(display_name:acme OR uses = 1) display_name:other"), ElementsAre("other"));
  for (const char* filter : {"", "display_name = acme", "display_name = 'acme*'",
                             "NOT display_name:acme", "-(uses = 1 display_name:acme)",
                             "display_name:acme OR display_name:other", "channel:acme"}) {
    EXPECT_THAT(inside(filter), IsEmpty()) << filter;
  }
}

TEST(FilterTest, TimeIsGivenToTheDatabaseInUtc) {
  EXPECT_EQ(Sql("create_time >= 2026-01-31T10:00:00Z"), "i.create_time >= $1::timestamptz");
  EXPECT_THAT(Parameters("create_time<2026-01-31T10:00:00.123456789+02:00"),
              ElementsAre("2026-01-31T08:00:00.123456Z"));
  EXPECT_THAT(Parameters("create_time<\"0001-01-01T00:00:00Z\""),
              ElementsAre("0001-01-01T00:00:00.000000Z"));
  EXPECT_THAT(Parameters("create_time<9999-12-31T23:59:59.999999999Z"),
              ElementsAre("9999-12-31T23:59:59.999999Z"));
}

TEST(FilterTest, WhatIsNoTimeIsRefused) {
  for (const char* value :
       {"2026-01-31", "2026-02-30T00:00:00Z", "2026-01-31T10:00:00", "infinite-future", "infinity",
        "now", "''", "' 2026-01-31T10:00:00Z'", "'2026-01-31T10:00:00Z '", "-1-01-01T00:00:00Z",
        "2026-01-31T25:00:00Z", "1769853600"}) {
    EXPECT_THAT(Refused(absl::StrCat("create_time = ", value)), HasSubstr("RFC 3339")) << value;
  }
  for (const char* value : {"0000-12-31T00:00:00Z", "0001-01-01T00:00:00+01:00",
                            "9999-12-31T23:59:59-01:00", "10000-01-01T00:00:00Z"}) {
    EXPECT_THAT(Refused(absl::StrCat("create_time = ", value)), HasSubstr("years 1 to 9999"))
        << value;
  }
}

TEST(FilterTest, IntegerHas64Bits) {
  EXPECT_THAT(Parameters("uses >= -9223372036854775808 uses <= 9223372036854775807 uses = 007"),
              ElementsAre("-9223372036854775808", "9223372036854775807", "7"));
  for (const char* value :
       {"9223372036854775808", "1.5", "+1", "' 1'", "''", "-", "1e3", "0x1", "one", "--1"}) {
    EXPECT_THAT(Refused(absl::StrCat("uses = ", value)), HasSubstr("whole number")) << value;
  }
}

TEST(FilterTest, BooleanIsTrueOrFalse) {
  EXPECT_EQ(Sql("relationship_only = true"), "i.relationship_only = $1::boolean");
  EXPECT_EQ(Sql("relationship_only:false"), "i.relationship_only = $1::boolean");
  EXPECT_THAT(Refused("relationship_only = TRUE"), HasSubstr("true or false"));
}

TEST(FilterTest, UnknownFieldIsNamedAndTheKnownListed) {
  EXPECT_EQ(Refused("state = PENDING AND secret = 1"),
            "filter: at character 21: there is no field secret; the fields are state, channel, "
            "customer_hint.domain, display_name, create_time, uses, relationship_only.");
  EXPECT_THAT(Refused("customer_hint = 1"), HasSubstr("there is no field customer_hint;"));
  EXPECT_THAT(Refused("state. = 1"), HasSubstr("there is no field state.;"));
}

TEST(FilterTest, BareLiteralIsRefused) {
  EXPECT_THAT(Refused("acme"), HasSubstr("at character 1: a word alone finds nothing"));
  EXPECT_THAT(Refused("uses=1 acme"), HasSubstr("at character 8: a word alone"));
  EXPECT_THAT(Refused("uses=1 and uses=2"),
              HasSubstr("at character 8: AND is written in capitals"));
  EXPECT_THAT(Refused("uses=1 \"acme\""), HasSubstr("a comparison is expected here"));
  EXPECT_THAT(Refused("42"), HasSubstr("a comparison is expected here"));
  EXPECT_THAT(Refused("f(x)"), HasSubstr("a word alone"));
}

TEST(FilterTest, WhatDoesNotParseIsRefusedWithItsPlace) {
  const std::vector<std::pair<std::string_view, std::string_view>> kCases = {
      {"uses = 1 AND", "at character 13: a comparison"},
      {"OR uses = 1", "at character 1: a comparison"},
      {"uses = 1 OR OR uses = 2", "at character 13: a comparison"},
      {"NOT NOT uses = 1", "at character 5: a comparison"},
      {"()", "at character 2: a comparison"},
      {"(uses = 1", "at character 1: this parenthesis is not closed"},
      {"uses = 1)", "at character 9: this parenthesis closes nothing"},
      {"uses =", "at character 7: a value"},
      {"uses == 1", "at character 7: a value"},
      {"uses = (1 OR 2)", "at character 8: a value"},
      {"uses = AND", "at character 8: a value is expected before AND"},
      {"channel = Zürich Zürich", "at character 18: a word alone"},
      {"uses ! 1", "at character 1: a word alone"},
      {"uses = 1; DROP TABLE x", "at character 8: uses takes a whole number"},
      {"$1", "at character 1: a comparison"},
  };
  for (const auto& [filter, message] : kCases) {
    EXPECT_THAT(Refused(filter), HasSubstr(message)) << filter;
  }
}

TEST(FilterTest, DepthIsLimited) {
  const auto nested = [](int depth) {
    return absl::StrCat(std::string(depth, '('), "uses=1", std::string(depth, ')'));
  };
  EXPECT_EQ(Sql(nested(kMaxDepth)), "i.uses = $1::bigint");
  EXPECT_THAT(Refused(nested(kMaxDepth + 1)), HasSubstr("at character 9: more than 8 parentheses"));
  EXPECT_THAT(Refused(std::string(kMaxCharacters, '(')), HasSubstr("more than 8"));
}

TEST(FilterTest, LengthIsCountedInCharacters) {
  std::string longest = "channel = ";
  while (longest.size() < 10 + 2 * (kMaxCharacters - 10)) absl::StrAppend(&longest, "ü");
  EXPECT_TRUE(Compile(longest, Fields(), 1).ok());
  EXPECT_THAT(Refused(longest + "x"),
              HasSubstr("at character 2001: a filter may have at most 2000"));
  EXPECT_THAT(Refused(std::string(50'000'000, ' ')), HasSubstr("at most 2000"));
}

TEST(FilterTest, ControlCharactersAreRefused) {
  for (const std::string& bad : {std::string("\0", 1), std::string("\t"), std::string("\n"),
                                 std::string("\x7F"), std::string("\xC2\x85")}) {
    EXPECT_THAT(Refused(absl::StrCat("channel = 'a", bad, "'")),
                HasSubstr("at character 13: control characters"));
  }
}

TEST(FilterTest, WhatIsNotUtf8IsRefused) {
  for (const char* bad :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3(", "\xE0\x80\x80", "\xED\xA0\x80", "\xE2\x82",
        "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    EXPECT_THAT(Refused(absl::StrCat("channel = 'ü", bad, "'")),
                HasSubstr("at character 13: this is not UTF-8"));
  }
  for (const char* good : {"\xC2\xA0", "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF"}) {
    EXPECT_THAT(Parameters(absl::StrCat("channel = ", good)), ElementsAre(good));
  }
}

TEST(FilterTest, RefusalNamesTheRequestField) {
  const auto clause = Compile("x", Fields(), 1);
  EXPECT_EQ(clause.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(clause.status().GetPayload("type.googleapis.com/google.rpc.BadRequest"));
}

}  // namespace
}  // namespace partnerlink::filter
