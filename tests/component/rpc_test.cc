// A call from the wire to a plain function and back: what the adapter does for every method.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "common/auth/testing/temporary_folder.h"
#include "common/auth/testing/tokens.h"
#include "common/identifier/uuid.h"
#include "common/outbox/consistency_token.h"
#include "common/rpc/service.h"
#include "common/rpc/wire.h"
#include "common/status/status.h"
#include "google/rpc/error_details.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/server_builder.h"
#include "partnerlink/invitation/v1/invitation_service.pb.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"

namespace partnerlink::rpc {
namespace {

using invitation::v1::AcceptInvitationRequest;
using invitation::v1::CreateInvitationRequest;
using invitation::v1::GetInvitationRequest;
using invitation::v1::Invitation;
using invitation::v1::LookupInvitationRequest;
using invitation::v1::LookupInvitationResponse;
using invitation::v1::Redemption;
using testing::AllOf;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;
using testing::Not;

constexpr char kService[] = "partnerlink.invitation.v1.InvitationService/";
constexpr char kRoot[] = "0197c1c2-89ab-7cde-8f01-23456789abcd";

const google::protobuf::ServiceDescriptor& InvitationDescriptor() {
  return *GetInvitationRequest::descriptor()->file()->FindServiceByName("InvitationService");
}

// One call of a client, started at once.
class ClientCall {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  ClientCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
             const std::string& request, const Headers& headers,
             std::optional<absl::Duration> timeout)
      : stub_(channel), request_(FromString(request)) {
    for (const auto& [name, value] : headers) context_.AddMetadata(name, value);
    if (timeout) context_.set_deadline(absl::ToChronoTime(absl::Now() + *timeout));
    stub_.UnaryCall(&context_, "/" + method, grpc::StubOptions(), &request_, &response_,
                    [this](grpc::Status status) {
                      status_ = std::move(status);
                      done_.Notify();
                    });
  }
  ~ClientCall() { done_.WaitForNotification(); }

  void Cancel() { context_.TryCancel(); }
  const grpc::Status& Await() {
    done_.WaitForNotification();
    return status_;
  }
  absl::Status Status() { return FromGrpc(Await()); }
  std::optional<ErrorReason> Reason() { return ReasonOf(Status()); }
  template <typename Detail>
  bool Has() {
    google::rpc::Status status;
    status.ParseFromString(Await().error_details());
    for (const auto& any : status.details()) {
      if (any.Is<Detail>()) return true;
    }
    return false;
  }
  template <typename Response>
  Response Get() {
    EXPECT_TRUE(Await().ok()) << Status();
    Response response;
    EXPECT_TRUE(Parse(response_, response));
    return response;
  }
  // Of the initial metadata; empty without.
  std::string Header(const std::string& name) {
    Await();
    const auto& headers = context_.GetServerInitialMetadata();
    const auto found = headers.find(name);
    return found == headers.end() ? "" : std::string(found->second.data(), found->second.size());
  }

