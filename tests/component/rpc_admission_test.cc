// Who and what comes in: what the adapter refuses before a handler sees the call.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "common/outbox/consistency_token.h"
#include "google/rpc/error_details.pb.h"
#include "tests/component/rpc_fixture.h"

namespace partnerlink::rpc::rpc_admission_test {
namespace {

using testing::AllOf;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;
using testing::Not;

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

TEST_F(RpcTest, FromWhereACallComesIsTheGatewaysWordForWhoHasNoToken) {
  const auto address = [&](ClientCall::Headers headers, const std::string& said) {
    headers.emplace_back("x-partnerlink-client-address", said);
    headers.emplace_back("x-forwarded-for", "203.0.113.9");
    return Call("LookupInvitation", "", headers).Get<LookupInvitationResponse>().sign_up_url();
  };
  EXPECT_EQ(address({}, "192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(address({}, std::string(300, 'x')), "");
  EXPECT_EQ(address(Token(), "192.0.2.7"), "") << "its account says who calls";
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
  EXPECT_EQ(call(true, true, other, "sales_agent"), common::v1::ROLE_MISSING);
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

TEST_F(RpcTest, WhatAnswersFromMemoryWaitsForNoWorker) {
  RenderInvitationRequest request;
  request.set_name(absl::StrCat("partners/contoso/invitations/", kRoot));
  behaviour.is_on_its_way = [] { return false; };
  BusyWorker busy(workers_);
  EXPECT_TRUE(Call("RenderInvitation", request.SerializeAsString(), Token()).Await().ok());
  EXPECT_EQ(Call("RenderInvitation", request.SerializeAsString(), {}).Reason(),
            common::v1::TOKEN_MISSING)
      << "whatever else is asked of a call is asked of it too";
  EXPECT_EQ(Call("RenderInvitation", request.SerializeAsString(),
                 {{"authorization", Bearer("partners/fabrikam")}})
                .Reason(),
            common::v1::RESOURCE_NOT_FOUND);

  request.set_consistency_token(outbox::ToConsistencyToken(kRoot));
  ClientCall fresh = Call("RenderInvitation", request.SerializeAsString(), Token());
  AwaitQueue(1);
  busy.Release();
  EXPECT_TRUE(fresh.Await().ok()) << "only the database knows what has arrived";
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
                 {{"authorization", Bearer("partners/fabrikam", "sales_agent")}})
                .Reason(),
            common::v1::ROLE_MISSING)
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
  service_.Unary<invitation::v1::CreateInvitationRequest, Invitation>(
      "GetInvitation", Anything, [](auto&, auto&) { return Invitation(); });
  EXPECT_THAT(std::string(service_.Check().message()), HasSubstr("GetInvitation"));
}

}  // namespace
}  // namespace partnerlink::rpc::rpc_admission_test
