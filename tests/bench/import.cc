// Imports customers, one of a hundred rows a bad one, and looks at every answer: what is committed,
// what was taken, and which rows were not, with their reasons. Ends once the last customer is in
// the list. Prints one line of JSON; a wrong answer, or a stream that fails, ends it with 1 and
// says why.
#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "google/rpc/error_details.pb.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "tests/bench/dial.h"
#include "tests/bench/new_customers.h"

ABSL_FLAG(std::string, address, "", "Address of the server");
ABSL_FLAG(std::string, peer, "", "Service that the server's certificate must name; empty: no TLS");
ABSL_FLAG(std::string, token_file, "", "File of the token that calls carry");
ABSL_FLAG(std::string, import_id, "", "What the import is known by");
ABSL_FLAG(uint64_t, first, 0, "Number of the first customer");
ABSL_FLAG(uint64_t, rows, 1000, "How many rows");

namespace partnerlink::bench {
namespace {

using directory::v1::ImportCustomersRequest;
using directory::v1::ImportCustomersResponse;
using directory::v1::ListCustomersRequest;
using directory::v1::ListCustomersResponse;

constexpr char kService[] = "/partnerlink.directory.v1.CustomerDirectoryService/";
constexpr uint64_t kChunk = 1000;
constexpr uint64_t kBadEvery = 100;
constexpr uint64_t kBadPlace = 50;

// Why the bad rows are not taken, in turn.
constexpr std::array<const char*, 3> kReasons = {"FIELD_INVALID", "FIELD_INVALID",
                                                 "CUSTOMER_EXISTS"};

bool IsBad(uint64_t position) { return position % kBadEvery == kBadPlace; }

std::string ReasonAt(uint64_t position) { return kReasons[position / kBadEvery % kReasons.size()]; }

void Spoil(uint64_t position, directory::v1::Customer& customer) {
  switch (position / kBadEvery % kReasons.size()) {
    case 0:
      return customer.clear_display_name();
    case 1:
      return customer.set_country("Germany");
    default:
      return customer.set_name("customers/c10000");
  }
}

ImportCustomersRequest ChunkAt(uint64_t position) {
  ImportCustomersRequest chunk;
  chunk.set_parent("partners/contoso");
  chunk.set_import_id(absl::GetFlag(FLAGS_import_id));
  chunk.set_position(static_cast<int64_t>(position));
  const uint64_t end = std::min(position + kChunk, absl::GetFlag(FLAGS_rows));
  for (; position < end; ++position) {
    const uint64_t number = absl::GetFlag(FLAGS_first) + position;
    auto& row = *chunk.add_rows();
    FillNewCustomer(number, *row.mutable_customer());
    FillFirstAdmin(number, *row.mutable_initial_admin());
    if (IsBad(position)) Spoil(position, *row.mutable_customer());
  }
  return chunk;
}

std::string ReasonOf(const google::rpc::Status& status) {
  for (const auto& detail : status.details()) {
    google::rpc::ErrorInfo info;
    if (detail.UnpackTo(&info)) return info.reason();
  }
  return "";
}

// Whether the answer is that of the rows from `position` to `end`.
bool IsRight(const ImportCustomersResponse& answer, uint64_t position, uint64_t end) {
  const uint64_t rows = end - position;
  int rejected = 0;
  for (; position < end; ++position) {
    if (!IsBad(position)) continue;
    if (rejected == answer.rejected_size()) return false;
    const auto& row = answer.rejected(rejected++);
    if (row.row() != static_cast<int64_t>(position) ||
        ReasonOf(row.status()) != ReasonAt(position)) {
      return false;
    }
  }
  return answer.committed_position() == static_cast<int64_t>(end) &&
         rejected == answer.rejected_size() &&
         answer.accepted() + rejected == static_cast<int64_t>(rows);
}

// One stream, a step at a time.
class Stream {
 public:
  Stream(grpc::GenericStub& stub, grpc::ClientContext& context) {
    stream_ = stub.PrepareCall(&context, absl::StrCat(kService, "ImportCustomers"), &queue_);
    stream_->StartCall(this);
    Await();
  }

  bool Write(const ImportCustomersRequest& chunk) {
    grpc::ByteBuffer bytes;
    bool owned = false;
    grpc::SerializationTraits<ImportCustomersRequest>::Serialize(chunk, &bytes, &owned);
    stream_->Write(bytes, this);
    return Await();
  }
  bool Read(ImportCustomersResponse& answer) {
    grpc::ByteBuffer bytes;
    stream_->Read(&bytes, this);
    return Await() &&
           grpc::SerializationTraits<ImportCustomersResponse>::Deserialize(&bytes, &answer).ok();
  }
  grpc::Status Finish() {
    stream_->WritesDone(this);
    Await();
    grpc::Status status;
    stream_->Finish(&status, this);
    Await();
    return status;
  }

