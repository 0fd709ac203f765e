#include "services/relationship/grants/termination.h"

#include "services/relationship/grants/events.h"
#include "services/relationship/grants/rules.h"
#include "services/relationship/grants/store.h"

namespace partnerlink::relationship::grants {

void TerminateAllOf(postgres::Transaction& transaction, outbox::Changes& changes,
                    const std::string& partner, const std::string& customer,
                    const std::string& cause) {
  for (const Row& before : LockInForce(transaction, partner, customer)) {
    const std::optional<Row> after = Terminate(transaction, before, cause);
    if (!after) continue;  // its own time has come meanwhile
    Record(changes, EventOf(Action::kTerminate), &before, &*after, cause);
  }
}

}  // namespace partnerlink::relationship::grants