 private:
  grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  grpc::Status status_;
  absl::Notification done_;
};

// What the served methods do, as a test sets it before it calls.
struct Behaviour {
  std::function<absl::Status(const GetInvitationRequest&)> validate;
  std::function<absl::StatusOr<Invitation>(const CallContext&, const GetInvitationRequest&)> get;
  std::function<absl::StatusOr<bool>()> is_on_its_way;
  std::function<void(std::function<void()>)> wait;
  std::function<absl::StatusOr<Redemption>(const Redemption&)> read_back;
};
Behaviour behaviour;  // validators are plain functions: what they look at has to be out here

absl::Status ValidateGet(const GetInvitationRequest& request) {
  return behaviour.validate ? behaviour.validate(request) : absl::OkStatus();
}
template <typename Request>
absl::Status Anything(const Request&) {
  return absl::OkStatus();
}

class RpcTest : public testing::Test {
 protected:
  RpcTest() : RpcTest(1e6) {}
  explicit RpcTest(double rate)
      : rate_limit_(rate, rate), workers_("public", 1), peer_workers_("peer", 1) {
    behaviour = Behaviour();
    folder_.Write("jwks.json", auth::testing::Jwks({&key_}));
    verifier_ = *auth::JwtVerifier::Create(
        {.jwks_file = folder_.PathOf("jwks.json"), .issuer = "https://issuer.test"});
    const Edge edge = {.verifier = verifier_.get(),
                       .workers = &workers_,
                       .peer_workers = &peer_workers_,
                       .rate_limit = &rate_limit_,
                       .is_on_its_way = [](const std::string& root, absl::Time) {
                         EXPECT_EQ(root, kRoot);
                         return behaviour.is_on_its_way();
                       }};
    service_ = std::make_unique<Service>(InvitationDescriptor(), edge);
    AddMethods();
    peers_ = std::make_unique<Service>(
        *relationship::v1::GetGrantRequest::descriptor()->file()->FindServiceByName(
            "RelationshipService"),
        edge);
    peers_->Unary<relationship::v1::EstablishRelationshipsRequest,
                  relationship::v1::EstablishRelationshipsResponse>(
        "EstablishRelationships", Anything,
        [](auto&, auto&) { return relationship::v1::EstablishRelationshipsResponse(); });
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(service_.get());
    builder.RegisterService(peers_.get());
    server_ = builder.BuildAndStart();
    channel_ =
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", port_), grpc::InsecureChannelCredentials());
  }
  ~RpcTest() override { server_->Shutdown(); }

  void AddMethods() {
    service_->Unary<GetInvitationRequest, Invitation>(
        "GetInvitation", ValidateGet,
        [](const CallContext& context,
           const GetInvitationRequest& request) -> absl::StatusOr<Invitation> {
          if (behaviour.get) return behaviour.get(context, request);
          return Invitation();
        });
    service_->Unary<LookupInvitationRequest, LookupInvitationResponse>(
        "LookupInvitation", Anything, [](auto&, auto&) { return LookupInvitationResponse(); });
    service_->UnaryThenWait<AcceptInvitationRequest, Redemption>(
        "AcceptInvitation", Anything,
        [](const CallContext& context, auto&) {
          context.outcome->root_event = kRoot;
          Redemption first;
          first.set_name("first");
          return first;
        },
        [](const std::string& root, absl::Time, std::function<void()> done) {
          EXPECT_EQ(root, kRoot);
          behaviour.wait(std::move(done));
        },
        [](const CallContext&, const Redemption& first) { return behaviour.read_back(first); });
  }

  std::string Bearer(const std::string& account = "partners/contoso",
                     const std::string& role = "admin_agent",
                     absl::Duration age = absl::ZeroDuration()) {
    auto claims = auth::testing::GoodClaims(absl::Now() - age);
    claims["account"] = account;
    claims["roles"] = {role};
    return "Bearer " + key_.Token(auth::testing::GoodHeader(key_).dump(), claims.dump());
  }
  ClientCall::Headers Token() { return {{"authorization", Bearer()}}; }

  static std::string GetRequest(const std::string& token = "") {
    GetInvitationRequest request;
    request.set_name(absl::StrCat("partners/contoso/invitations/", kRoot));
    request.set_consistency_token(token);
    return request.SerializeAsString();
  }

  ClientCall Call(const std::string& method, const std::string& request,
                  const ClientCall::Headers& headers,
                  std::optional<absl::Duration> timeout = absl::Seconds(10)) {
    return ClientCall(channel_, kService + method, request, headers, timeout);
  }
  ClientCall Get(std::optional<absl::Duration> timeout = absl::Seconds(10)) {
    return Call("GetInvitation", GetRequest(), Token(), timeout);
  }
  ClientCall Accept() {
    return Call("AcceptInvitation", "",
                {{"authorization", Bearer("customers/northwind", "global_admin")}});
  }
  // Waits until so many calls stand in the queue.
  void AwaitQueue(int length) {
    while (metrics::QueueLength("public").Value() < length) std::this_thread::yield();
  }

