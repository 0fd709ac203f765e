// Exchanges: streams in which each message gets one answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "grpcpp/completion_queue.h"
#include "tests/component/rpc_fixture.h"

namespace partnerlink::rpc::rpc_exchange_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kInTurn[] = "/partnerlink.directory.v1.CustomerDirectoryService/ImportCustomers";
constexpr char kImport[] = "/partnerlink.relationship.v1.RelationshipService/ImportPortalCustomers";

// One exchange of a client, a step at a time.
class ClientExchange {
 public:
  ClientExchange(const std::shared_ptr<grpc::Channel>& channel, const ClientCall::Headers& headers,
                 absl::Duration timeout = absl::Seconds(20), const char* method = kImport)
      : stub_(channel) {
    for (const auto& [name, value] : headers) context_.AddMetadata(name, value);
    context_.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
    stream_ = stub_.PrepareCall(&context_, method, &queue_);
    stream_->StartCall(this);
    Await();
  }
  ~ClientExchange() {
    context_.TryCancel();
    Status().IgnoreError();
    queue_.Shutdown();
  }

  // The committed position that is answered; none if the stream has ended.
  std::optional<int64_t> Say(int64_t position) {
    ImportPortalCustomersRequest request;
    request.set_position(position);
    return SayBytes(Serialise(request));
  }
  std::optional<int64_t> SayBytes(const grpc::ByteBuffer& bytes) {
    stream_->Write(bytes, this);
    if (!Await()) return std::nullopt;
    grpc::ByteBuffer answer;
    stream_->Read(&answer, this);
    if (!Await()) return std::nullopt;
    ImportPortalCustomersResponse response;
    EXPECT_TRUE(Parse(answer, response));
    return response.committed_position();
  }
  void SayNoMore() {
    stream_->WritesDone(this);
    Await();
  }
  absl::Status Status() {
    if (!status_) {
      status_.emplace();
      stream_->Finish(&*status_, this);
      Await();
    }
    return FromGrpc(*status_);
  }
  void Cancel() { context_.TryCancel(); }

 private:
  bool Await() {
    void* tag = nullptr;
    bool ok = false;
    queue_.Next(&tag, &ok);
    return ok;
  }

  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream_;
  std::optional<grpc::Status> status_;
};

class RpcExchangeTest : public RpcTest {
 protected:
  explicit RpcExchangeTest(double rate = 1e6) : RpcTest(rate) {
    behaviour.import = [this](const CallContext& context,
                              const ImportPortalCustomersRequest& request)
        -> absl::StatusOr<ImportPortalCustomersResponse> {
      seen_.push_back(absl::StrCat(context.principal.account, " ", request.position()));
      deadline_ = context.deadline;
      ImportPortalCustomersResponse response;
      response.set_committed_position(request.position() + 1);
      return response;
    };
  }

  // Messages in turn are answered with the position behind them.
  void ImportInTurn() {
    behaviour.import_in_turn = [this](const ImportCustomersRequest& request) {
      positions_.push_back(request.position());
      ImportCustomersResponse response;
      response.set_committed_position(request.position() + 1);
      return response;
    };
  }
  // A message that writes, or one that only asks.
  static grpc::ByteBuffer At(int64_t position, bool writes = true) {
    ImportCustomersRequest request;
    request.set_parent("partners/contoso");
    request.set_position(position);
    if (writes) request.add_rows();
    return Serialise(request);
  }

  ClientCall::Headers OperatorsToken() {
    return {{"authorization", Bearer("operators", "operator")}, {"partnerlink-reason", "import"}};
  }

  std::vector<std::string> seen_;
  std::vector<int64_t> positions_;
  absl::Time deadline_;
};

TEST_F(RpcExchangeTest, EachMessageGetsItsAnswerAndTheEndIsTheClients) {
  ClientExchange exchange(channel_, OperatorsToken());
  EXPECT_EQ(exchange.Say(0), 1);
  EXPECT_EQ(exchange.Say(7), 8);
  exchange.SayNoMore();
  EXPECT_TRUE(exchange.Status().ok()) << exchange.Status();
  EXPECT_THAT(seen_, ElementsAre("operators 0", "operators 7"));
}

