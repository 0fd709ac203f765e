// The one client of all measurements: a closed loop that keeps `depth` calls in flight for some
// seconds and looks at every answer. Prints one line of JSON; a call that fails, or is answered
// wrongly, ends it with 1 and says why.
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "partnerlink/invitation/v1/invitation_service.pb.h"
#include "probe_service.pb.h"
#include "tests/bench/transport.h"

ABSL_FLAG(std::string, address, "", "Address of the server");
ABSL_FLAG(std::string, peer, "", "Service that the server's certificate must name; empty: no TLS");
ABSL_FLAG(std::string, call, "empty", "empty, probe or get_invitation");
ABSL_FLAG(std::string, token_file, "", "File of the token that calls carry");
ABSL_FLAG(int, depth, 1, "Calls in flight");
ABSL_FLAG(int, channels, 2, "Connections, at most `depth`");
ABSL_FLAG(absl::Duration, warm_up, absl::Milliseconds(300), "Time before what is measured");
ABSL_FLAG(absl::Duration, time, absl::Seconds(2), "Time that is measured");
ABSL_FLAG(uint64_t, seed, 1, "Seed of the keys");

namespace partnerlink::bench {
namespace {

struct Empty {
  static constexpr char kMethod[] = "/partnerlink.bench.v1.EmptyService/Call";
  using Request = google::protobuf::Empty;
  using Response = google::protobuf::Empty;
  static void Ask(uint64_t, Request&) {}
  static bool IsRight(const Request&, const Response& response) {
    return response.ByteSizeLong() == 0;
  }
};

struct Probe {
  static constexpr char kMethod[] = "/partnerlink.bench.v1.ProbeService/GetProbe";
  using Request = v1::GetProbeRequest;
  using Response = v1::Probe;
  static void Ask(uint64_t random, Request& request) {
    request.set_name(absl::StrCat("partners/contoso/probes/", random % 1000));
  }
  static bool IsRight(const Request& request, const Response& response) {
    return response.name() == request.name();
  }
};

// The rows of invitations.sql: the last 12 digits of an id are those of its mail address.
struct GetInvitation {
  static constexpr char kMethod[] = "/partnerlink.invitation.v1.InvitationService/GetInvitation";
  static constexpr char kName[] = "partners/contoso/invitations/01900000-0000-7000-8000-";
  static constexpr uint64_t kFirst = 100'000'000'000;
  static constexpr uint64_t kRows = 10'000;
  using Request = invitation::v1::GetInvitationRequest;
  using Response = invitation::v1::Invitation;
  static void Ask(uint64_t random, Request& request) {
    request.set_name(absl::StrCat(kName, kFirst + random % kRows));
  }
  static bool IsRight(const Request& request, const Response& response) {
    const std::string digits = request.name().substr(sizeof(kName) - 1);
    return response.name() == request.name() && response.state() == Response::PENDING &&
           response.customer_hint().email_address() ==
               absl::StrCat("admin", digits, "@customer.example");
  }
};

// What all calls share.
struct Run {
  std::string authorization;  // empty: none
  std::atomic<bool> stopping = false;
  absl::Mutex mutex;
  std::string fault ABSL_GUARDED_BY(mutex);

  void Fail(const std::string& what) {
    absl::MutexLock lock(&mutex);
    if (fault.empty()) fault = what;
    stopping = true;
  }
};

// One call after the other.
template <typename Call>
class Loop {
 public:
  Loop(const std::shared_ptr<grpc::Channel>& channel, uint64_t seed, Run& run,
       absl::BlockingCounter& ended)
      : stub_(channel), random_(seed), run_(run), ended_(ended) {}

  void Next() {
    if (run_.stopping) {
      ended_.DecrementCount();
      return;
    }
    Call::Ask(random_(), request_);
    context_.emplace();
    if (!run_.authorization.empty()) context_->AddMetadata("authorization", run_.authorization);
    stub_.UnaryCall(&*context_, method_, {}, &request_, &response_,
                    [this](const grpc::Status& status) { Answered(status); });
  }

  uint64_t answered() const { return answered_.load(std::memory_order_relaxed); }

