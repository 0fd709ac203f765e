// W0: a method without SQL behind the whole adapter, in a process made like those of the services.
#include <memory>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "common/log/log.h"
#include "common/metrics/metrics.h"
#include "common/process/foundation.h"
#include "common/server/flags.h"
#include "common/server/listener.h"
#include "common/server/server.h"
#include "common/server/signals.h"
#include "common/status/status.h"
#include "grpcpp/security/server_credentials.h"
#include "probe_service.pb.h"

ABSL_FLAG(std::string, plaintext_address, "", "Address of a second data port, without TLS");

namespace partnerlink::bench {
namespace {

absl::Status Validate(const v1::GetProbeRequest& request) {
  FieldViolations violations;
  if (request.name().empty()) violations.Add("name", "is required");
  return violations.ToStatus();
}

absl::StatusOr<v1::Probe> GetProbe(const CallContext&, const v1::GetProbeRequest& request) {
  v1::Probe probe;
  probe.set_name(request.name());
  return probe;
}

absl::StatusOr<std::unique_ptr<rpc::Service>> MakeService(const rpc::Edge& edge) {
  const auto* const file = v1::Probe::descriptor()->file();
  auto service = std::make_unique<rpc::Service>(*file->FindServiceByName("ProbeService"), edge);
  service->UnaryInMemory<v1::GetProbeRequest, v1::Probe>("GetProbe", Validate, GetProbe);
  service->Unary<v1::GetProbeRequest, v1::Probe>("GetQueuedProbe", Validate, GetProbe);
  PARTNERLINK_RETURN_IF_ERROR(service->Check());
  return service;
}

absl::StatusOr<int> Serve() {
  PARTNERLINK_ASSIGN_OR_RETURN(const server::Options options, server::OptionsFromFlags());
  metrics::DescribeProcess("bench");
  PARTNERLINK_ASSIGN_OR_RETURN(const auto foundation,
                               process::Foundation::Create(options, "bench"));
  PARTNERLINK_ASSIGN_OR_RETURN(const auto service, MakeService(foundation->edge()));
  PARTNERLINK_ASSIGN_OR_RETURN(const auto plaintext_service, MakeService(foundation->edge()));
  PARTNERLINK_ASSIGN_OR_RETURN(const auto running, server::Server::Start(options, {service.get()}));
  PARTNERLINK_ASSIGN_OR_RETURN(const auto plaintext,
                               server::Listen({.name = "plaintext",
                                               .address = absl::GetFlag(FLAGS_plaintext_address),
                                               .credentials = grpc::InsecureServerCredentials(),
                                               .services = {plaintext_service.get()},
                                               .reflection = true}));
  running->SetServing(true);
  return running->Run();
}

}  // namespace
}  // namespace partnerlink::bench

int main(int argc, char** argv) {
  using namespace partnerlink;  // NOLINT: a main
  server::BlockSignals();
  absl::ParseCommandLine(argc, argv);
  log::Start("bench", log::Level::kInfo);
  const absl::StatusOr<int> exit_code = bench::Serve();
  return exit_code.ok() ? *exit_code : server::RefuseToStart(exit_code.status());
}