TEST_F(RpcExchangeTest, EachMessageHasItsOwnTime) {
  ClientExchange exchange(channel_, OperatorsToken(), absl::Hours(1));
  exchange.Say(0);
  const absl::Time first = deadline_;
  exchange.Say(1);
  EXPECT_GT(deadline_, absl::Now());
  EXPECT_LE(deadline_, absl::Now() + absl::Seconds(30));
  EXPECT_GE(deadline_, first);
}

TEST_F(RpcExchangeTest, WithoutATokenItEndsAtOnce) {
  ClientExchange exchange(channel_, {});
  EXPECT_EQ(ReasonOf(exchange.Status()), common::v1::TOKEN_MISSING);
  EXPECT_THAT(seen_, IsEmpty());
}

TEST_F(RpcExchangeTest, ATokenThatExpiresEndsIt) {
  ImportInTurn();
  behaviour.wait = [](std::function<void(bool)> done) { done(true); };
  ClientExchange exchange(channel_, ExpiringToken(), absl::Seconds(20), kInTurn);
  EXPECT_EQ(exchange.SayBytes(At(0)), 1);
  absl::SleepFor(absl::Seconds(4));
  EXPECT_EQ(exchange.SayBytes(At(1)), std::nullopt);
  EXPECT_EQ(ReasonOf(exchange.Status()), common::v1::TOKEN_EXPIRED);
  EXPECT_THAT(positions_, ElementsAre(0));
}

TEST_F(RpcExchangeTest, WhoMayNotCallIsRefusedWithTheFirstMessage) {
  ClientExchange exchange(channel_, Token());
  EXPECT_EQ(exchange.Say(0), std::nullopt);
  EXPECT_EQ(ReasonOf(exchange.Status()), common::v1::ROLE_MISSING);
  EXPECT_THAT(seen_, IsEmpty());
}

TEST_F(RpcExchangeTest, ARefusalEndsItAndWhatWasAnsweredStands) {
  ClientExchange exchange(channel_, OperatorsToken());
  EXPECT_EQ(exchange.Say(0), 1);
  EXPECT_EQ(exchange.Say(-1), std::nullopt);
  EXPECT_EQ(ReasonOf(exchange.Status()), common::v1::FIELD_INVALID);
  EXPECT_THAT(seen_, ElementsAre("operators 0"));
}

TEST_F(RpcExchangeTest, WhatIsNoMessageIsRefused) {
  ClientExchange exchange(channel_, OperatorsToken());
  EXPECT_EQ(exchange.SayBytes(FromString("\xFF\xFF")), std::nullopt);
  EXPECT_EQ(ReasonOf(exchange.Status()), common::v1::FIELD_INVALID);
}

TEST_F(RpcExchangeTest, AMessageMayHaveAMebibyteAndNoMore) {
  ImportPortalCustomersRequest request;
  request.add_records()->mutable_company()->set_display_name(std::string(1000 * 1024, 'x'));
  {
    ClientExchange exchange(channel_, OperatorsToken());
    EXPECT_EQ(exchange.SayBytes(Serialise(request)), 1);
  }
  request.mutable_records(0)->mutable_company()->set_display_name(std::string(1025 * 1024, 'x'));
  ClientExchange exchange(channel_, OperatorsToken());
  EXPECT_EQ(exchange.SayBytes(Serialise(request)), std::nullopt);
  EXPECT_EQ(ReasonOf(exchange.Status()), common::v1::MESSAGE_TOO_LARGE);
}

// The answer of the first is not kept back, and meanwhile the only worker is free.
TEST_F(RpcExchangeTest, InTurnAMessageWaitsUntilTheChangeOfTheOneBeforeHasArrived) {
  ImportInTurn();
  absl::Notification waits;
  std::function<void(bool)> arrive;
  behaviour.wait = [&](std::function<void(bool)> done) {
    arrive = std::move(done);
    waits.Notify();
  };
  ClientExchange exchange(channel_, Token(), absl::Seconds(20), kInTurn);
  EXPECT_EQ(exchange.SayBytes(At(4)), 5) << "answered before it has arrived";
  std::optional<int64_t> second;
  std::thread client([&] { second = exchange.SayBytes(At(5)); });
  waits.WaitForNotification();
  EXPECT_TRUE(Get().Await().ok());
  EXPECT_THAT(positions_, ElementsAre(4));
  arrive(true);
  client.join();
  EXPECT_EQ(second, 6);
  EXPECT_THAT(positions_, ElementsAre(4, 5));
}

