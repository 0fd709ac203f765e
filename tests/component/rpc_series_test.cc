// Series: calls that are answered by a stream of messages.
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string>
#include <thread>

#include "grpcpp/completion_queue.h"
#include "tests/component/rpc_fixture.h"

namespace partnerlink::rpc::rpc_series_test {
namespace {

constexpr char kExport[] = "/partnerlink.directory.v1.CustomerDirectoryService/ExportCustomers";
constexpr char kExportCsv[] =
    "/partnerlink.directory.v1.CustomerDirectoryService/ExportCustomersCsv";

// One call of a client, an answer at a time.
class ClientSeries {
 public:
  ClientSeries(const std::shared_ptr<grpc::Channel>& channel, const ClientCall::Headers& headers,
               const ExportCustomersRequest& request, const char* method = kExport)
      : stub_(channel) {
    for (const auto& [name, value] : headers) context_.AddMetadata(name, value);
    context_.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
    stream_ = stub_.PrepareCall(&context_, method, &queue_);
    stream_->StartCall(this);
    Await();
    stream_->WriteLast(Serialise(request), grpc::WriteOptions(), this);
    Await();
  }
  ~ClientSeries() {
    context_.TryCancel();
    Status().IgnoreError();
    queue_.Shutdown();
  }

  // The name of the next answer's customer; none if the stream has ended.
  std::optional<std::string> Next() {
    grpc::ByteBuffer answer;
    if (!Read(answer)) return std::nullopt;
    ExportCustomersResponse response;
    EXPECT_TRUE(Parse(answer, response));
    return response.customers(0).name();
  }
  bool Read(grpc::ByteBuffer& answer) {
    stream_->Read(&answer, this);
    return Await();
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

class RpcSeriesTest : public RpcTest {
 protected:
  explicit RpcSeriesTest(absl::Duration longest_write = absl::Minutes(1))
      : RpcTest(1e6, longest_write) {
    behaviour.series = [this](const CallContext& context) { return Next(context); };
    request_.set_parent("partners/contoso");
  }

  // `last_` answers, the first named 1; then what ends them.
  absl::StatusOr<std::optional<ExportCustomersResponse>> Next(const CallContext& context) {
    deadline_ = context.deadline;
    if (made_ == last_ && !end_.ok()) return end_;
    if (made_ == last_) return std::nullopt;
    ExportCustomersResponse response;
    auto& customer = *response.add_customers();
    customer.set_name(std::to_string(++made_));
    customer.set_display_name(std::string(padding_, 'x'));
    return response;
  }
  ExportCustomersRequest request_;
  std::atomic<int> made_ = 0;
  int last_ = 2;
  size_t padding_ = 0;
  absl::Status end_;
  absl::Time deadline_;
};

TEST_F(RpcSeriesTest, EachAnswerComesAndTheEndIsOk) {
  ClientSeries series(channel_, Token(), request_);
  EXPECT_EQ(series.Next(), "1");
  EXPECT_EQ(series.Next(), "2");
  EXPECT_EQ(series.Next(), std::nullopt);
  EXPECT_TRUE(series.Status().ok()) << series.Status();
  EXPECT_LE(deadline_, absl::Now() + absl::Seconds(30));
}

TEST_F(RpcSeriesTest, OfNothingIsAnEndAtOnce) {
  last_ = 0;
  ClientSeries series(channel_, Token(), request_);
  EXPECT_EQ(series.Next(), std::nullopt);
  EXPECT_TRUE(series.Status().ok()) << series.Status();
}

TEST_F(RpcSeriesTest, ARefusalEndsItAndWhatWasAnsweredStands) {
  last_ = 1;
  end_ = Refusal(common::v1::PARTNER_SUSPENDED, "Suspended.");
  ClientSeries series(channel_, Token(), request_);
  EXPECT_EQ(series.Next(), "1");
  EXPECT_EQ(series.Next(), std::nullopt);
  EXPECT_EQ(ReasonOf(series.Status()), common::v1::PARTNER_SUSPENDED);
}

// The gateway takes a status behind the answers for a good end.
TEST_F(RpcSeriesTest, AFileThatCannotBeEndedBreaksOff) {
  int made = 0;
  behaviour.file = [&](const CallContext&) -> absl::StatusOr<std::optional<google::api::HttpBody>> {
    if (made == last_) return end_;
    google::api::HttpBody body;
    body.set_data(std::to_string(++made));
    return body;
  };
  end_ = Refusal(common::v1::PARTNER_SUSPENDED, "Suspended.");
  grpc::ByteBuffer answer;
  {
    ClientSeries file(channel_, Token(), request_, kExportCsv);
    EXPECT_TRUE(file.Read(answer));
    EXPECT_TRUE(file.Read(answer));
    EXPECT_FALSE(file.Read(answer));
    EXPECT_EQ(ReasonOf(file.Status()), std::nullopt);
    EXPECT_EQ(file.Status().code(), absl::StatusCode::kCancelled);
  }
  // Before the first byte there is no file: the refusal is the answer.
  last_ = made;
  ClientSeries file(channel_, Token(), request_, kExportCsv);
  EXPECT_FALSE(file.Read(answer));
  EXPECT_EQ(ReasonOf(file.Status()), common::v1::PARTNER_SUSPENDED);
}

TEST_F(RpcSeriesTest, WhoMayNotCallGetsNoAnswer) {
  const auto reason = [&](const ClientCall::Headers& headers) {
    ClientSeries series(channel_, headers, request_);
    EXPECT_EQ(series.Next(), std::nullopt);
    return ReasonOf(series.Status());
  };
  EXPECT_EQ(reason({}), common::v1::TOKEN_MISSING);
  EXPECT_EQ(reason({{"authorization", Bearer("partners/contoso", "sales_agent")}}),
            common::v1::ROLE_MISSING);
  EXPECT_EQ(reason({{"authorization", Bearer("partners/fabrikam")}}),
            common::v1::RESOURCE_NOT_FOUND);
  EXPECT_EQ(made_, 0);
}

TEST_F(RpcSeriesTest, ATokenThatExpiresEndsIt) {
  last_ = 10'000;
  padding_ = 64 * 1024;
  ClientSeries series(channel_, ExpiringToken(), request_);
  ASSERT_EQ(series.Next(), "1");
  absl::SleepFor(absl::Seconds(4));
  while (series.Next()) {
  }
  EXPECT_EQ(ReasonOf(series.Status()), common::v1::TOKEN_EXPIRED);
  EXPECT_LT(made_, last_);
}

TEST_F(RpcSeriesTest, AWrongShapeIsRefused) {
  request_.set_filter("bad");
  ClientSeries series(channel_, Token(), request_);
  EXPECT_EQ(series.Next(), std::nullopt);
  EXPECT_EQ(ReasonOf(series.Status()), common::v1::FILTER_INVALID);
}

// Who does not read has made for it what fits the windows of its connection, and no more.
TEST_F(RpcSeriesTest, NoMoreIsMadeThanIsTaken) {
  last_ = 300;
  padding_ = 256 * 1024;
  ClientSeries series(channel_, Token(), request_);
  EXPECT_EQ(series.Next(), "1");
  // The one worker has nothing to do.
  while (made_ < 2) std::this_thread::yield();
  for (int made = 0; made != made_;) {
    made = made_;
    EXPECT_TRUE(Get().Await().ok());
    absl::SleepFor(absl::Milliseconds(50));
  }
  EXPECT_LT(made_, 100);
  for (int i = 2; i <= 300; ++i) ASSERT_EQ(series.Next(), std::to_string(i));
  EXPECT_EQ(series.Next(), std::nullopt);
  EXPECT_TRUE(series.Status().ok()) << series.Status();
}

TEST_F(RpcSeriesTest, AClientThatGoesAwayEndsIt) {
  last_ = 1'000'000'000;
  {
    ClientSeries series(channel_, Token(), request_);
    EXPECT_EQ(series.Next(), "1");
    series.Cancel();
    EXPECT_EQ(series.Status().code(), absl::StatusCode::kCancelled);
  }
  // What was on its way ends, and then nothing more is made for it.
  const absl::Time latest = absl::Now() + absl::Seconds(10);
  int made = 0;
  do {
    made = made_;
    EXPECT_TRUE(Get().Await().ok());
    absl::SleepFor(absl::Milliseconds(100));
  } while (made != made_ && absl::Now() < latest);
  EXPECT_EQ(made, made_);
}

// However slowly their answers are taken: they come back for each past the queue's bound.
TEST_F(RpcSeriesTest, OfAnAccountTwoGoOnAtOnce) {
  last_ = 1'000'000;
  padding_ = 64 * 1024;
  const auto reason = [&] {
    ClientSeries third(channel_, Token(), request_);
    return third.Next() ? std::nullopt : ReasonOf(third.Status());
  };
  ClientSeries first(channel_, Token(), request_);
  ASSERT_TRUE(first.Next());
  {
    ClientSeries second(channel_, Token(), request_);
    ASSERT_TRUE(second.Next());
    EXPECT_EQ(reason(), common::v1::RATE_LIMITED);
    EXPECT_TRUE(Get().Await().ok());
  }
  // The server hears of the second's end a moment later.
  const absl::Time latest = absl::Now() + absl::Seconds(10);
  auto refused = reason();
  while (refused && absl::Now() < latest) refused = reason();
  EXPECT_EQ(refused, std::nullopt);
}

class SlowSeriesTest : public RpcSeriesTest {
 protected:
  SlowSeriesTest() : RpcSeriesTest(absl::Milliseconds(1500)) {}
};

TEST_F(SlowSeriesTest, WhoTakesNoAnswerForTooLongIsCancelled) {
  last_ = 1'000'000;
  padding_ = 64 * 1024;
  ClientSeries series(channel_, Token(), request_);
  ASSERT_TRUE(series.Next());
  absl::SleepFor(absl::Seconds(3));
  while (series.Next()) {
  }
  EXPECT_EQ(series.Status().code(), absl::StatusCode::kCancelled);
  EXPECT_LT(made_, last_);
}

TEST_F(SlowSeriesTest, WhoTakesEachInTimeMayTakeLong) {
  last_ = 10;
  padding_ = 4 * 1024 * 1024 - 1024;
  ClientSeries series(channel_, Token(), request_);
  for (int i = 1; i <= last_; ++i) {
    ASSERT_EQ(series.Next(), std::to_string(i));
    absl::SleepFor(absl::Milliseconds(300));
  }
  EXPECT_EQ(series.Next(), std::nullopt);
  EXPECT_TRUE(series.Status().ok()) << series.Status();
}

TEST_F(RpcSeriesTest, AFullQueueRefusesIt) {
  BusyWorker busy(workers_);
  absl::Notification is_idle;
  for (int i = 0; i < 3; ++i) workers_.Run([] {});
  workers_.Run([&] { is_idle.Notify(); });
  ClientSeries series(channel_, Token(), request_);
  EXPECT_EQ(series.Next(), std::nullopt);
  EXPECT_EQ(ReasonOf(series.Status()), common::v1::OVERLOADED);
  // What the worker waits on is not taken away under its feet.
  busy.Release();
  is_idle.WaitForNotification();
}

}  // namespace
}  // namespace partnerlink::rpc::rpc_series_test
