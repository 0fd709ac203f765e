// What a chunk of an import is, and what becomes of it and of its rows. Pure functions over
// messages, and the only place of this room that names a refusal.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/context/call_context.h"
#include "common/status/status.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"

namespace partnerlink::directory::imports {

inline constexpr int kMostRows = 1000;    // of a chunk
inline constexpr int kMostOrdered = 250;  // of what Relationship is asked at once

// What Relationship is asked for the customers of a chunk, as an event; and whether one is that.
inline constexpr char kOrdered[] = "created_customers.ordered";
bool AreOrdered(std::string_view event);

// Adds what breaks the documented shape of a chunk, but for its rows'.
void CheckChunk(const v1::ImportCustomersRequest& request, FieldViolations& violations);

// How far an import has come, as the chunk finds it.
struct Progress {
  int64_t committed_position = 0;
  // Of the chunk that was committed at the position that this one names, if one was.
  std::optional<std::string> request_hash;
};

// What is to be done with a chunk.
enum class Turn {
  kWrite,
  kAnswerAgain,  // as when it was committed
  kSayPosition   // that the import has come to
};

// IMPORT_POSITION, IMPORT_CHANGED.
absl::StatusOr<Turn> TurnOf(const v1::ImportCustomersRequest& request,
                            const std::string& request_hash, const Progress& progress);

// A customer that a row is to create.
struct Creation {
  int64_t position = 0;
  std::string name;       // `customers/{id}`
  bool is_named = false;  // by the row
  v1::Customer customer;  // its company in the form in which it is kept
  std::optional<v1::User> initial_admin = {};
  bool relationship_only = false;
};

// The rows that were not taken, by their positions.
using Rejected = std::map<int64_t, absl::Status>;

// Leaves those whose name no row before gives. CUSTOMER_EXISTS for the others.
std::vector<Creation> WithoutRepeatedNames(std::vector<Creation> creations, Rejected& rejected);

// Of rows without a name leaves those whose correlation id neither a row before has nor a customer
// of the partner's (`known`). CUSTOMER_EXISTS for the others. Of rows with a name only those are
// here that were inserted: what is not taken keeps nobody out.
std::vector<Creation> WithoutKnown(std::vector<Creation> creations,
                                   const std::vector<std::string>& known, Rejected& rejected);

// The correlation ids by which rows without a name are looked for.
std::vector<std::string> CorrelationIds(const std::vector<Creation>& creations);

// CUSTOMER_EXISTS: somebody's, also the partner's own, has the id of this row.
absl::Status NameTaken();

// The chunk's answer but for its token.
v1::ImportCustomersResponse AnswerOf(const v1::ImportCustomersRequest& request,
                                     const Rejected& rejected);

// What Relationship is asked for the created customers, at most kMostOrdered in each.
std::vector<relationship::v1::EstablishCreatedCustomersRequest> OrdersFor(
    const v1::ImportCustomersRequest& request, const relationship::v1::Partner& partner,
    const std::vector<Creation>& created, const Principal& creator, const std::string& root_event);

// `partners/{id}/imports/{import_id}`.
std::string NameOf(const v1::ImportCustomersRequest& request);

// FIELD_INVALID unless a peer's request is sound.
absl::Status CheckShape(const v1::ApplyCreatedCustomersRequest& request);

}  // namespace partnerlink::directory::imports