// A wait says at once that the peer is down: whoever sends fast does not heap up what it is owed.
TEST_F(RpcExchangeTest, InTurnAMessageWaitsForAPeerThatIsDown) {
  ImportInTurn();
  std::atomic<int> asked = 0;
  behaviour.wait = [&](std::function<void(bool)> done) { done(++asked == 2); };
  ClientExchange exchange(channel_, Token(), absl::Seconds(20), kInTurn);
  EXPECT_EQ(exchange.SayBytes(At(4)), 5);
  absl::Time begin = absl::Now();
  EXPECT_EQ(exchange.SayBytes(At(5)), 6) << "it is back";
  EXPECT_GE(absl::Now() - begin, absl::Milliseconds(900));
  EXPECT_EQ(asked, 2);
  begin = absl::Now();
  EXPECT_EQ(exchange.SayBytes(At(6)), 7) << "it stays away";
  EXPECT_GE(absl::Now() - begin, kLongestTurn - absl::Milliseconds(1100));
  EXPECT_LT(absl::Now() - begin, kLongestTurn + absl::Seconds(5));
}

class RareExchangeTest : public RpcExchangeTest {
 protected:
  // Two mutations and two reads in a burst.
  RareExchangeTest() : RpcExchangeTest(1) { ImportInTurn(); }
};

TEST_F(RareExchangeTest, EachMessageThatWritesIsAMutationOfTheAccount) {
  behaviour.wait = [](std::function<void(bool)> done) { done(true); };
  ClientExchange exchange(channel_, Token(), absl::Seconds(20), kInTurn);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(exchange.SayBytes(At(i)), i + 1);
  std::optional<int64_t> answer = 0;
  for (int i = 2; i < 20 && answer; ++i) answer = exchange.SayBytes(At(i));
  EXPECT_EQ(answer, std::nullopt);
  EXPECT_EQ(ReasonOf(exchange.Status()), common::v1::RATE_LIMITED);
}

TEST_F(RareExchangeTest, WhatOnlyAsksIsARead) {
  behaviour.wait = [](std::function<void(bool)> done) { done(true); };
  ClientExchange asking(channel_, Token(), absl::Seconds(20), kInTurn);
  std::optional<int64_t> answer = 0;
  for (int i = 0; i < 20 && answer; ++i) answer = asking.SayBytes(At(i, false));
  EXPECT_EQ(ReasonOf(asking.Status()), common::v1::RATE_LIMITED);
  ClientExchange writing(channel_, Token(), absl::Seconds(20), kInTurn);
  EXPECT_EQ(writing.SayBytes(At(0)), 1);
}

// The only worker is free between two messages.
TEST_F(RpcExchangeTest, AnOpenStreamHoldsNoWorker) {
  ClientExchange exchange(channel_, OperatorsToken());
  EXPECT_EQ(exchange.Say(0), 1);
  EXPECT_TRUE(Get().Await().ok());
  EXPECT_EQ(exchange.Say(1), 2);
}

TEST_F(RpcExchangeTest, AFullQueueEndsItWithOverloaded) {
  ClientExchange exchange(channel_, OperatorsToken());
  BusyWorker busy(workers_);
  for (int i = 0; i < 4; ++i) workers_.Run([] {});
  EXPECT_EQ(exchange.Say(0), std::nullopt);
  EXPECT_EQ(ReasonOf(exchange.Status()), common::v1::OVERLOADED);
}

TEST_F(RpcExchangeTest, AClientThatGoesAwayLeavesTheServiceServing) {
  ClientExchange exchange(channel_, OperatorsToken());
  EXPECT_EQ(exchange.Say(0), 1);
  exchange.Cancel();
  EXPECT_EQ(exchange.Status().code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(Get().Await().ok());
}

}  // namespace
}  // namespace partnerlink::rpc::rpc_exchange_test
