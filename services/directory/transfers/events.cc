#include "services/directory/transfers/events.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace partnerlink::directory::transfers {

void Record(outbox::Changes& changes, const Row* before, const Row& after) {
  const v1::Transfer& transfer = after.transfer;
  outbox::Change change;
  change.account = transfer.partner();
  change.resource = transfer.name();
  change.event =
      absl::StrCat("transfer.", absl::AsciiStrToLower(v1::Transfer::State_Name(transfer.state())));
  change.cause = before == nullptr ? transfer.reason() : transfer.state_cause();
  if (before != nullptr) change.before = outbox::ToJson(before->transfer);
  change.after = outbox::ToJson(transfer);
  change.payload = transfer.SerializeAsString();
  changes.Record(change);
  change.account = transfer.releasing_partner();
  changes.Record(change);
}

}  // namespace partnerlink::directory::transfers
