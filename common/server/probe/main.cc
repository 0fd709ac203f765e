// partnerlink-health: succeeds if a service says SERVING; for a container's health check.
#include <cstdio>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "common/server/probe/probe.h"

ABSL_FLAG(std::string, address, "127.0.0.1:7444", "Address of the service's health port");
ABSL_FLAG(std::string, service, "",
          "What to ask about: a gRPC service, `liveness`, or, empty, the whole process");
ABSL_FLAG(absl::Duration, timeout, absl::Seconds(2), "How long to wait for the answer");

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  const absl::Status status = partnerlink::server::ProbeHealth(
      absl::GetFlag(FLAGS_address), absl::GetFlag(FLAGS_service), absl::GetFlag(FLAGS_timeout));
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
