#include "common/outbox/sweep.h"

#include "absl/time/clock.h"
#include "common/status/status.h"

namespace partnerlink::outbox {

Actor Worker(const std::string& service, const std::string& method,
             const std::string& on_behalf_of) {
  Actor actor;
  actor.service = service;
  actor.method = method;
  actor.subject = service;
  actor.on_behalf_of = on_behalf_of;
  return actor;
}

absl::Status Sweep(postgres::Pool& work_pool, int limit, const Batch& batch) {
  while (true) {
    PARTNERLINK_ASSIGN_OR_RETURN(
        const size_t done,
        postgres::Transact<size_t>(work_pool, {"", absl::Now() + absl::Seconds(10)}, batch));
    if (done < static_cast<size_t>(limit)) return absl::OkStatus();
  }
}

}  // namespace partnerlink::outbox
