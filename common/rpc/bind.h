// What every service's table of methods is written with.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/outbox/relay.h"
#include "common/rpc/service.h"

namespace partnerlink::rpc {

// A handler with its dependencies given; they outlive it.
template <typename Deps, typename Request, typename Response>
Service::Handler<Request, Response> With(const Deps& deps,
                                         absl::StatusOr<Response> (*handler)(const CallContext&,
                                                                             const Deps&,
                                                                             const Request&)) {
  return [&deps, handler](const CallContext& context, const Request& request) {
    return handler(context, deps, request);
  };
}

template <typename Deps, typename Request, typename Response>
std::function<Series<Response>(const CallContext&, const Request&)> With(
    const Deps& deps, Series<Response> (*open)(const CallContext&, const Deps&, const Request&)) {
  return [&deps, open](const CallContext& context, const Request& request) {
    return open(context, deps, request);
  };
}

// Waits until the relay has delivered a change, at most `longest`. The relay outlives it.
inline WaitForArrival ArrivalBy(outbox::Relay& relay, absl::Duration longest) {
  return [&relay, longest](const std::string& root, absl::Time deadline,
                           std::function<void(bool)> done) {
    relay.WhenDelivered(root, std::min(longest, deadline - absl::Now()), std::move(done));
  };
}

}  // namespace partnerlink::rpc
