#include "common/server/flags.h"

#include <stdlib.h>

#include <fstream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/reflection.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

ABSL_FLAG(std::string, own_secret, "hunter2", "A flag of the service itself");

namespace partnerlink::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

void Parse(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "service");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  absl::ParseCommandLine(static_cast<int>(argv.size()), argv.data());
}

std::string ErrorOf(const absl::StatusOr<Options>& options) {
  return std::string(options.status().message());
}

class FlagsTest : public ::testing::Test {
 protected:
  void ParseRequired() {
    Parse({"--tls_certificate_file=c", "--tls_key_file=k", "--tls_ca_file=a",
           "--postgres=host=/run user=invitation", "--postgres_worker=postgresql://worker@db/p",
           "--jwks_file=j", "--jwt_issuer=https://issuer.example", "--page_token_key_file=p"});
  }

  absl::FlagSaver saver_;
};

TEST_F(FlagsTest, EveryMissingFlagIsNamedAtOnce) {
  Parse({"--jwks_file=j"});
  EXPECT_EQ(ErrorOf(OptionsFromFlags()),
            "required flags are missing: --tls_certificate_file, --tls_key_file, --tls_ca_file, "
            "--postgres, --postgres_worker, --jwt_issuer, --page_token_key_file");
}

TEST_F(FlagsTest, TheRestHasDefaults) {
  ParseRequired();
  const auto options = OptionsFromFlags();
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->data_address, "127.0.0.1:7443");
  EXPECT_EQ(options->jwt_audience, "partnerlink");
  EXPECT_EQ(options->workers, 8);
  EXPECT_EQ(options->tls.reload_interval, absl::Seconds(5));
  EXPECT_EQ(options->log_level, log::Level::kInfo);
}

TEST_F(FlagsTest, AConninfoWithAPasswordIsRefused) {
  ParseRequired();
  for (const std::string conninfo :
       {"password=hunter2", "host=db PASSWORD = 'x'", "host=db password = 'x'",
        "postgresql://user:hunter2@db/p", "sslpassword=hunter2"}) {
    Parse({"--postgres=" + conninfo});
    const auto options = OptionsFromFlags();
    EXPECT_THAT(ErrorOf(options), AllOf(HasSubstr("--postgres "), Not(HasSubstr("hunter2"))))
        << conninfo;
  }
}

TEST_F(FlagsTest, ValuesOutOfRangeAreNamedTogether) {
  ParseRequired();
  Parse({"--workers=0", "--tls_reload_interval=1500ms", "--drain_delay=20s", "--log_level=loud"});
  EXPECT_THAT(
      ErrorOf(OptionsFromFlags()),
      AllOf(HasSubstr("--workers must be between 1 and 256"), HasSubstr("--tls_reload_interval"),
            HasSubstr("--drain_delay"), HasSubstr("--log_level")));
}

TEST_F(FlagsTest, FlagsComeFromAFileAndFromTheEnvironment) {
  const std::string path = ::testing::TempDir() + "flags_test.flags";
  std::ofstream(path) << "--workers=16\n--drain_delay=1s\n";
  ASSERT_EQ(setenv("FLAGS_peer_workers", "3", 1), 0);
  ParseRequired();
  Parse({"--flagfile=" + path, "--fromenv=peer_workers"});
  const auto options = OptionsFromFlags();
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->workers, 16);
  EXPECT_EQ(options->drain_delay, absl::Seconds(1));
  EXPECT_EQ(options->peer_workers, 3);
}

TEST_F(FlagsTest, TheConfigurationIsLoggedWithSecretsMasked) {
  ParseRequired();
  Parse({"--postgres_worker=user=worker password=hunter2"});
  log::Start("invitation", log::Level::kInfo);
  ::testing::internal::CaptureStderr();
  LogConfiguration();
  log::Flush();
  const std::string line = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(line, HasSubstr(R"("event":"configuration")"));
  EXPECT_THAT(line, HasSubstr(R"("postgres":"host=/run user=invitation")"));
  EXPECT_THAT(line, HasSubstr(R"("postgres_worker":"***")"));
  EXPECT_THAT(line, HasSubstr(R"("own_secret":"***")"));
  EXPECT_THAT(line, HasSubstr(R"("page_token_key_file":"p")"));
  EXPECT_THAT(line, Not(HasSubstr("hunter2")));
  EXPECT_THAT(line, Not(HasSubstr("flagfile")));
}

}  // namespace
}  // namespace partnerlink::server
