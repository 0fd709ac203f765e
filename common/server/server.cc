#include "common/server/server.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/log/log.h"
#include "common/metrics/metrics.h"
#include "common/server/listener.h"
#include "common/server/signals.h"
#include "common/status/status.h"
#include "google/protobuf/stubs/logging.h"
#include "grpc/support/log.h"

namespace partnerlink::server {
namespace {

// What the end of a cancelled call may take, beyond the shutdown deadline.
constexpr absl::Duration kCancelTime = absl::Seconds(2);

// gRPC's own lines in the form of ours.
void LogOfGrpc(gpr_log_func_args* line) {
  const log::Level level =
      line->severity == GPR_LOG_SEVERITY_ERROR ? log::Level::kWarning : log::Level::kInfo;
  log::Write(level, "grpc", {{"message", line->message}, {"file", line->file}});
}

[[noreturn]] void EndAtOnce(std::string_view reason) {
  log::Error("shutdown_cut", {{"reason", reason}});
  log::Flush();
  _exit(1);
}

}  // namespace

int RefuseToStart(const absl::Status& status) {
  log::Error("start_refused", {{"reason", status.message()}});
  log::Flush();
  return 1;
}

Server::Server(const Options& options)
    : options_(options), data_health_(health_.NewService()), health_health_(health_.NewService()) {}

Server::~Server() { Shutdown(absl::ZeroDuration()); }

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Options& options,
                                                      const std::vector<grpc::Service*>& services,
                                                      const std::vector<std::string>& described) {
  gpr_set_log_function(&LogOfGrpc);
  // It writes plain text to stderr about callers' malformed messages, which get their answer.
  google::protobuf::SetLogHandler(nullptr);
  // Debian builds Abseil with its search for lock cycles on, a fifth of a small call's cost.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  auto server = std::unique_ptr<Server>(new Server(options));
  PARTNERLINK_RETURN_IF_ERROR(server->Listen(services, described));
  log::Info("listening", {{"data_port", server->data_port()},
                          {"health_port", server->health_port()},
                          {"metrics_port", server->metrics_port()}});
  return server;
}

absl::Status Server::Listen(const std::vector<grpc::Service*>& services,
                            const std::vector<std::string>& described) {
  PARTNERLINK_ASSIGN_OR_RETURN(metrics_, metrics::Exposer::Start(options_.metrics_address));
  PARTNERLINK_ASSIGN_OR_RETURN(const auto credentials, auth::ServerCredentials(options_.tls));
  Port port{.name = "data",
            .address = options_.data_address,
            .credentials = credentials,
            .services = services,
            .reflection = true,
            .described = described,
            .on_names = [this](const auto& names) { health_.AddServices(names); }};
  port.services.push_back(data_health_.get());
  PARTNERLINK_ASSIGN_OR_RETURN(Listener data, server::Listen(port));
  data_ = std::move(data.server);
  data_port_ = data.port;
  PARTNERLINK_ASSIGN_OR_RETURN(Listener health,
                               server::Listen({.name = "health",
                                               .address = options_.health_address,
                                               .credentials = grpc::InsecureServerCredentials(),
                                               .services = {health_health_.get()}}));
  health_only_ = std::move(health.server);
  health_port_ = health.port;
  return absl::OkStatus();
}

void Server::SetServing(bool serving, std::string_view reason) {
  absl::MutexLock lock(&mutex_);
  if (draining_) return;
  if (!health_.Set(serving, serving ? "" : reason)) return;
  if (serving) {
    log::Info("serving");
  } else {
    log::Warning("not_serving", {{"reason", reason}});
  }
}

void Server::Watch(std::function<absl::Status()> check, absl::Duration interval) {
  watch_ = std::thread([this, check = std::move(check), interval] {
    do {
      const absl::Status status = check();
      SetServing(status.ok(), {status.message().data(), status.message().size()});
    } while (!stopped_.WaitForNotificationWithTimeout(interval));
  });
}

int Server::Run() {
  const int number = WaitForSignal(absl::InfiniteDuration());
  log::Info("draining", {{"signal", sigabbrev_np(number)}});
  absl::Notification ended;
  std::thread guard([&] {
    const absl::Duration patience = options_.drain_delay + options_.shutdown_deadline + kCancelTime;
    const int second = WaitForSignal(patience);
    if (!ended.HasBeenNotified()) EndAtOnce(second > 0 ? "a second signal" : "calls do not end");
  });
  Drain();
  Shutdown(options_.shutdown_deadline);
  ended.Notify();
  pthread_kill(guard.native_handle(), SIGTERM);
  guard.join();
  log::Info("stopped");
  log::Flush();
  return 0;
}

void Server::Drain() {
  {
    absl::MutexLock lock(&mutex_);
    draining_ = true;
    health_.Set(false, "shutting down");
  }
  absl::SleepFor(options_.drain_delay);
}

void Server::Shutdown(absl::Duration patience) {
  if (stopped_.HasBeenNotified()) return;
  stopped_.Notify();
  health_.CloseStreams();
  if (data_ != nullptr) data_->Shutdown(absl::ToChronoTime(absl::Now() + patience));
  if (health_only_ != nullptr) health_only_->Shutdown(absl::ToChronoTime(absl::Now()));
  if (watch_.joinable()) watch_.join();
}

}  // namespace partnerlink::server