  auth::testing::TemporaryFolder folder_;
  const auth::testing::SigningKey key_{"one"};
  std::unique_ptr<auth::JwtVerifier> verifier_;
  RateLimit rate_limit_;
  Workers workers_;
  Workers peer_workers_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<Service> peers_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

// The one worker, kept busy.
class BusyWorker {
 public:
  explicit BusyWorker(Workers& workers) {
    workers.Run([this] {
      running_.Notify();
      release_.WaitForNotification();
    });
    running_.WaitForNotification();
  }
  ~BusyWorker() { Release(); }
  void Release() {
    if (!release_.HasBeenNotified()) release_.Notify();
  }

 private:
  absl::Notification running_;
  absl::Notification release_;
};

TEST_F(RpcTest, TheHandlerSeesWhoCallsAndUntilWhen) {
  CallContext seen;
  behaviour.get = [&](const CallContext& context, const GetInvitationRequest& request) {
    seen = context;
    Invitation invitation;
    invitation.set_name(request.name());
    return invitation;
  };
  const absl::Time start = absl::Now();
  EXPECT_EQ(Get(absl::Seconds(5)).Get<Invitation>().name(),
            absl::StrCat("partners/contoso/invitations/", kRoot));
  EXPECT_EQ(seen.method, absl::StrCat(kService, "GetInvitation"));
  EXPECT_EQ(seen.principal.account, "partners/contoso");
  EXPECT_TRUE(seen.principal.HasRole("admin_agent"));
  EXPECT_EQ(seen.peer, "");
  EXPECT_THAT(seen.deadline - start,
              AllOf(Ge(absl::Milliseconds(4500)), Le(absl::Milliseconds(5500))));
  Get(std::nullopt).Await();
  EXPECT_THAT(seen.deadline - start, AllOf(Ge(absl::Seconds(9)), Le(absl::Seconds(12))));
  Get(absl::Hours(1)).Await();
  EXPECT_THAT(seen.deadline - start, AllOf(Ge(absl::Seconds(29)), Le(absl::Seconds(32))));
}

TEST_F(RpcTest, RequestIdAndTraceComeBack) {
  ClientCall::Headers headers = Token();
  headers.emplace_back("x-request-id", "my-request-1");
  headers.emplace_back("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  ClientCall good = Call("GetInvitation", GetRequest(), headers);
  EXPECT_EQ(good.Header("x-request-id"), "my-request-1");
  EXPECT_EQ(good.Header("traceparent"), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  headers.erase(headers.begin());
  ClientCall refused = Call("GetInvitation", GetRequest(), headers);
  EXPECT_EQ(refused.Reason(), common::v1::TOKEN_MISSING);
  EXPECT_EQ(refused.Header("x-request-id"), "my-request-1") << "with a refusal too";
  for (const std::string& bad : {std::string(), std::string(201, 'x'), std::string("a b")}) {
    ClientCall made = Call("LookupInvitation", "", {{"x-request-id", bad}});
    EXPECT_EQ(made.Header("x-request-id").size(), 36u) << bad;
  }
  EXPECT_EQ(Call("LookupInvitation", "", {}).Header("x-request-id").size(), 36u);
  EXPECT_EQ(Call("LookupInvitation", "", {}).Header("traceparent"), "");
}

TEST_F(RpcTest, WithoutAGoodTokenNobodyComesIn) {
  const auto reason = [&](const ClientCall::Headers& headers) {
    ClientCall call = Call("GetInvitation", GetRequest(), headers);
    EXPECT_EQ(call.Await().error_code(), grpc::StatusCode::UNAUTHENTICATED);
    return call.Reason();
  };
  EXPECT_EQ(reason({}), common::v1::TOKEN_MISSING);
  EXPECT_EQ(reason({{"authorization", "Bearer x.y.z"}}), common::v1::TOKEN_INVALID);
  EXPECT_EQ(reason({{"authorization", "Basic YTpi"}}), common::v1::TOKEN_INVALID);
  EXPECT_EQ(reason({{"authorization", Bearer()}, {"authorization", Bearer()}}),
            common::v1::TOKEN_INVALID);
  EXPECT_EQ(
      reason({{"authorization", Bearer("partners/contoso", "admin_agent", absl::Minutes(10))}}),
      common::v1::TOKEN_EXPIRED);
  EXPECT_EQ(reason({{"x-partnerlink-account", "partners/contoso"}, {"x-jwt-payload", "e30"}}),
            common::v1::TOKEN_MISSING)
      << "no other header says who calls";
}

TEST_F(RpcTest, AnOpenMethodTakesNoTokenButNoBadOneEither) {
  EXPECT_TRUE(Call("LookupInvitation", "", {}).Await().ok());
  EXPECT_TRUE(Call("LookupInvitation", "", Token()).Await().ok());
  EXPECT_EQ(Call("LookupInvitation", "", {{"authorization", "Bearer x"}}).Reason(),
            common::v1::TOKEN_INVALID);
}

TEST_F(RpcTest, APeersMethodIsClosedToEverybodyElse) {
  for (const ClientCall::Headers& headers : {ClientCall::Headers(), Token()}) {
    ClientCall call(channel_,
                    "partnerlink.relationship.v1.RelationshipService/EstablishRelationships", "",
                    headers, absl::Seconds(10));
    EXPECT_EQ(call.Await().error_code(), grpc::StatusCode::PERMISSION_DENIED) << call.Status();
    EXPECT_EQ(call.Reason(), common::v1::ROLE_MISSING);
  }
}

TEST_F(RpcTest, WhatIsNotTheMessageIsRefused) {
  GetInvitationRequest request;
  request.set_name("?");
  std::string bad_text = request.SerializeAsString();
  bad_text.back() = '\xFF';
  for (const std::string& bytes : {bad_text, std::string("\x0A\x7F", 2),
                                   std::string("\xFF\xFF\xFF\xFF"), std::string("\x0A")}) {
    ClientCall call = Call("GetInvitation", bytes, Token());
    EXPECT_EQ(call.Reason(), common::v1::FIELD_INVALID) << call.Status();
    EXPECT_EQ(call.Await().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  }
  // Fields that nobody knows have no effect.
  EXPECT_TRUE(
      Call("GetInvitation", GetRequest() + std::string("\xF8\x7F\x01", 3), Token()).Await().ok());
}

TEST_F(RpcTest, AMessageHas64KibibytesAtMost) {
  const auto of_size = [](size_t size) {
    GetInvitationRequest request;
    request.set_name(absl::StrCat("partners/contoso/", std::string(size, 'x')));
    while (request.ByteSizeLong() > size) request.mutable_name()->pop_back();
    return request.SerializeAsString();
  };
  ASSERT_EQ(of_size(64 * 1024).size(), 64u * 1024);
  EXPECT_TRUE(Call("GetInvitation", of_size(64 * 1024), Token()).Await().ok());
  for (const size_t size : {size_t{64 * 1024 + 1}, size_t{512 * 1024}}) {
    ClientCall call = Call("GetInvitation", of_size(size), Token());
    EXPECT_EQ(call.Reason(), common::v1::MESSAGE_TOO_LARGE) << call.Status();
    EXPECT_EQ(call.Await().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
    EXPECT_TRUE(call.Has<google::rpc::RetryInfo>());
  }
}

TEST_F(RpcTest, AnUnknownMethodIsUnimplemented) {
  EXPECT_EQ(Call("NoSuchMethod", "", Token()).Await().error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(Call("CreateInvitation", "", Token()).Await().error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(RpcTest, ChecksComeInTheDocumentedOrder) {
  const auto call = [&](bool token, bool shape, const std::string& account, const std::string& role,
                        const std::string& consistency_token = "") {
    behaviour.validate = [shape](const GetInvitationRequest&) {
      FieldViolations violations;
      if (!shape) violations.Add("name", "is bad");
      return violations.ToStatus();
    };
    ClientCall::Headers headers;
    if (token) headers.emplace_back("authorization", Bearer(account, role));
    return Call("GetInvitation", GetRequest(consistency_token), headers).Reason();
  };
  const std::string own = "partners/contoso";
  const std::string other = "partners/fabrikam";
  EXPECT_EQ(call(false, false, other, "admin_agent"), common::v1::TOKEN_MISSING);
  EXPECT_EQ(call(true, false, other, "admin_agent"), common::v1::FIELD_INVALID);
  EXPECT_EQ(call(true, true, other, "admin_agent", "bad"), common::v1::FIELD_INVALID);
  EXPECT_EQ(call(true, true, other, "admin_agent"), common::v1::RESOURCE_NOT_FOUND);
  EXPECT_EQ(call(true, true, "customers/northwind", "global_admin"),
            common::v1::RESOURCE_NOT_FOUND);
  EXPECT_EQ(call(true, true, "operators", "operator"), common::v1::OPERATOR_REASON_MISSING);
  EXPECT_EQ(call(true, true, own, "admin_agent"), std::nullopt);
}

TEST_F(RpcTest, AForeignAccountsAnswerIsThatOfNothing) {
  behaviour.get = [](auto&, auto&) -> absl::StatusOr<Invitation> { return NotFound(); };
  ClientCall missing = Get();
  ClientCall foreign = Call("GetInvitation", GetRequest(),
                            {{"authorization", Bearer("partners/fabrikam", "admin_agent")}});
  EXPECT_EQ(foreign.Await().error_code(), missing.Await().error_code());
  EXPECT_EQ(foreign.Await().error_message(), missing.Await().error_message());
  EXPECT_EQ(foreign.Await().error_details(), missing.Await().error_details());
}

TEST_F(RpcTest, AFullQueueSheds) {
  BusyWorker busy(workers_);
  std::vector<std::unique_ptr<ClientCall>> waiting;
  for (int i = 0; i < 4; ++i) {
    waiting.push_back(std::make_unique<ClientCall>(channel_,
                                                   absl::StrCat(kService, "GetInvitation"),
                                                   GetRequest(), Token(), absl::Seconds(10)));
  }
  AwaitQueue(4);
  ClientCall refused = Get();
  EXPECT_EQ(refused.Reason(), common::v1::OVERLOADED) << refused.Status();
  EXPECT_EQ(refused.Await().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(refused.Has<google::rpc::RetryInfo>());
  busy.Release();
  for (const auto& call : waiting) EXPECT_TRUE(call->Await().ok());
  EXPECT_TRUE(Get().Await().ok()) << "it recovers";
}

TEST_F(RpcTest, WhoWaitedTooLongInTheQueueIsNotServed) {
  std::atomic<int> served = 0;
  behaviour.get = [&](auto&, auto&) -> absl::StatusOr<Invitation> {
    ++served;
    return Invitation();
  };
  BusyWorker busy(workers_);
  ClientCall late = Get(absl::Milliseconds(200));
  ClientCall gone = Get();
  AwaitQueue(2);
  gone.Cancel();
  EXPECT_EQ(gone.Await().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(late.Await().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  // The server learns of both a moment later than the client.
  ClientCall patient = Get();
  AwaitQueue(3);
  absl::SleepFor(absl::Milliseconds(100));
  busy.Release();
  EXPECT_TRUE(patient.Await().ok());
  EXPECT_EQ(served, 1);
}

TEST_F(RpcTest, AHandlersDeadlineReachesTheCaller) {
  behaviour.get = [](auto&, auto&) -> absl::StatusOr<Invitation> {
    return Refusal(common::v1::DEADLINE, "The deadline has passed.");
  };
  EXPECT_EQ(Get().Reason(), common::v1::DEADLINE);
  EXPECT_EQ(Get().Await().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(Get(absl::Milliseconds(-1)).Await().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
}

TEST_F(RpcTest, AnInternalErrorKeepsItsTextToItself) {
  behaviour.get = [](auto&, auto&) -> absl::StatusOr<Invitation> {
    return absl::InternalError("sqlstate XX000: the secret");
  };
  ClientCall call = Get();
  EXPECT_EQ(call.Reason(), common::v1::INTERNAL);
  EXPECT_EQ(call.Await().error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(call.Await().error_message() + call.Await().error_details(),
              Not(HasSubstr("secret")));
}

TEST_F(RpcTest, TheLargestRefusalReachesTheCaller) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "ą";
  behaviour.validate = [&](const GetInvitationRequest&) {
    FieldViolations violations;
    for (int i = 0; i < 30; ++i) violations.Add(text, text);
    return violations.ToStatus();
  };
  ClientCall call = Get();
  EXPECT_EQ(call.Await().error_code(), grpc::StatusCode::INVALID_ARGUMENT)
      << call.Await().error_message();
  EXPECT_EQ(call.Reason(), common::v1::FIELD_INVALID);
  EXPECT_TRUE(call.Has<google::rpc::BadRequest>());
}

TEST_F(RpcTest, AConsistencyTokenMustBeOne) {
  for (const std::string& token : {std::string("x"), std::string(100, 'A'), std::string(kRoot)}) {
    ClientCall call = Call("GetInvitation", GetRequest(token), Token());
    EXPECT_EQ(call.Reason(), common::v1::FIELD_INVALID) << token;
    EXPECT_TRUE(call.Has<google::rpc::BadRequest>());
  }
}

TEST_F(RpcTest, AReadWaitsForTheChangeWithoutHoldingTheWorker) {
  std::atomic<bool> on_its_way = true;
  std::atomic<int> asked = 0;
  behaviour.is_on_its_way = [&]() -> absl::StatusOr<bool> {
    ++asked;
    return on_its_way.load();
  };
  const std::string token = outbox::ToConsistencyToken(kRoot);
  ClientCall waiting = Call("GetInvitation", GetRequest(token), Token());
  while (asked < 3) std::this_thread::yield();
  EXPECT_TRUE(Get().Await().ok()) << "the only worker is free";
  on_its_way = false;
  EXPECT_TRUE(waiting.Await().ok()) << waiting.Status();
}

TEST_F(RpcTest, AChangeThatDoesNotArriveIsSaidSoBeforeTheDeadline) {
  behaviour.is_on_its_way = []() -> absl::StatusOr<bool> { return true; };
  ClientCall call = Call("GetInvitation", GetRequest(outbox::ToConsistencyToken(kRoot)), Token(),
                         absl::Milliseconds(800));
  EXPECT_EQ(call.Reason(), common::v1::DEPENDENCY_UNAVAILABLE) << call.Status();
  EXPECT_TRUE(call.Has<google::rpc::RetryInfo>());
  behaviour.is_on_its_way = []() -> absl::StatusOr<bool> {
    return Refusal(common::v1::DEPENDENCY_UNAVAILABLE, "The database does not answer now.");
  };
  EXPECT_EQ(Call("GetInvitation", GetRequest(outbox::ToConsistencyToken(kRoot)), Token()).Reason(),
            common::v1::DEPENDENCY_UNAVAILABLE);
}

TEST_F(RpcTest, AMutationAnswersItsConsistencyToken) {
  behaviour.wait = [](std::function<void()> done) { done(); };
  behaviour.read_back = [](const Redemption& first) { return first; };
  EXPECT_EQ(Accept().Header("partnerlink-consistency-token"), outbox::ToConsistencyToken(kRoot));
  EXPECT_EQ(Get().Header("partnerlink-consistency-token"), "");
}

TEST_F(RpcTest, WaitingForAPeerHoldsNoWorkerAndEndsInAFreshAnswer) {
  absl::Notification waits;
  std::function<void()> arrived;
  behaviour.wait = [&](std::function<void()> done) {
    arrived = std::move(done);
    waits.Notify();
  };
  behaviour.read_back = [](const Redemption& first) {
    Redemption fresh;
    fresh.set_name(first.name() + ", then read again");
    return fresh;
  };
  ClientCall call = Accept();
  waits.WaitForNotification();
  EXPECT_TRUE(Get().Await().ok()) << "the only worker is free";
  arrived();
  EXPECT_EQ(call.Get<Redemption>().name(), "first, then read again");
}

TEST_F(RpcTest, WhatWasCommittedIsAnsweredEvenIfItCannotBeReadAgain) {
  behaviour.wait = [](std::function<void()> done) { done(); };
  behaviour.read_back = [](const Redemption&) -> absl::StatusOr<Redemption> {
    return Refusal(common::v1::DEPENDENCY_UNAVAILABLE, "The database does not answer now.");
  };
  ClientCall call = Accept();
  EXPECT_EQ(call.Get<Redemption>().name(), "first");
  EXPECT_NE(call.Header("partnerlink-consistency-token"), "");
}

TEST_F(RpcTest, ACallerThatGoesAwayWhileItWaitsHarmsNothing) {
  absl::Notification waits;
  std::function<void()> arrived;
  behaviour.wait = [&](std::function<void()> done) {
    arrived = std::move(done);
    waits.Notify();
  };
  behaviour.read_back = [](const Redemption& first) { return first; };
  ClientCall call = Accept();
  waits.WaitForNotification();
  call.Cancel();
  EXPECT_EQ(call.Await().error_code(), grpc::StatusCode::CANCELLED);
  arrived();
  EXPECT_TRUE(Get().Await().ok());
}

class LimitedRpcTest : public RpcTest {
 protected:
  LimitedRpcTest() : RpcTest(1) {}
};

TEST_F(LimitedRpcTest, AnAccountsRateIsLimited) {
  EXPECT_TRUE(Get().Await().ok());
  EXPECT_TRUE(Get().Await().ok());
  ClientCall refused = Get();
  EXPECT_EQ(refused.Reason(), common::v1::RATE_LIMITED) << refused.Status();
  EXPECT_EQ(refused.Await().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(refused.Has<google::rpc::RetryInfo>());
  EXPECT_EQ(Call("GetInvitation", GetRequest(),
                 {{"authorization", Bearer("partners/fabrikam", "admin_agent")}})
                .Reason(),
            common::v1::RESOURCE_NOT_FOUND)
      << "another account is not";
  EXPECT_TRUE(Call("LookupInvitation", "", {}).Await().ok());
}

class CheckTest : public testing::Test {
 protected:
  Service service_{InvitationDescriptor(), Edge{}};
};

TEST_F(CheckTest, AMethodWithoutAHandlerIsNamed) {
  service_.Unary<GetInvitationRequest, Invitation>("GetInvitation", Anything,
                                                   [](auto&, auto&) { return Invitation(); });
  EXPECT_THAT(std::string(service_.Check().message()), HasSubstr("is declared but not served"));
}

TEST_F(CheckTest, AHandlerWithoutAMethodIsNamed) {
  service_.Unary<GetInvitationRequest, Invitation>("GetInvitations", Anything,
                                                   [](auto&, auto&) { return Invitation(); });
  EXPECT_THAT(std::string(service_.Check().message()), HasSubstr("GetInvitations"));
}

TEST_F(CheckTest, AHandlerOfAnotherMessageIsNamed) {
  service_.Unary<CreateInvitationRequest, Invitation>("GetInvitation", Anything,
                                                      [](auto&, auto&) { return Invitation(); });
  EXPECT_THAT(std::string(service_.Check().message()), HasSubstr("GetInvitation"));
}

}  // namespace
}  // namespace partnerlink::rpc
