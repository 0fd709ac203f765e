// Many random filters: each compiles to harmless SQL or is refused with its reason.
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/filter/filter.h"
#include "common/filter/scanner.h"
#include "common/status/status.h"

namespace partnerlink::filter {
namespace {

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

// What must hold for every filter that compiles: only known SQL, every parameter used once.
void CheckClause(const std::string& filter, const Clause& clause) {
  static const std::set<std::string, std::less<>> kWords = {
      "AND",     "OR",          "IS",          "NOT",      "NULL",
      "TRUE",    "DISTINCT",    "FROM",        "LIKE",     "text",
      "bigint",  "boolean",     "timestamptz", "coalesce", "common",
      "fold",    "c",           "i",           "name",     "state",
      "channel", "hint_domain", "create_time", "uses",     "relationship_only"};
  size_t parameters = 0;
  int open = 0;
  for (size_t i = 0; i < clause.sql.size();) {
    const size_t start = i;
    while (i < clause.sql.size() && (absl::ascii_isalnum(clause.sql[i]) || clause.sql[i] == '_'))
      ++i;
    const std::string_view word = std::string_view(clause.sql).substr(start, i - start);
    if (!word.empty() && start > 0 && clause.sql[start - 1] == '$') {
      EXPECT_EQ(word, absl::StrCat(++parameters)) << filter;
    } else if (!word.empty()) {
      EXPECT_TRUE(kWords.contains(word)) << word << " in " << filter;
    } else {
      open += clause.sql[i] == '(' ? 1 : clause.sql[i] == ')' ? -1 : 0;
      EXPECT_TRUE(std::string_view(" ()$:.,'%|=<>").find(clause.sql[i]) != std::string_view::npos)
          << filter;
      ++i;
    }
  }
  EXPECT_EQ(open, 0) << filter;
  EXPECT_EQ(parameters, clause.parameters.size()) << filter;
}

TEST(RandomFilterTest, CompilesOrIsRefused) {
  const std::vector<std::string> kPieces = {"state",
                                            "channel",
                                            "customer_hint.domain",
                                            "display_name",
                                            "create_time",
                                            "uses",
                                            "nope",
                                            " ",
                                            " ",
                                            " ",
                                            "=",
                                            "!=",
                                            "<",
                                            ">=",
                                            ":",
                                            "AND",
                                            " OR ",
                                            "NOT ",
                                            "-",
                                            "(",
                                            ")",
                                            "\"",
                                            "'",
                                            "\\",
                                            "*",
                                            "PENDING",
                                            "2026-01-31T10:00:00Z",
                                            "17",
                                            "true",
                                            "Zürich",
                                            "%",
                                            "_",
                                            "$1",
                                            ";",
                                            "--",
                                            "/*",
                                            "\xC3",
                                            std::string("\0", 1),
                                            "state = PENDING",
                                            " uses>1 ",
                                            "display_name:acme "};
  std::mt19937 random(20260131);  // NOLINT: the same filters in every run
  const auto below = [&random](size_t limit) { return random() % limit; };
  int compiled = 0;
  std::string filter;
  for (int round = 0; round < 100'000; ++round) {
    if (round % 4 == 0 || filter.size() > 4000) {
      filter.clear();
      for (size_t i = below(12); i > 0; --i) filter += kPieces[below(kPieces.size())];
    } else if (!filter.empty() && below(2) == 0) {
      filter[below(filter.size())] = static_cast<char>(random());
    } else {
      filter.insert(below(filter.size() + 1), kPieces[below(kPieces.size())]);
    }
    const auto clause = Compile(filter, Fields(), 1);
    if (clause.ok()) {
      ++compiled;
      CheckClause(filter, *clause);
    } else {
      ASSERT_EQ(ReasonOf(clause.status()), common::v1::FILTER_INVALID) << filter;
      ASSERT_TRUE(CheckText(std::string(clause.status().message())).ok()) << clause.status();
    }
  }
  EXPECT_GT(compiled, 1000);
}

}  // namespace
}  // namespace partnerlink::filter