 private:
  void Answered(const grpc::Status& status) {
    if (!status.ok()) {
      run_.Fail(absl::StrCat("code ", status.error_code(), ": ", status.error_message()));
    } else if (!Call::IsRight(request_, response_)) {
      run_.Fail("wrong answer: " + response_.ShortDebugString());
    } else {
      answered_.store(answered() + 1, std::memory_order_relaxed);
    }
    Next();
  }

  grpc::TemplatedGenericStub<typename Call::Request, typename Call::Response> stub_;
  const std::string method_ = Call::kMethod;
  std::mt19937_64 random_;
  Run& run_;
  absl::BlockingCounter& ended_;
  std::optional<grpc::ClientContext> context_;
  typename Call::Request request_;
  typename Call::Response response_;
  std::atomic<uint64_t> answered_ = 0;
};

template <typename Call>
uint64_t Sum(const std::vector<std::unique_ptr<Loop<Call>>>& loops) {
  uint64_t sum = 0;
  for (const auto& loop : loops) sum += loop->answered();
  return sum;
}

double CpuMicroseconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return absl::ToDoubleMicroseconds(absl::DurationFromTimeval(usage.ru_utime) +
                                    absl::DurationFromTimeval(usage.ru_stime));
}

template <typename Call>
int Measure(const std::vector<std::shared_ptr<grpc::Channel>>& channels, Run& run) {
  const int depth = absl::GetFlag(FLAGS_depth);
  absl::BlockingCounter ended(depth);
  std::vector<std::unique_ptr<Loop<Call>>> loops;
  for (int i = 0; i < depth; ++i) {
    const auto number = static_cast<size_t>(i);
    loops.push_back(std::make_unique<Loop<Call>>(
        channels[number % channels.size()], absl::GetFlag(FLAGS_seed) * 1000 + number, run, ended));
  }
  for (const auto& loop : loops) loop->Next();
  absl::SleepFor(absl::GetFlag(FLAGS_warm_up));
  const uint64_t before = Sum(loops);
  const absl::Time start = absl::Now();
  absl::SleepFor(absl::GetFlag(FLAGS_time));
  const uint64_t calls = Sum(loops) - before;
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  run.stopping = true;
  ended.Wait();
  absl::MutexLock lock(&run.mutex);
  if (!run.fault.empty()) {
    std::cerr << run.fault << "\n";
    return 1;
  }
  std::printf(R"({"calls": %lu, "seconds": %.6f, "all_calls": %lu, "client_cpu_us": %.0f})"
              "\n",
              calls, seconds, Sum(loops), CpuMicroseconds());
  return 0;
}

absl::StatusOr<std::vector<std::shared_ptr<grpc::Channel>>> Connect() {
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  const std::string peer = absl::GetFlag(FLAGS_peer);
  if (!peer.empty()) {
    auto secured = auth::ChannelCredentials(TlsFromFlags(), peer);
    if (!secured.ok()) return secured.status();
    credentials = *std::move(secured);
  }
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection for each channel
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  const int count = std::min(absl::GetFlag(FLAGS_channels), absl::GetFlag(FLAGS_depth));
  for (int i = 0; i < count; ++i) {
    channels.push_back(
        grpc::CreateCustomChannel(absl::GetFlag(FLAGS_address), credentials, arguments));
    if (!channels.back()->WaitForConnected(absl::ToChronoTime(absl::Now() + absl::Seconds(5)))) {
      return absl::UnavailableError("no connection to " + absl::GetFlag(FLAGS_address));
    }
  }
  return channels;
}

int Main() {
  const auto channels = Connect();
  if (!channels.ok()) {
    std::cerr << channels.status() << "\n";
    return 1;
  }
  Run run;
  if (!absl::GetFlag(FLAGS_token_file).empty()) {
    std::ifstream file(absl::GetFlag(FLAGS_token_file));
    std::string token;
    file >> token;
    run.authorization = "Bearer " + token;
  }
  const std::string call = absl::GetFlag(FLAGS_call);
  if (call == "empty") return Measure<Empty>(*channels, run);
  if (call == "probe") return Measure<Probe>(*channels, run);
  if (call == "get_invitation") return Measure<GetInvitation>(*channels, run);
  std::cerr << "--call: no such call: " << call << "\n";
  return 1;
}

}  // namespace
}  // namespace partnerlink::bench

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  return partnerlink::bench::Main();
}
