#include "services/directory/customers/events.h"

namespace partnerlink::directory::customers {

outbox::Change ChangeOf(const std::string& account, const std::string& event,
                        const v1::Customer& customer) {
  outbox::Change change;
  change.account = account;
  change.resource = customer.name();
  change.event = event;
  change.payload = customer.SerializeAsString();
  return change;
}

}  // namespace partnerlink::directory::customers
