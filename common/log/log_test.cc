#include "common/log/log.h"

#include <unistd.h>

#include <cmath>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "common/log/line.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace partnerlink::log {
namespace {

using nlohmann::json;
using ::testing::MatchesRegex;

json Parsed(std::initializer_list<Field> fields) {
  Line line(absl::FromUnixMillis(1'700'000'000'042), "info", "invitation", "tested");
  for (const Field& field : fields) line.Add(field);
  return json::parse(std::move(line).Finish());
}

// Stderr is a pipe that nobody reads until Lines is called.
class StderrPipe {
 public:
  StderrPipe() : saved_(dup(STDERR_FILENO)) {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    EXPECT_GE(dup2(ends[1], STDERR_FILENO), 0);
    close(ends[1]);
    reading_end_ = ends[0];
  }

  // Everything that was logged; stderr is as before afterwards.
  std::vector<json> Lines() {
    std::string text;
    std::thread reader([&] {
      char buffer[65536];
      for (ssize_t n; (n = read(reading_end_, buffer, sizeof(buffer))) > 0;) {
        text.append(buffer, static_cast<size_t>(n));
      }
    });
    Flush();
    dup2(saved_, STDERR_FILENO);
    reader.join();
    close(saved_);
    close(reading_end_);
    std::vector<json> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(json::parse(line));
    return lines;
  }

 private:
  int saved_;
  int reading_end_;
};

TEST(LineTest, StartsWithTimeLevelServiceEvent) {
  Line line(absl::FromUnixMillis(1'700'000'000'042), "info", "invitation", "tested");
  EXPECT_EQ(std::move(line).Finish(),
            R"({"time":"2023-11-14T22:13:20.042Z","level":"info","service":"invitation",)"
            R"("event":"tested"})");
}

TEST(LineTest, EveryKindOfValueIsShown) {
  const json line = Parsed({{"text", "a"},
                            {"owned", std::string("b")},
                            {"int", -1},
                            {"size", size_t{7}},
                            {"double", 0.5},
                            {"bool", true}});
  EXPECT_EQ(line["text"], "a");
  EXPECT_EQ(line["owned"], "b");
  EXPECT_EQ(line["int"], -1);
  EXPECT_EQ(line["size"], 7);
  EXPECT_EQ(line["double"], 0.5);
  EXPECT_EQ(line["bool"], true);
}

TEST(LineTest, TextCannotBreakOutOfItsField) {
  const std::string text = "\",\"level\":\"error\"}\n{\\\x01";
  EXPECT_EQ(Parsed({{"text", text}})["text"], text);
}

TEST(LineTest, BadUtf8IsReplaced) {
  EXPECT_EQ(Parsed({{"text", "a\xC3("}})["text"], "a\xEF\xBF\xBD(");
  EXPECT_EQ(Parsed({{"text", "größe"}})["text"], "größe");
}

TEST(LineTest, NotANumberIsNull) {
  EXPECT_TRUE(Parsed({{"ratio", std::nan("")}})["ratio"].is_null());
}

TEST(LineTest, LongTextIsCut) {
  EXPECT_EQ(Parsed({{"text", std::string(5000, 'x')}})["text"], std::string(1024, 'x'));
}

TEST(LineTest, SecretsAreMasked) { EXPECT_EQ(Parsed({{"key", Secret{"abc"}}})["key"], "***"); }

TEST(LineTest, AddressesAreMasked) {
  EXPECT_EQ(Parsed({{"to", Address{"anna@example.com"}}})["to"], "a***@example.com");
  EXPECT_EQ(Parsed({{"to", Address{"\xC3\xA4nna@example.com"}}})["to"], "***@example.com");
  EXPECT_EQ(Parsed({{"to", Address{"@example.com"}}})["to"], "***@example.com");
  EXPECT_EQ(Parsed({{"to", Address{"anna"}}})["to"], "***");
}

TEST(LogTest, LevelsHaveNames) {
  EXPECT_EQ(LevelOf("warning"), Level::kWarning);
  EXPECT_EQ(LevelOf("loud"), std::nullopt);
}

TEST(LogTest, LinesBelowTheLevelAreNotWritten) {
  StderrPipe pipe;
  Start("invitation", Level::kWarning);
  Info("quiet");
  Warning("heard", {{"n", 1}});
  const auto lines = pipe.Lines();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["event"], "heard");
  EXPECT_EQ(lines[0]["level"], "warning");
  EXPECT_EQ(lines[0]["service"], "invitation");
  EXPECT_THAT(lines[0]["time"].get<std::string>(), MatchesRegex("....-..-..T..:..:..\\....Z"));
}

TEST(LogTest, ACallIsOneLineWithoutEmptyTexts) {
  StderrPipe pipe;
  Start("invitation", Level::kInfo);
  Call({.request_id = "r1",
        .traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        .method = "partnerlink.invitation.v1.InvitationService/GetInvitation",
        .account = "partners/contoso",
        .subject = "anna",
        .code = absl::StatusCode::kNotFound,
        .reason = "RESOURCE_NOT_FOUND",
        .duration = absl::Microseconds(1234.4),
        .bytes_in = 10,
        .bytes_out = 20});
  Call({.traceparent = "garbage", .method = "m", .code = absl::StatusCode::kInternal});
  const auto lines = pipe.Lines();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0]["event"], "call");
  EXPECT_EQ(lines[0]["level"], "info");
  EXPECT_EQ(lines[0]["trace_id"], "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(lines[0]["code"], "NOT_FOUND");
  EXPECT_EQ(lines[0]["duration_ms"], 1.234);
  EXPECT_EQ(lines[0]["bytes_out"], 20);
  EXPECT_FALSE(lines[0].contains("peer"));
  EXPECT_EQ(lines[1]["level"], "error");
  EXPECT_FALSE(lines[1].contains("trace_id"));
}

TEST(LogTest, ABlockedStderrBlocksNoCallAndTheLossIsReported) {
  StderrPipe pipe;
  Start("invitation", Level::kInfo);
  constexpr int kLines = 20'000;
  const absl::Time start = absl::Now();
  for (int i = 0; i < kLines; ++i) Info("flood", {{"n", i}});
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
  int64_t dropped = 0;
  int64_t written = 0;
  for (const json& line : pipe.Lines()) {
    if (line["event"] == "log_lines_dropped") dropped += line["count"].get<int64_t>();
    if (line["event"] == "flood") ++written;
  }
  EXPECT_GT(dropped, 0);
  EXPECT_EQ(dropped + written, kLines);
}

}  // namespace
}  // namespace partnerlink::log
