#include "services/directory/imports/rules.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/access/grant_terms.h"
#include "common/request/request.h"
#include "common/validation/text.h"
#include "google/rpc/error_details.pb.h"

namespace partnerlink::directory::imports {
namespace {

using relationship::v1::EstablishCreatedCustomersRequest;
using relationship::v1::Partner;
using relationship::v1::Relationship;
using v1::ApplyCreatedCustomersRequest;
using v1::ImportCustomersRequest;
using v1::ImportCustomersResponse;

constexpr size_t kMostIdCharacters = 64;
// Far beyond what anybody imports, and far from where the positions of its rows would overflow.
constexpr int64_t kMostPosition = 1'000'000'000'000;

bool IsIdCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

bool IsImportId(std::string_view id) {
  return !id.empty() && id.size() <= kMostIdCharacters &&
         std::all_of(id.begin(), id.end(), IsIdCharacter);
}

// A chunk's answer is kept and is one message: of each row no more is said than fits, whatever is
// wrong with it, and a thousand of them stay below what a client takes.
constexpr size_t kMostRowBytes = 2048;

// Leaves of the violations, from the first on, as many as fit.
void Shorten(google::rpc::Status& status) {
  for (auto& detail : *status.mutable_details()) {
    google::rpc::BadRequest violations;
    if (!detail.UnpackTo(&violations)) continue;
    while (violations.field_violations_size() > 1 && status.ByteSizeLong() > kMostRowBytes) {
      violations.mutable_field_violations()->RemoveLast();
      detail.PackFrom(violations);
    }
  }
}

}  // namespace

bool AreOrdered(std::string_view event) { return event == kOrdered; }

void CheckChunk(const ImportCustomersRequest& request, FieldViolations& violations) {
  if (!request::IsAccountName(request.parent(), "partners")) {
    violations.Add("parent", "is not of the form partners/{id}");
  }
  if (!IsImportId(request.import_id())) {
    violations.Add("import_id", "is not 1 to 64 of [A-Za-z0-9._-]");
  }
  if (request.position() < 0 || request.position() > kMostPosition) {
    violations.Add("position", absl::StrCat("must be 0 to ", kMostPosition));
  }
  if (request.rows_size() > kMostRows) {
    violations.Add("rows", absl::StrCat("must be at most ", kMostRows));
  }
}

absl::StatusOr<Turn> TurnOf(const ImportCustomersRequest& request, const std::string& request_hash,
                            const Progress& progress) {
  const bool is_question = request.rows().empty();
  if (progress.request_hash) {
    if (is_question || *progress.request_hash == request_hash) return Turn::kAnswerAgain;
    return Refusal(common::v1::IMPORT_CHANGED, "Other rows were committed at this position.");
  }
  if (is_question) return Turn::kSayPosition;
  if (request.position() == progress.committed_position) return Turn::kWrite;
  return Refusal(common::v1::IMPORT_POSITION, "The import goes on at another position.",
                 {{"committed_position", absl::StrCat(progress.committed_position)}});
}

std::vector<Creation> WithoutRepeatedNames(std::vector<Creation> creations, Rejected& rejected) {
  std::set<std::string> names;
  std::vector<Creation> left;
  for (Creation& creation : creations) {
    if (names.insert(creation.name).second) {
      left.push_back(std::move(creation));
    } else {
      rejected[creation.position] = NameTaken();
    }
  }
  return left;
}

std::vector<Creation> WithoutKnown(std::vector<Creation> creations,
                                   const std::vector<std::string>& known, Rejected& rejected) {
  std::set<std::string> ids(known.begin(), known.end());
  std::vector<Creation> left;
  for (Creation& creation : creations) {
    const std::string& id = creation.customer.correlation_id();
    if (!id.empty() && !ids.insert(id).second && !creation.is_named) {
      rejected[creation.position] = Refusal(common::v1::CUSTOMER_EXISTS,
                                            "The partner has a customer with this correlation_id.");
    } else {
      left.push_back(std::move(creation));
    }
  }
  return left;
}

std::vector<std::string> CorrelationIds(const std::vector<Creation>& creations) {
  std::vector<std::string> ids;
  for (const Creation& creation : creations) {
    const std::string& id = creation.customer.correlation_id();
    if (!creation.is_named && !id.empty()) ids.push_back(id);
  }
  return ids;
}

absl::Status NameTaken() {
  return Refusal(common::v1::CUSTOMER_EXISTS, "There is a customer with this id.");
}

ImportCustomersResponse AnswerOf(const ImportCustomersRequest& request, const Rejected& rejected) {
  ImportCustomersResponse answer;
  answer.set_committed_position(request.position() + request.rows_size());
  answer.set_accepted(request.rows_size() - static_cast<int32_t>(rejected.size()));
  for (const auto& [position, status] : rejected) {
    auto& row = *answer.add_rejected();
    row.set_row(position);
    *row.mutable_status() = ToRpcStatus(status);
    Shorten(*row.mutable_status());
  }
  return answer;
}

std::vector<EstablishCreatedCustomersRequest> OrdersFor(const ImportCustomersRequest& request,
                                                        const Partner& partner,
                                                        const std::vector<Creation>& created,
                                                        const Principal& creator,
                                                        const std::string& root_event) {
  const auto& types = partner.types();
  const bool resells = std::find(types.begin(), types.end(), Partner::RESELLER) != types.end();
  std::vector<EstablishCreatedCustomersRequest> orders;
  for (const Creation& creation : created) {
    if (orders.empty() || orders.back().customers_size() == kMostOrdered) {
      EstablishCreatedCustomersRequest& order = orders.emplace_back();
      order.set_source(
          absl::StrCat(NameOf(request), "/chunks/", request.position(), ".", orders.size()));
      order.set_partner(partner.name());
      order.set_type(resells ? Relationship::RESELLER : Relationship::PROVIDER);
      if (resells) *order.mutable_grant_roles() = access::DefaultGrantRoles();
      order.set_actor(creator.subject);
      order.set_root_event(root_event);
    }
    auto& customer = *orders.back().add_customers();
    customer.set_customer(creation.name);
    customer.set_country(creation.customer.country());
    customer.set_channel(creation.customer.channel());
    customer.set_relationship_only(creation.relationship_only);
  }
  return orders;
}

std::string NameOf(const ImportCustomersRequest& request) {
  return absl::StrCat(request.parent(), "/imports/", request.import_id());
}

absl::Status CheckShape(const ApplyCreatedCustomersRequest& request) {
  FieldViolations violations;
  if (!request::IsAccountName(request.partner(), "partners")) {
    violations.Add("partner", "is not of the form partners/{id}");
  }
  if (request.type() != Relationship::RESELLER && request.type() != Relationship::PROVIDER) {
    violations.Add("type", "is not a known type");
  }
  if (request.edges().empty() || request.edges_size() > kMostOrdered) {
    violations.Add("edges", absl::StrCat("must be 1 to ", kMostOrdered));
  }
  std::set<std::string> seen;
  for (int i = 0; i < request.edges_size(); ++i) {
    const auto& edge = request.edges(i);
    const auto require = [&](bool right, const char* field, const char* problem) {
      if (!right) violations.Add(absl::StrCat("edges[", i, "].", field), problem);
    };
    require(request::IsAccountName(edge.customer(), "customers"), "customer",
            "is not of the form customers/{id}");
    require(seen.insert(edge.customer()).second, "customer", "is there twice");
    require(request::ParseRelationshipName(edge.relationship()).has_value(), "relationship",
            "is not of the form relationships/{uuid}");
    require(edge.state() != Relationship::STATE_UNSPECIFIED &&
                Relationship::State_IsValid(edge.state()),
            "state", "is not a known state");
    require(edge.revision() > 0, "revision", "must be positive");
    require(common::v1::Channel_IsValid(edge.channel()), "channel", "is not a known channel");
  }
  return violations.ToStatus();
}

}  // namespace partnerlink::directory::imports
