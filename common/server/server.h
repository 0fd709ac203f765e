// A running service: its data port, its health port, its metrics, and its clean end. A main reads
//
//   int main(int argc, char** argv) {
//     server::BlockSignals();
//     absl::ParseCommandLine(argc, argv);
//     log::Start("invitation", log::Level::kInfo);
//     auto options = server::OptionsFromFlags();
//     if (!options.ok()) return server::RefuseToStart(options.status());
//     log::Start("invitation", options->log_level);
//     server::LogConfiguration();
//     …the service's objects…
//     auto running = server::Server::Start(*options, {&service});
//     if (!running.ok()) return server::RefuseToStart(running.status());
//     (*running)->Watch([&] { return pool.CheckSchema(); }, absl::Seconds(1));
//     return (*running)->Run();
//   }
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "common/metrics/exposer.h"
#include "common/server/health.h"
#include "common/server/options.h"
#include "grpcpp/server.h"

namespace partnerlink::server {

// Logs event `start_refused` with the reason and waits until it is written; returns 1, for main.
int RefuseToStart(const absl::Status& status);

// Data port: mutual TLS, the given services, reflection, health. Health port: plaintext, health
// only. A connection may have 100 streams, idle 5 min, live 10 min ± 10 % and 30 s more for calls
// in flight, take 5 s for its handshake, ping every 10 s; a call may have 64 KiB of metadata, a
// request message 1 MiB, uncompressed. All connections of a port share 256 MiB of buffers.
class Server {
 public:
  // Listens on all ports and answers calls; health stays NOT_SERVING until SetServing or Watch says
  // otherwise. The services must be of the callback API, which every callback obeys by never
  // blocking, and outlive the server. Fails, saying why, if the TLS files are unusable
  // (auth::ServerCredentials) or an address cannot be listened on (UNAVAILABLE).
  // `described`: full names of services that run elsewhere, for reflection, see listener.h.
  static absl::StatusOr<std::unique_ptr<Server>> Start(
      const Options& options, const std::vector<grpc::Service*>& services,
      const std::vector<std::string>& described = {});

  // Cancels the calls in flight, unless Run has returned, and waits for their end.
  ~Server();

  int data_port() const { return data_port_; }
  int health_port() const { return health_port_; }
  int metrics_port() const { return metrics_->port(); }

  // What health says, on both ports; each change is logged once, NOT_SERVING with its reason. The
  // reason is for operators; with `serving` it is ignored. Once draining the answer stays
  // NOT_SERVING.
  void SetServing(bool serving, std::string_view reason = "");

  // Calls `check` now and then every `interval` on a thread of its own: health says SERVING while
  // it returns OK, otherwise NOT_SERVING with its message. `check` must end within seconds. Call at
  // most once.
  void Watch(std::function<absl::Status()> check, absl::Duration interval);

  // Waits for SIGTERM or SIGINT; then NOT_SERVING, serves on for the drain delay, then refuses new
  // calls and lets those in flight end within the shutdown deadline. Returns 0. A second signal, or
  // calls that do not end in spite of being cancelled, end the process at once with 1. BlockSignals
  // must have been called before any thread was started.
  int Run();

 private:
  explicit Server(const Options& options);
  absl::Status Listen(const std::vector<grpc::Service*>& services,
                      const std::vector<std::string>& described);
  void Drain();
  // Calls still in flight after `patience` are cancelled.
  void Shutdown(absl::Duration patience);

  const Options options_;
  Health health_;
  const std::unique_ptr<grpc::Service> data_health_;
  const std::unique_ptr<grpc::Service> health_health_;
  std::unique_ptr<grpc::Server> data_;
  std::unique_ptr<grpc::Server> health_only_;
  std::unique_ptr<metrics::Exposer> metrics_;
  int data_port_ = 0;
  int health_port_ = 0;

  absl::Mutex mutex_;
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Notification stopped_;
  std::thread watch_;
};

}  // namespace partnerlink::server
