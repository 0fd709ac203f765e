// A notice: a mail of fixed words that tells a customer of something. Its queue, in SQL, for the
// worker login. Every function runs inside the caller's transaction; decides nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/postgres/transact.h"
#include "partnerlink/invitation/v1/invitation_service.pb.h"

namespace partnerlink::invitation::notices {

// A row of the queue.
struct Notice {
  v1::QueueNoticeRequest request;  // as it was asked for, without `root_event`
  std::string address_key;         // the recipient, normalised
  std::string state;
  bool counts = false;        // is among the address's mails of a day
  int attempts = 0;           // the one under way included
  int64_t create_micros = 0;  // when it was queued
};

// The notice of that id.
std::optional<Notice> Find(postgres::Transaction& transaction, const std::string& id);

// Inserts it in its state, QUEUED due at once; false if it is there.
bool Insert(postgres::Transaction& transaction, const Notice& notice, const std::string& error);

// Whether one of the same kind, from the same partner to the same customer, waits at the same
// address.
bool IsOneWaiting(postgres::Transaction& transaction, const Notice& notice);

// One that is due and that nobody else looks at; held until the transaction ends.
std::optional<Notice> FindDue(postgres::Transaction& transaction);

// It counts among its address's mails from now on.
void CountIn(postgres::Transaction& transaction, const std::string& id);

// Counts an attempt, which begins now. The notice is not due again for as long as `lease`.
Notice Lease(postgres::Transaction& transaction, const std::string& id, absl::Duration lease);

// The end of a notice; false if it has come already.
bool Finish(postgres::Transaction& transaction, const std::string& id, const std::string& state,
            const std::string& error);

// It stays QUEUED and is due after `delay`; false if it has ended, or somebody else has taken it:
// it has another number of attempts by now. Without `counts` the attempt is taken back.
bool Postpone(postgres::Transaction& transaction, const Notice& notice, absl::Duration delay,
              const std::string& error, bool counts);

}  // namespace partnerlink::invitation::notices
