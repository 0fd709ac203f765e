// A partner creates customers many at a time. A chunk is one transaction: its customers, what
// Relationship is asked for them, and how far the import has come are committed together or not at
// all; what became of it is kept, and answered again to whoever repeats it.
#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/identifier/uuid.h"
#include "common/outbox/consistency_token.h"
#include "common/outbox/mutate.h"
#include "common/status/status.h"
#include "services/directory/customers/events.h"
#include "services/directory/customers/rules.h"
#include "services/directory/customers/store.h"
#include "services/directory/imports/handlers.h"
#include "services/directory/imports/rows.h"
#include "services/directory/imports/rules.h"
#include "services/directory/imports/store.h"

namespace partnerlink::directory::imports {
namespace {

using postgres::Transaction;
using relationship::v1::Partner;
using v1::ImportCustomersRequest;
using v1::ImportCustomersResponse;

constexpr char kRelationshipService[] = "relationship";

// A chunk whose rows were looked at by themselves.
struct Chunk {
  std::vector<Creation> creations;
  Rejected rejected;
};

Chunk Judge(const ImportCustomersRequest& request) {
  Chunk chunk;
  for (int i = 0; i < request.rows_size(); ++i) {
    const int64_t position = request.position() + i;
    if (absl::Status status = CheckRow(request.rows(i)); !status.ok()) {
      chunk.rejected[position] = std::move(status);
      continue;
    }
    chunk.creations.push_back(CreationOf(request.rows(i), position, "customers/" + NewUuid()));
  }
  return chunk;
}

// Those that the partner may create.
void LeaveAllowed(const Deps& deps, const std::optional<Partner>& partner, Chunk& chunk) {
  std::vector<Creation> allowed;
  for (Creation& creation : chunk.creations) {
    absl::Status status = customers::CheckCreator(
        partner, creation.name,
        partner && deps.regions.Same(partner->country(), creation.customer.country()));
    if (status.ok()) {
      allowed.push_back(std::move(creation));
    } else {
      chunk.rejected[creation.position] = std::move(status);
    }
  }
  chunk.creations = std::move(allowed);
}

// Inserts the customers whose rows give them a name, or the others; leaves those that nobody had.
void InsertThose(Transaction& transaction, const std::string& partner, bool are_named,
                 Chunk& chunk) {
  std::vector<Creation> those, left;
  for (Creation& creation : chunk.creations) {
    (creation.is_named == are_named ? those : left).push_back(std::move(creation));
  }
  const std::set<std::string> inserted = InsertCustomers(transaction, those, partner);
  for (Creation& creation : those) {
    if (inserted.contains(creation.name)) {
      left.push_back(std::move(creation));
    } else {
      chunk.rejected[creation.position] = NameTaken();
    }
  }
  std::sort(left.begin(), left.end(),
            [](const Creation& a, const Creation& b) { return a.position < b.position; });
  chunk.creations = std::move(left);
}

// Inserts the customers with all that is theirs, and leaves those that nobody had. First those with
// a name: only one that is taken speaks against a row without.
void Insert(Transaction& transaction, const std::string& partner, Chunk& chunk) {
  chunk.creations = WithoutRepeatedNames(std::move(chunk.creations), chunk.rejected);
  const std::vector<std::string> known =
      KnownCorrelationIds(transaction, partner, CorrelationIds(chunk.creations));
  InsertThose(transaction, partner, true, chunk);
  chunk.creations = WithoutKnown(std::move(chunk.creations), known, chunk.rejected);
  InsertThose(transaction, partner, false, chunk);
  if (chunk.creations.empty()) return;
  InsertDomains(transaction, chunk.creations);
  InsertFirstAdmins(transaction, chunk.creations);
  InsertOwn(transaction, chunk.creations, partner);
}

// Of the customer's account: see CreateCustomer.
outbox::Change CreationChange(const Creation& creation) {
  const v1::Customer company = customers::CompanyAlone(creation.customer);
  outbox::Change change = customers::ChangeOf(creation.name, "customer.created", company);
  change.after = outbox::ToJson(company);
  return change;
}

// Of the partner's account: the chunk as a whole. Which rows were not taken is the answer's to say.
outbox::Change ChunkChange(const ImportCustomersRequest& request, ImportCustomersResponse answer) {
  answer.clear_rejected();
  outbox::Change change;
  change.account = request.parent();
  change.resource = NameOf(request);
  change.event = "customers.imported";
  change.after = outbox::ToJson(answer);
  change.payload = answer.SerializeAsString();
  return change;
}

void Record(outbox::Changes& changes, const ImportCustomersRequest& request, const Partner& partner,
            const std::vector<Creation>& created, const Principal& creator,
            const ImportCustomersResponse& answer) {
  std::vector<outbox::Change> made = {ChunkChange(request, answer)};
  for (const Creation& creation : created) made.push_back(CreationChange(creation));
  for (const auto& order : OrdersFor(request, partner, created, creator, changes.Root())) {
    outbox::Change& change = made.emplace_back();
    change.account = request.parent();
    change.resource = order.source();
    change.event = kOrdered;
    change.target = kRelationshipService;
    change.payload = order.SerializeAsString();
  }
  changes.RecordAll(made);
}

absl::StatusOr<ImportCustomersResponse> Write(const CallContext& context, const Deps& deps,
                                              Transaction& transaction, outbox::Changes& changes,
                                              const ImportCustomersRequest& request,
                                              const std::string& hash, Chunk chunk) {
  const auto partner = customers::FindPartner(transaction, request.parent());
  PARTNERLINK_RETURN_IF_ERROR(customers::CheckActive(partner));
  LeaveAllowed(deps, partner, chunk);
  Insert(transaction, request.parent(), chunk);
  ImportCustomersResponse answer = AnswerOf(request, chunk.rejected);
  if (!chunk.creations.empty()) {
    answer.set_consistency_token(outbox::ToConsistencyToken(changes.Root()));
  }
  Record(changes, request, *partner, chunk.creations, context.principal, answer);
  KeepChunk(transaction, request, hash, answer);
  return answer;
}

absl::StatusOr<ImportCustomersResponse> AnswerAgain(Transaction& transaction,
                                                    const ImportCustomersRequest& request) {
  const auto kept = FindAnswer(transaction, request);
  ImportCustomersResponse answer;
  if (kept && answer.ParseFromString(*kept)) return answer;
  return absl::InternalError("a kept answer does not parse");
}

}  // namespace

bool IsQuestion(const ImportCustomersRequest& request) { return request.rows().empty(); }

absl::Status ValidateImportCustomers(const ImportCustomersRequest& request) {
  FieldViolations violations;
  CheckChunk(request, violations);
  return violations.ToStatus();
}

absl::StatusOr<ImportCustomersResponse> ImportCustomers(const CallContext& context,
                                                        const Deps& deps,
                                                        const ImportCustomersRequest& request) {
  const Chunk chunk = Judge(request);
  const std::string hash = outbox::HashOf(request);
  return outbox::Mutate<ImportCustomersResponse>(
      context, deps.pool, request, {},
      [&](Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<ImportCustomersResponse> {
        const Progress progress = FindProgress(transaction, request, !IsQuestion(request));
        PARTNERLINK_ASSIGN_OR_RETURN(const Turn turn, TurnOf(request, hash, progress));
        switch (turn) {
          case Turn::kAnswerAgain:
            return AnswerAgain(transaction, request);
          case Turn::kSayPosition: {
            ImportCustomersResponse answer;
            answer.set_committed_position(progress.committed_position);
            return answer;
          }
          case Turn::kWrite:
            break;
        }
        return Write(context, deps, transaction, changes, request, hash, chunk);
      });
}

}  // namespace partnerlink::directory::imports
