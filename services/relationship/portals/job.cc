#include "services/relationship/portals/job.h"

#include <map>
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

// A turn of the partner's: at most kTurn records behind `after`, which moves along; what fails is
// passed over. Whether some are left; otherwise the job is over, unless a record still waits.
bool CarryOut(postgres::Pool& work_pool, const Deps& deps, const v1::Partner& partner,
              std::string& after, absl::Status& failed) {
  for (int taken = 0; taken < kTurn; ++taken) {
    const std::string before = after;
    const absl::StatusOr<bool> more = CarryOutNext(work_pool, deps, partner, after);
    if (ReasonOf(more.status()) == common::v1::PARTNER_SUSPENDED) return false;
    failed.Update(more.status());
    const bool is_stuck = !more.ok() && after == before;  // not even a record could be read
    if (is_stuck) return false;
    if (more.ok() && !*more) {
      failed.Update(
          postgres::TransactStatus(work_pool, Scope(), [&](postgres::Transaction& transaction) {
            EndJob(transaction, partner);
            return absl::OkStatus();
          }));
      return false;
    }
  }
  return true;
}

}  // namespace

absl::Status CarryOutJobs(postgres::Pool& work_pool, const Deps& deps) {
  absl::Status failed;
  std::map<std::string, std::string> after;  // by partner: how far this run has come
  bool is_more = true;
  while (is_more) {
    PARTNERLINK_ASSIGN_OR_RETURN(
        const std::vector<v1::Partner> partners,
        postgres::Transact<std::vector<v1::Partner>>(
            work_pool, Scope(),
            [](postgres::Transaction& transaction) -> absl::StatusOr<std::vector<v1::Partner>> {
              return PartnersWithJobs(transaction);
            }));
    is_more = false;
    for (const v1::Partner& partner : partners) {
      is_more |= CarryOut(work_pool, deps, partner, after[partner.name()], failed);
    }
  }
  return failed;
}

}  // namespace partnerlink::relationship::portals