 private:
  bool Await() {
    void* tag = nullptr;
    bool ok = false;
    queue_.Next(&tag, &ok);
    return ok;
  }

  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream_;
};

std::string Authorization() {
  std::ifstream file(absl::GetFlag(FLAGS_token_file));
  std::string token;
  file >> token;
  return "Bearer " + token;
}

// Asks for the list until it has what the token stands for.
absl::Status AwaitList(const std::shared_ptr<grpc::Channel>& channel, const std::string& token) {
  grpc::TemplatedGenericStub<ListCustomersRequest, ListCustomersResponse> stub(channel);
  grpc::ClientContext context;
  context.AddMetadata("authorization", Authorization());
  ListCustomersRequest request;
  request.set_parent("partners/contoso");
  request.set_page_size(1);
  request.set_consistency_token(token);
  ListCustomersResponse response;
  absl::Status status;
  absl::Notification answered;
  stub.UnaryCall(&context, absl::StrCat(kService, "ListCustomers"), {}, &request, &response,
                 [&](const grpc::Status& answer) {
                   if (!answer.ok()) status = absl::UnavailableError(answer.error_message());
                   answered.Notify();
                 });
  answered.WaitForNotification();
  return status;
}

// How far the import has come.
struct Progress {
  uint64_t position = 0;
  uint64_t accepted = 0;
  std::string consistency_token;
  std::vector<absl::Time> tenths = {absl::Now()};  // when it began, and when each tenth was there
};

// Goes on from there by one stream. Of a token that expires meanwhile UNAUTHENTICATED tells.
absl::Status GoOn(grpc::GenericStub& stub, Progress& progress) {
  grpc::ClientContext context;
  context.AddMetadata("authorization", Authorization());
  Stream stream(stub, context);
  const uint64_t rows = absl::GetFlag(FLAGS_rows);
  ImportCustomersResponse answer;
  bool is_well = stream.Write(ChunkAt(progress.position));
  while (is_well && progress.position < rows) {
    // The next one is on its way while this one is written.
    const uint64_t end = std::min(progress.position + kChunk, rows);
    if (end < rows) is_well = stream.Write(ChunkAt(end));
    is_well = is_well && stream.Read(answer);
    if (!is_well) break;
    if (!IsRight(answer, progress.position, end)) {
      context.TryCancel();
      stream.Finish();
      return absl::InternalError("wrong answer: " + answer.ShortDebugString());
    }
    progress.position = end;
    progress.accepted += static_cast<uint64_t>(answer.accepted());
    progress.consistency_token = answer.consistency_token();
    while (progress.tenths.size() <= end * 10 / rows) progress.tenths.push_back(absl::Now());
  }
  const grpc::Status status = stream.Finish();
  if (status.error_code() == grpc::StatusCode::UNAUTHENTICATED) {
    return absl::UnauthenticatedError(status.error_message());
  }
  if (!status.ok() || !is_well) {
    return absl::InternalError(
        absl::StrCat("code ", status.error_code(), ": ", status.error_message()));
  }
  return absl::OkStatus();
}

absl::StatusOr<Progress> Import(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::GenericStub stub(channel);
  Progress progress;
  absl::Status status;
  do {
    const uint64_t before = progress.position;
    status = GoOn(stub, progress);
    // The next token lies in the file; one that is refused at once is no better than the last.
    if (!status.ok() && progress.position == before) return status;
  } while (absl::IsUnauthenticated(status));
  if (!status.ok()) return status;
  const absl::Status listed = AwaitList(channel, progress.consistency_token);
  if (!listed.ok()) return listed;
  return progress;
}

// Rows a second, of each tenth.
std::string Tenths(const Progress& progress) {
  std::vector<int64_t> rates;
  for (size_t i = 1; i < progress.tenths.size(); ++i) {
    const double seconds = absl::ToDoubleSeconds(progress.tenths[i] - progress.tenths[i - 1]);
    const double rows = static_cast<double>(absl::GetFlag(FLAGS_rows)) / 10;
    // Fewer chunks than tenths end several at once.
    rates.push_back(seconds > 0 ? static_cast<int64_t>(rows / seconds) : 0);
  }
  return absl::StrJoin(rates, ", ");
}

int Main() {
  const auto channel = Dial(absl::GetFlag(FLAGS_address), absl::GetFlag(FLAGS_peer));
  if (!channel.ok()) {
    std::cerr << channel.status() << "\n";
    return 1;
  }
  const absl::Time start = absl::Now();
  const auto progress = Import(*channel);
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  if (!progress.ok()) {
    std::cerr << progress.status() << "\n";
    return 1;
  }
  std::printf("{\"accepted\": %lu, \"seconds\": %.6f, \"tenths\": [%s]}\n", progress->accepted,
              seconds, Tenths(*progress).c_str());
  return 0;
}

}  // namespace
}  // namespace partnerlink::bench

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  return partnerlink::bench::Main();
}
