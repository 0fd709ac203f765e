// What every mutation leaves behind, in its own transaction: an audit row, an outbox row, and the
// answer that a repeated call gets.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "common/outbox/json.h"  // IWYU pragma: export
#include "common/postgres/transact.h"
#include "google/protobuf/message.h"

namespace partnerlink::outbox {

// One change of one row.
struct Change {
  std::string account;   // whose row: `partners/contoso`
  std::string resource;  // its name
  std::string event;     // such as `invitation.issued`
  std::string cause;     // why, where somebody said so
  std::string before;    // JSON of the row (ToJson), empty if it was not there
  std::string after;     // JSON of the row, empty if it is gone
  std::string payload;   // with a target the peer's request, otherwise the resource, serialised
  std::string target;    // the peer that must hear of it; empty: none
};

// Who makes the changes of a transaction.
struct Actor {
  std::string service;
  std::string method;
  std::string subject;
  std::string account;  // empty for a service's own work
  std::vector<std::string> roles;
  std::string on_behalf_of;
  std::string reason;  // an operator's
  std::string request_id;
  std::string root;  // the first event of the chain; empty: the first change starts one
};

// The actor of a call with a token.
Actor ActorOf(const CallContext& context);

// Collects the changes that a transaction makes. Thread rule: the transaction's thread.
class Changes {
 public:
  Changes(postgres::Transaction& transaction, Actor actor)
      : transaction_(transaction),
        actor_(std::move(actor)),
        root_event_owed_(actor_.root.empty()) {}

  // Writes the audit row and the outbox row of `change`, with whatever the transaction does next.
  void Record(const Change& change);
  // The same for many, by one statement.
  void RecordAll(const std::vector<Change>& changes);

  // The root event; empty as long as nothing was recorded.
  const std::string& root() const { return actor_.root; }
  const Actor& actor() const { return actor_; }
  // The first event of this chain, made on demand: for payloads that must name it.
  const std::string& Root();

 private:
  // The id of the next outbox row.
  std::string NextId();

  postgres::Transaction& transaction_;
  Actor actor_;
  bool root_event_owed_;  // the chain's first row is still to be written, with the root as its id
};

}  // namespace partnerlink::outbox
