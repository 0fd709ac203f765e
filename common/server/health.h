// grpc.health.v1 for one process. gRPC's own health service says SERVING for a moment while a
// server starts, keeps Watch streams open through a shutdown and cannot say why it is not serving.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "grpcpp/impl/service_type.h"

namespace partnerlink::server {

// Knows the name "" (the whole process), the name of each service, and `liveness`, which is SERVING
// as long as the process answers. Starts NOT_SERVING. Check answers NOT_FOUND for other names, and
// for NOT_SERVING carries the reason in the trailer `partnerlink-not-serving`. Any thread may use
// it.
class Health {
 public:
  Health();
  ~Health();

  // Full names, such as `partnerlink.invitation.v1.InvitationService`.
  void AddServices(const std::vector<std::string>& names);

  // Whether anything has changed.
  bool Set(bool serving, std::string_view reason);

  // Ends all Watch streams with UNAVAILABLE and refuses new ones, so that a server can shut down.
  void CloseStreams();

  // One for each server that is to answer; this object must outlive it.
  std::unique_ptr<grpc::Service> NewService();

 private:
  class Service;
  class Stream;

  int StatusOf(std::string_view name) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  std::set<std::string, std::less<>> names_ ABSL_GUARDED_BY(mutex_);
  std::set<Stream*> streams_ ABSL_GUARDED_BY(mutex_);
  bool serving_ ABSL_GUARDED_BY(mutex_) = false;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  std::string reason_ ABSL_GUARDED_BY(mutex_) = "starting";
};

}  // namespace partnerlink::server
