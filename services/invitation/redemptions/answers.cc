#include "services/invitation/redemptions/answers.h"

#include <optional>

#include "common/request/request.h"
#include "common/status/status.h"
#include "services/invitation/invitations/rules.h"

namespace partnerlink::invitation::redemptions {
namespace {

constexpr std::string_view kPartners[] = {"partners"};

auto ParseParent(std::string_view parent) {
  return request::ParseChildName(parent, kPartners[0], "invitations");
}

}  // namespace

absl::Status CheckAnswersRequest(std::string_view parent, int32_t page_size) {
  FieldViolations violations;
  if (!ParseParent(parent)) violations.Add("parent", invitations::kNameProblem);
  if (page_size < 0) violations.Add("page_size", "must not be negative");
  return violations.ToStatus();
}

absl::StatusOr<paging::NewestFirst> OpenAnswers(const CallContext& context, const Deps& deps,
                                                const std::string& parent,
                                                const std::string& page_token, int32_t page_size) {
  return paging::NewestFirst::Open(
      deps.page_tokens, context, {ParseParent(parent)->account, "", page_token, page_size, parent},
      kPartners, {});
}

absl::StatusOr<invitations::Row> FindAnswered(postgres::Transaction& transaction,
                                              const Principal& caller, const std::string& parent) {
  const auto parts = ParseParent(parent);
  std::optional<invitations::Row> row =
      invitations::Find(transaction, parts->account, parts->id, invitations::Lock::kNone);
  if (!row) return NotFound();
  PARTNERLINK_RETURN_IF_ERROR(invitations::CheckReader(caller, row->partner, row->invitation));
  return *std::move(row);
}

}  // namespace partnerlink::invitation::redemptions
