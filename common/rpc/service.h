// The adapter between gRPC and plain functions. A Service is built from a proto service's
// descriptor and one function per method; everything else about a call happens here, once for all
// methods: token, size, shape, reach and role, rate, queue, waiting, answer, audit, metrics, log.
//
//   rpc::Service service(*InvitationService::descriptor(), edge);
//   service.Unary<GetInvitationRequest, Invitation>("GetInvitation", Validate…, handler);
//   PARTNERLINK_RETURN_IF_ERROR(service.Check());
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/access.h"
#include "common/auth/jwt_verifier.h"
#include "common/context/call_context.h"
#include "common/context/series.h"
#include "common/metrics/metrics.h"
#include "common/outbox/call_entry.h"
#include "common/rpc/rate_limit.h"
#include "common/rpc/series_limit.h"
#include "common/rpc/workers.h"
#include "common/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "grpcpp/impl/codegen/service_type.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"

namespace partnerlink::rpc {

// What all calls of a process share. Everything outlives the services.
struct Edge {
  auth::JwtVerifier* verifier;
  Workers* workers;
  Workers* peer_workers;  // of internal methods: peers never wait behind the public
  RateLimit* rate_limit;
  SeriesLimit* series_limit;
  // Whether the change with this root event is still on its way to a peer. Runs on a worker.
  std::function<absl::StatusOr<bool>(const std::string& root, absl::Time deadline)> is_on_its_way;
  // Writes what the audit keeps of a call that changed nothing: see audit.h. Runs on a worker.
  std::function<absl::Status(const CallContext&, const std::vector<outbox::CallEntry>&)>
      record_call;
  // For one answer of a series to be taken. Who takes none holds a place among those that go on.
  absl::Duration longest_write = absl::Minutes(1);
};

// Calls `done` when the change with this root event has arrived at the peer; at the latest after
// the time that the method waits, or at `deadline`. Says whether it may have arrived: not where the
// peer is known to be down.
using WaitForArrival = std::function<void(const std::string& root, absl::Time deadline,
                                          std::function<void(bool may_have_arrived)> done)>;

class Service final : public grpc::Service {
 public:
  template <typename Request>
  using Validate = absl::Status (*)(const Request&);
  template <typename Request, typename Response>
  using Handler = std::function<absl::StatusOr<Response>(const CallContext&, const Request&)>;
  template <typename Response>
  using ReadBack = std::function<absl::StatusOr<Response>(const CallContext&, const Response&)>;

  Service(const google::protobuf::ServiceDescriptor& descriptor, const Edge& edge);

  // `validate` sees the shape only; `handler` runs on a worker.
  template <typename Request, typename Response>
  void Unary(std::string_view method, Validate<Request> validate,
             Handler<Request, Response> handler) {
    UnaryThenWait<Request, Response>(method, validate, std::move(handler), nullptr, nullptr);
  }

  // `handler` answers from memory: it neither blocks nor asks the database, takes microseconds, and
  // runs at once on gRPC's thread, as a worker would cost more than the answer. Only a request with
  // a consistency token goes to a worker, where the database is asked for its change. The audit
  // keeps nothing of it.
  template <typename Request, typename Response>
  void UnaryInMemory(std::string_view method, Validate<Request> validate,
                     Handler<Request, Response> handler) {
    Method untyped = Untyped<Request, Response>(validate, std::move(handler));
    untyped.in_memory = true;
    Add(method, std::move(untyped));
  }

  // After the handler's change was committed, the call waits for it to arrive, holding neither
  // worker nor connection, and then answers what `read_back` reads; without it, the first answer.
  template <typename Request, typename Response>
  void UnaryThenWait(std::string_view method, Validate<Request> validate,
                     Handler<Request, Response> handler, WaitForArrival wait) {
    UnaryThenWait<Request, Response>(method, validate, std::move(handler), std::move(wait),
                                     nullptr);
  }
  template <typename Request, typename Response>
  void UnaryThenWait(std::string_view method, Validate<Request> validate,
                     Handler<Request, Response> handler, WaitForArrival wait,
                     ReadBack<Response> read_back) {
    Method untyped = Untyped<Request, Response>(validate, std::move(handler));
    untyped.wait = std::move(wait);
    if (read_back) {
      untyped.read_back = [read_back = std::move(read_back)](
                              const CallContext& context,
                              const google::protobuf::Message& response) {
        return Untyped(read_back(context, static_cast<const Response&>(response)));
      };
    }
    Add(method, std::move(untyped));
  }

  // Whether a message of an exchange only asks: it counts as a read then.
  template <typename Request>
  using Asks = bool (*)(const Request&);

