// The SQL of mails. Every function runs inside the caller's transaction; decides nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/postgres/transact.h"

namespace partnerlink::invitation::mail {

// A mail of an invitation's link.
struct Mail {
  std::string partner;
  std::string invitation;  // its id
  std::string id;
  std::string address_key;  // the recipient, normalised
  int32_t generation = 0;
  int attempts = 0;           // the one under way included
  int64_t create_micros = 0;  // when it was queued
};

// How an address stands with all partners together.
struct Standing {
  bool is_suppressed = false;
  int64_t recent = 0;         // mails on their way, or tried in the last 24 hours
  absl::Duration until_room;  // from now until the oldest of these is a day old
};

// Holds the address until the transaction ends: what it answers stays true.
Standing FindStanding(postgres::Transaction& transaction, const std::string& address_key);

// Inserts the mail, SUPPRESSED if the address is, otherwise QUEUED and due at once.
void Insert(postgres::Transaction& transaction, const Mail& mail, bool is_suppressed);

// The rest is the sender's, by the worker login.

// A mail that is due, of any partner, and that nobody else looks at; held until the transaction
// ends.
std::optional<Mail> FindDue(postgres::Transaction& transaction);

// What is due of the partner's invitations with this provider is due again after `delay`; no
// attempt is counted.
void Hold(postgres::Transaction& transaction, const std::string& partner,
          const std::string& provider, absl::Duration delay);

// Counts an attempt, which begins now. The mail is not due again for as long as `lease`.
Mail Lease(postgres::Transaction& transaction, const Mail& mail, absl::Duration lease);

// Whether the address gets no mail.
bool IsSuppressed(postgres::Transaction& transaction, const std::string& address_key);

// From now on it gets none.
void Suppress(postgres::Transaction& transaction, const std::string& address_key,
              const std::string& reason);

// The end of a mail; false if it has come already. SENT is written over CANCELLED.
bool Finish(postgres::Transaction& transaction, const Mail& mail, const std::string& state,
            const std::string& error);

// It stays QUEUED and is due after `delay`; false if it has ended, or somebody else has taken it.
// Without `counts` the attempt is taken back.
bool Postpone(postgres::Transaction& transaction, const Mail& mail, absl::Duration delay,
              const std::string& error, bool counts);

// QUEUED → CANCELLED where the invitation is not PENDING any more or has another link, at most
// `limit`.
std::vector<Mail> CancelEnded(postgres::Transaction& transaction, int limit);

// What is QUEUED.
struct Backlog {
  int64_t mails = 0;  // that nobody holds
  double oldest_seconds = 0;
  int64_t held = 0;
};

Backlog MeasureBacklog(postgres::Transaction& transaction);

}  // namespace partnerlink::invitation::mail
