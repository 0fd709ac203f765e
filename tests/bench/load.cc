// The one client of all measurements: a closed loop that keeps `depth` calls in flight for some
// seconds and looks at every answer. Prints one line of JSON; a call that fails, or is answered
// wrongly, ends it with 1 and says why.
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
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
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "tests/bench/calls.h"
#include "tests/bench/dial.h"

ABSL_FLAG(std::string, address, "", "Address of the server");
ABSL_FLAG(std::string, peer, "", "Service that the server's certificate must name; empty: no TLS");
ABSL_FLAG(std::string, call, "empty", "What to call, as calls.h has it: empty, get_invitation …");
ABSL_FLAG(std::string, token_file, "",
          "File of the tokens that calls carry, one a line, used in turn by the calls in flight; "
          "those of rivals follow");
ABSL_FLAG(std::string, link_key_file, "", "For accept_invitation: the service's own");
ABSL_FLAG(uint64_t, first, 0, "For accept_invitation: number of the first invitation");
ABSL_FLAG(int, depth, 1, "Calls in flight");
ABSL_FLAG(int, channels, 2, "Connections, at most `depth`");
ABSL_FLAG(absl::Duration, warm_up, absl::Milliseconds(300), "Time before what is measured");
ABSL_FLAG(absl::Duration, time, absl::Seconds(2), "Time that is measured");
ABSL_FLAG(uint64_t, seed, 1, "Seed of the keys");

namespace partnerlink::bench {
namespace {

// What all calls share.
struct Run {
  std::vector<std::string> authorizations;  // empty: none
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
  Loop(const std::shared_ptr<grpc::Channel>& channel, size_t number, Run& run,
       absl::BlockingCounter& ended)
      : stub_(channel),
        number_(number),
        random_(absl::GetFlag(FLAGS_seed) * 1000 + number),
        run_(run),
        ended_(ended) {}

  void Next() {
    if (run_.stopping) {
      ended_.DecrementCount();
      return;
    }
    const Caller caller = Call::Ask(random_(), request_);
    context_.emplace();
    if (!run_.authorizations.empty()) {
      context_->AddMetadata("authorization", AuthorizationOf(caller));
    }
    stub_.UnaryCall(&*context_, method_, {}, &request_, &response_,
                    [this](const grpc::Status& status) { Answered(status); });
  }

  uint64_t answered() const { return answered_.load(std::memory_order_relaxed); }
  uint64_t refused() const { return refused_; }

 private:
  const std::string& AuthorizationOf(Caller caller) const {
    const size_t count = run_.authorizations.size();
    const size_t rivals = caller == Caller::kRival ? count / 2 : 0;
    return run_.authorizations[(number_ + rivals) % count];
  }

  static bool IsRightRefusal(const grpc::Status& status) {
    if constexpr (requires { Call::IsRightRefusal(status); }) return Call::IsRightRefusal(status);
    return false;
  }

