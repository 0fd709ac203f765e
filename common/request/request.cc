#include "common/request/request.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/validation/text.h"

namespace partnerlink::request {
namespace {

constexpr size_t kMostReasonCharacters = 300;

}  // namespace

void CheckRequestId(std::string_view request_id, FieldViolations& violations) {
  if (request_id.empty() || validation::IsUuid(absl::AsciiStrToLower(std::string(request_id))))
    return;
  violations.Add("request_id", "is not a UUID");
}

void CheckReason(std::string_view field, std::string_view reason, FieldViolations& violations) {
  const std::string problem = validation::TextProblem(reason, 0, kMostReasonCharacters, "\n");
  if (!problem.empty()) violations.Add(field, problem);
}

bool IsAccountName(std::string_view name, std::string_view collection) {
  return name.size() > collection.size() + 1 && name.substr(0, collection.size()) == collection &&
         name[collection.size()] == '/' &&
         validation::IsAccountId(name.substr(collection.size() + 1));
}

std::optional<ChildName> ParseChildName(std::string_view name, std::string_view account_collection,
                                        std::string_view collection) {
  const std::string middle = absl::StrCat("/", std::string(collection), "/");
  const size_t at = name.find(middle);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view account = name.substr(0, at);
  const std::string_view id = name.substr(at + middle.size());
  if (!IsAccountName(account, account_collection) || !validation::IsUuid(id)) return std::nullopt;
  return ChildName{std::string(account), std::string(id)};
}

std::optional<std::string> ParseRelationshipName(std::string_view name) {
  constexpr std::string_view kCollection = "relationships/";
  if (!name.starts_with(kCollection)) return std::nullopt;
  name.remove_prefix(kCollection.size());
  if (!validation::IsUuid(name)) return std::nullopt;
  return std::string(name);
}

}  // namespace partnerlink::request
