#include "services/relationship/portals/job.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/identifier/uuid.h"
#include "common/outbox/sweep.h"
#include "common/status/status.h"
#include "services/relationship/portals/rules.h"
#include "services/relationship/portals/store.h"
#include "services/relationship/relationships/establishing.h"

namespace partnerlink::relationship::portals {
namespace {

// Of one partner's records before the next partner's: a job of many keeps no other one waiting.
constexpr int kTurn = 50;

postgres::Scope Scope() { return {"", absl::Now() + absl::Seconds(10)}; }

outbox::Actor ActorFor(const v1::Partner& partner, const std::string& root) {
  outbox::Actor actor = outbox::Worker("relationship", "job/portal_records", partner.name());
  actor.root = root;
  return actor;
}

// What becomes of a record that is in hand; none while its partner is suspended.
absl::StatusOr<std::optional<v1::PortalRecord>> Establish(postgres::Transaction& transaction,
                                                          const Deps& deps,
                                                          const v1::Partner& partner,
                                                          const v1::PortalRecord& record) {
  if (const auto reason = WhyNot(partner)) return Refused(record, *reason);
  v1::EstablishRelationshipsRequest request = ToEstablish(record, partner);
  request.set_root_event(NewUuid());
  PARTNERLINK_ASSIGN_OR_RETURN(
      const relationships::Establishment made,
      relationships::Establish(transaction, ActorFor(partner, request.root_event()), deps,
                               request));
  return After(record, made.response.edges(0));
}

// The next record behind `after`, carried out; moves `after` behind it. Whether there was one.
absl::StatusOr<bool> CarryOutNext(postgres::Pool& work_pool, const Deps& deps,
                                  const v1::Partner& partner, std::string& after) {
  return postgres::Transact<bool>(
      work_pool, Scope(), [&](postgres::Transaction& transaction) -> absl::StatusOr<bool> {
        const std::optional<Row> row = TakeWaiting(transaction, partner.partner_number(), after);
        if (!row) return false;
        after = row->id;
        PARTNERLINK_ASSIGN_OR_RETURN(const std::optional<v1::PortalRecord> done,
                                     Establish(transaction, deps, partner, row->record));
        // What the refusal of a suspended partner has left behind goes with the transaction.
        if (!done) return Refusal(common::v1::PARTNER_SUSPENDED, "The partner is suspended.");
        SetState(transaction, *row, *done);
        return true;
      });
}

// A turn of the partner's: at most kTurn records. Whether some are left; otherwise its job is over.
absl::StatusOr<bool> CarryOut(postgres::Pool& work_pool, const Deps& deps,
                              const v1::Partner& partner) {
  absl::Status failed;
  std::string after;
  for (int taken = 0; taken < kTurn; ++taken) {
    const std::string before = after;
    const absl::StatusOr<bool> more = CarryOutNext(work_pool, deps, partner, after);
    if (ReasonOf(more.status()) == common::v1::PARTNER_SUSPENDED) return false;
    if (!more.ok()) failed.Update(more.status());
    const bool is_stuck = !more.ok() && after == before;  // not even a record could be read
    if (is_stuck) return failed;
    if (more.ok() && !*more) {
      PARTNERLINK_RETURN_IF_ERROR(failed);
      PARTNERLINK_RETURN_IF_ERROR(
          postgres::TransactStatus(work_pool, Scope(), [&](postgres::Transaction& transaction) {
            EndJob(transaction, partner);
            return absl::OkStatus();
          }));
      return false;
    }
  }
  PARTNERLINK_RETURN_IF_ERROR(failed);
  return true;
}

// A turn of every partner's with a job. Whether some records are left.
absl::StatusOr<bool> CarryOutTurns(postgres::Pool& work_pool, const Deps& deps) {
  PARTNERLINK_ASSIGN_OR_RETURN(
      const std::vector<v1::Partner> partners,
      postgres::Transact<std::vector<v1::Partner>>(
          work_pool, Scope(),
          [](postgres::Transaction& transaction) -> absl::StatusOr<std::vector<v1::Partner>> {
            return PartnersWithJobs(transaction);
          }));
  absl::Status failed;
  bool is_more = false;
  for (const v1::Partner& partner : partners) {
    const absl::StatusOr<bool> left = CarryOut(work_pool, deps, partner);
    failed.Update(left.status());
    is_more |= left.value_or(false);
  }
  PARTNERLINK_RETURN_IF_ERROR(failed);
  return is_more;
}

}  // namespace

absl::Status CarryOutJobs(postgres::Pool& work_pool, const Deps& deps) {
  while (true) {
    PARTNERLINK_ASSIGN_OR_RETURN(const bool is_more, CarryOutTurns(work_pool, deps));
    if (!is_more) return absl::OkStatus();
  }
}

}  // namespace partnerlink::relationship::portals