  void Answered(const grpc::Status& status) {
    if (!status.ok() && IsRightRefusal(status)) {
      ++refused_;
      answered_.store(answered() + 1, std::memory_order_relaxed);
    } else if (!status.ok()) {
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
  const size_t number_;
  std::mt19937_64 random_;
  Run& run_;
  absl::BlockingCounter& ended_;
  std::optional<grpc::ClientContext> context_;
  typename Call::Request request_;
  typename Call::Response response_;
  std::atomic<uint64_t> answered_ = 0;
  uint64_t refused_ = 0;
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

// Turns the pages before the one that is to be measured; false where that fails.
template <typename Call>
bool TurnPages(const std::shared_ptr<grpc::Channel>& channel, Run& run) {
  constexpr uint64_t kMostRows = 500;
  grpc::TemplatedGenericStub<typename Call::Request, typename Call::Response> stub(channel);
  for (uint64_t left = Call::kRowsBefore; left > 0;) {
    typename Call::Request request;
    typename Call::Response response;
    Call::Ask(0, request);
    const uint64_t rows = std::min(left, kMostRows);
    request.set_page_size(static_cast<int32_t>(rows));
    grpc::ClientContext context;
    context.AddMetadata("authorization", run.authorizations.front());
    grpc::Status status;
    absl::Notification answered;
    stub.UnaryCall(&context, Call::kMethod, {}, &request, &response, [&](grpc::Status answer) {
      status = std::move(answer);
      answered.Notify();
    });
    answered.WaitForNotification();
    if (!status.ok() || response.next_page_token().empty()) {
      std::cerr << "a page before: " << status.error_message() << "\n";
      return false;
    }
    Call::page_token = response.next_page_token();
    left -= rows;
  }
  return true;
}

template <typename Call>
int Measure(const std::vector<std::shared_ptr<grpc::Channel>>& channels, Run& run) {
  if constexpr (requires { Call::kRowsBefore; }) {
    if (!TurnPages<Call>(channels.front(), run)) return 1;
  }
  const int depth = absl::GetFlag(FLAGS_depth);
  absl::BlockingCounter ended(depth);
  std::vector<std::unique_ptr<Loop<Call>>> loops;
  for (int i = 0; i < depth; ++i) {
    const auto number = static_cast<size_t>(i);
    loops.push_back(
        std::make_unique<Loop<Call>>(channels[number % channels.size()], number, run, ended));
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
  uint64_t refused = 0;
  for (const auto& loop : loops) refused += loop->refused();
  std::printf(R"({"calls": %lu, "seconds": %.6f, "all_calls": %lu, "refused": %lu, )"
              R"("client_cpu_us": %.0f})"
              "\n",
              calls, seconds, Sum(loops), refused, CpuMicroseconds());
  return 0;
}

absl::StatusOr<std::vector<std::shared_ptr<grpc::Channel>>> Connect() {
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  const int count = std::min(absl::GetFlag(FLAGS_channels), absl::GetFlag(FLAGS_depth));
  for (int i = 0; i < count; ++i) {
    auto channel = Dial(absl::GetFlag(FLAGS_address), absl::GetFlag(FLAGS_peer));
    if (!channel.ok()) return channel.status();
    channels.push_back(*std::move(channel));
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
  std::ifstream tokens(absl::GetFlag(FLAGS_token_file));
  for (std::string token; tokens >> token;) run.authorizations.push_back("Bearer " + token);
  const std::string call = absl::GetFlag(FLAGS_call);
  if (call == "accept_invitation") {
    if (PrepareAcceptances(absl::GetFlag(FLAGS_link_key_file), absl::GetFlag(FLAGS_first))) {
      return Measure<AcceptInvitation>(*channels, run);
    }
    std::cerr << "--link_key_file: cannot be read\n";
    return 1;
  }
  static const auto* const kCalls = new std::map<std::string, decltype(&Measure<Empty>)>{
      {"empty", Measure<Empty>},
      {"probe", Measure<Probe>},
      {"queued_probe", Measure<QueuedProbe>},
      {"get_invitation", Measure<GetInvitation>},
      {"create_invitation", Measure<CreateInvitation>},
      {"create_customer", Measure<CreateCustomer>},
      {"list_customers", Measure<ListCustomers>},
      {"list_customers_page_100", Measure<ListCustomersPage100>},
      {"list_customers_deep", Measure<ListCustomersDeep>},
      {"search_exact", Measure<SearchCustomers<Search::kExact>>},
      {"search_prefix", Measure<SearchCustomers<Search::kPrefix>>},
      {"search_infix", Measure<SearchCustomers<Search::kInfix>>},
      {"search_common", Measure<SearchCustomers<Search::kCommon>>},
      {"search_miss", Measure<SearchCustomers<Search::kMiss>>},
      {"check_access", Measure<CheckAccess>},
      {"batch_check_access", Measure<BatchCheckAccess>}};
  const auto known = kCalls->find(call);
  if (known != kCalls->end()) return known->second(*channels, run);
  std::cerr << "--call: no such call: " << call << "\n";
  return 1;
}

}  // namespace
}  // namespace partnerlink::bench

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  return partnerlink::bench::Main();
}
