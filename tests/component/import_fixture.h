// Imports of customers, chunk by chunk, by Directory's handler without a server.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "services/directory/imports/handlers.h"
#include "tests/component/relationship_fixture.h"

namespace partnerlink::support {

inline constexpr char kImport[] = "file-1";

class ImportTest : public RelationshipTest {
 protected:
  using Request = directory::v1::ImportCustomersRequest;
  using Response = directory::v1::ImportCustomersResponse;

  // A sound row; `name` is the customer's id, or empty.
  static Request::Row Row(const std::string& id, const std::string& display_name = "Northwind") {
    Request::Row row;
    if (!id.empty()) row.mutable_customer()->set_name("customers/" + id);
    row.mutable_customer()->set_display_name(display_name);
    row.mutable_customer()->set_country("PL");
    return row;
  }

  static Request Chunk(const std::vector<Request::Row>& rows, int64_t position = 0,
                       const std::string& import_id = kImport,
                       const std::string& partner = kContoso) {
    Request request;
    request.set_parent(partner);
    request.set_import_id(import_id);
    request.set_position(position);
    request.mutable_rows()->Add(rows.begin(), rows.end());
    return request;
  }

  // `count` rows whose ids are `word-0`, `word-1` …
  static std::vector<Request::Row> Rows(int count, const std::string& word = "customer") {
    std::vector<Request::Row> rows;
    for (int i = 0; i < count; ++i) {
      rows.push_back(Row(absl::StrCat(word, "-", i), absl::StrCat("Customer ", i)));
    }
    return rows;
  }

  // The shape's check included.
  absl::StatusOr<Response> Import(const Request& request, const Principal& caller = Anna()) {
    PARTNERLINK_RETURN_IF_ERROR(directory::imports::ValidateImportCustomers(request));
    const TestCall call = DirectoryCall("ImportCustomers", caller);
    return directory::imports::ImportCustomers(call.context, directory_deps_, request);
  }

  // Why each row was not taken, by its position.
  static std::vector<std::pair<int64_t, ErrorReason>> Reasons(const Response& answer) {
    std::vector<std::pair<int64_t, ErrorReason>> reasons;
    for (const auto& rejected : answer.rejected()) {
      reasons.emplace_back(
          rejected.row(),
          ReasonOf(FromRpcStatus(rejected.status())).value_or(common::v1::INTERNAL));
    }
    return reasons;
  }

  // What the services owe each other until nothing is owed any more.
  void Settle() {
    TellRelationship();
    TellDirectory();
  }

  int Customers() { return database_.Count("SELECT count(*) FROM directory.customers"); }
};

}  // namespace partnerlink::support
