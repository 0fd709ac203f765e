// The Customer-Directory service's process.
#include <memory>
#include <string>

#include "absl/flags/parse.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/log/log.h"
#include "common/metrics/metrics.h"
#include "common/process/foundation.h"
#include "common/server/flags.h"
#include "common/server/server.h"
#include "common/server/signals.h"
#include "common/status/status.h"
#include "services/directory/service.h"
#include "services/suite.h"

namespace partnerlink::directory {
namespace {

const postgres::Requirements& DatabaseRequirements() {
  static const auto* const requirements = new postgres::Requirements{
      "directory",
      {"common:outbox", "common:edge_locks", "relationship:access", "directory:orders"}};
  return *requirements;
}

absl::StatusOr<int> Serve() {
  PARTNERLINK_ASSIGN_OR_RETURN(const server::Options options, server::OptionsFromFlags());
  log::Start("directory", options.log_level);
  metrics::DescribeProcess("directory");
  server::LogConfiguration();
  PARTNERLINK_ASSIGN_OR_RETURN(const auto foundation,
                               process::Foundation::Create(options, "directory"));
  const Deps deps{.pool = foundation->pool(),
                  .work_pool = foundation->work_pool(),
                  .page_tokens = foundation->page_tokens()};
  PARTNERLINK_ASSIGN_OR_RETURN(const auto service, MakeService(deps, foundation->edge()));
  PARTNERLINK_ASSIGN_OR_RETURN(const auto running,
                               server::Server::Start(options, {service.get()}, SuiteServices()));
  running->Watch([&] { return foundation->CheckReadiness(DatabaseRequirements()); },
                 absl::Seconds(1));
  foundation->StartPurging();
  return running->Run();
}

}  // namespace
}  // namespace partnerlink::directory

int main(int argc, char** argv) {
  using namespace partnerlink;  // NOLINT: a main
  server::BlockSignals();
  absl::ParseCommandLine(argc, argv);
  log::Start("directory", log::Level::kInfo);
  const absl::StatusOr<int> exit_code = directory::Serve();
  return exit_code.ok() ? *exit_code : server::RefuseToStart(exit_code.status());
}