  // A stream in both directions in which each message gets one answer: see exchange.h. `handler`
  // runs on a worker, once for each message.
  template <typename Request, typename Response>
  void Exchange(std::string_view method, Validate<Request> validate,
                Handler<Request, Response> handler) {
    Method untyped = Untyped<Request, Response>(validate, std::move(handler));
    untyped.is_exchange = true;
    Add(method, std::move(untyped));
  }

  // The same; the next message's turn comes when the change of the one before has arrived, and
  // where the peer is down, too, after `longest_turn` at the latest.
  template <typename Request, typename Response>
  void ExchangeInTurn(std::string_view method, Validate<Request> validate, Asks<Request> asks,
                      Handler<Request, Response> handler, WaitForArrival wait,
                      absl::Duration longest_turn) {
    Method untyped = Untyped<Request, Response>(validate, std::move(handler));
    untyped.is_exchange = true;
    untyped.asks = [asks](const google::protobuf::Message& request) {
      return asks(static_cast<const Request&>(request));
    };
    untyped.wait = std::move(wait);
    untyped.longest_turn = longest_turn;
    Add(method, std::move(untyped));
  }

  // A call that is answered by a series of messages: see series_call.h. `open` begins one; that,
  // and each answer, runs on a worker.
  template <typename Request, typename Response>
  void Series(
      std::string_view method, Validate<Request> validate,
      std::function<partnerlink::Series<Response>(const CallContext&, const Request&)> open) {
    Method untyped;
    untyped.request = &Request::default_instance();
    untyped.validate = Untyped(validate);
    untyped.open = [open = std::move(open)](const CallContext& context,
                                            const google::protobuf::Message& request) {
      return Untyped(open(context, static_cast<const Request&>(request)));
    };
    Add(method, std::move(untyped));
  }

  // OK if every method of the descriptor has a handler and a sound access option.
  absl::Status Check() const;

  using Answer = absl::StatusOr<std::unique_ptr<google::protobuf::Message>>;
  // Null behind the last.
  using UntypedSeries = std::function<Answer(const CallContext&)>;

  // One method, as a call sees it.
  struct Method {
    std::string path;  // `/partnerlink.invitation.v1.InvitationService/GetInvitation`; gRPC keeps a
                       // pointer to it
    std::string name;  // the same without the slash
    const google::protobuf::Message* request = nullptr;
    std::unique_ptr<auth::AccessPolicy> access;
    MethodClass method_class = MethodClass::kMutation;
    size_t most_bytes = 0;  // of the request
    const google::protobuf::FieldDescriptor* consistency_token = nullptr;
    std::unique_ptr<metrics::MethodMetrics> metrics;
    std::function<absl::Status(const google::protobuf::Message&)> validate;
    std::function<Answer(const CallContext&, const google::protobuf::Message&)> handle;
    bool in_memory = false;
    bool is_exchange = false;
    bool is_file = false;  // answers google.api.HttpBody
    std::function<bool(const google::protobuf::Message&)> asks;
    std::function<UntypedSeries(const CallContext&, const google::protobuf::Message&)> open;
    WaitForArrival wait;
    absl::Duration longest_turn;  // of an exchange
    std::function<Answer(const CallContext&, const google::protobuf::Message&)> read_back;
  };

 private:
  template <typename Request, typename Response>
  static Method Untyped(Validate<Request> validate, Handler<Request, Response> handler) {
    Method untyped;
    untyped.request = &Request::default_instance();
    untyped.validate = Untyped(validate);
    untyped.handle = [handler = std::move(handler)](const CallContext& context,
                                                    const google::protobuf::Message& request) {
      return Untyped(handler(context, static_cast<const Request&>(request)));
    };
    return untyped;
  }
  template <typename Request>
  static std::function<absl::Status(const google::protobuf::Message&)> Untyped(
      Validate<Request> validate) {
    return [validate](const google::protobuf::Message& request) {
      return validate(static_cast<const Request&>(request));
    };
  }
  template <typename Response>
  static UntypedSeries Untyped(partnerlink::Series<Response> series) {
    return [series = std::move(series)](const CallContext& context) -> Answer {
      PARTNERLINK_ASSIGN_OR_RETURN(std::optional<Response> response, series(context));
      if (!response) return Answer(nullptr);
      return std::make_unique<Response>(*std::move(response));
    };
  }
  template <typename Response>
  static Answer Untyped(absl::StatusOr<Response> response) {
    if (!response.ok()) return response.status();
    return std::make_unique<Response>(*std::move(response));
  }

  void Add(std::string_view name, Method method);
  // Tells gRPC of the method that was added last.
  void Serve(const Method& method);

  const google::protobuf::ServiceDescriptor& descriptor_;
  const Edge edge_;
  std::vector<std::unique_ptr<Method>> methods_;
  absl::Status problem_;
};

}  // namespace partnerlink::rpc
