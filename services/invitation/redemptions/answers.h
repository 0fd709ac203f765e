// What the lists of an invitation's answers share: for its partner, operators, and the provider
// that it names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "common/paging/newest_first.h"
#include "common/postgres/transact.h"
#include "services/invitation/deps.h"
#include "services/invitation/invitations/store.h"

namespace partnerlink::invitation::redemptions {

// FIELD_INVALID unless `parent` names an invitation and `page_size` is not negative.
absl::Status CheckAnswersRequest(std::string_view parent, int32_t page_size);

// The page of the answers to `parent` that is asked for.
absl::StatusOr<paging::NewestFirst> OpenAnswers(const CallContext& context, const Deps& deps,
                                                const std::string& parent,
                                                const std::string& page_token, int32_t page_size);

// The invitation of that name: RESOURCE_NOT_FOUND, or as invitations::CheckReader.
absl::StatusOr<invitations::Row> FindAnswered(postgres::Transaction& transaction,
                                              const Principal& caller, const std::string& parent);

}  // namespace partnerlink::invitation::redemptions
