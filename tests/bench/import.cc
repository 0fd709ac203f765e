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

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
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

// How many customers were created.
absl::StatusOr<uint64_t> Import(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.AddMetadata("authorization", Authorization());
  Stream stream(stub, context);
  const uint64_t rows = absl::GetFlag(FLAGS_rows);
  uint64_t accepted = 0;
  ImportCustomersResponse answer;
  bool is_well = stream.Write(ChunkAt(0));
  for (uint64_t position = 0; is_well && position < rows; position += kChunk) {
    // The next one is on its way while this one is written.
    const uint64_t end = std::min(position + kChunk, rows);
    if (end < rows) is_well = stream.Write(ChunkAt(end));
    is_well = is_well && stream.Read(answer);
    if (!is_well) break;
    if (!IsRight(answer, position, end)) {
      context.TryCancel();
      stream.Finish();
      return absl::InternalError("wrong answer: " + answer.ShortDebugString());
    }
    accepted += static_cast<uint64_t>(answer.accepted());
  }
  const grpc::Status status = stream.Finish();
  if (!status.ok() || !is_well) {
    return absl::InternalError(
        absl::StrCat("code ", status.error_code(), ": ", status.error_message()));
  }
  const absl::Status listed = AwaitList(channel, answer.consistency_token());
  if (!listed.ok()) return listed;
  return accepted;
}

int Main() {
  const auto channel = Dial(absl::GetFlag(FLAGS_address), absl::GetFlag(FLAGS_peer));
  if (!channel.ok()) {
    std::cerr << channel.status() << "\n";
    return 1;
  }
  const absl::Time start = absl::Now();
  const auto accepted = Import(*channel);
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  if (!accepted.ok()) {
    std::cerr << accepted.status() << "\n";
    return 1;
  }
  std::printf("{\"accepted\": %lu, \"seconds\": %.6f}\n", *accepted, seconds);
  return 0;
}

}  // namespace
}  // namespace partnerlink::bench

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  return partnerlink::bench::Main();
}
