// What becomes of a mail: whether it may be queued, whether it still should go, what a server's
// reply means for it. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "partnerlink/invitation/v1/invitation.pb.h"

namespace partnerlink::invitation::mail {

// How many mails an address gets in 24 hours, whoever asks.
inline constexpr int kDailyMails = 3;

// MAIL_DISABLED where the deployment names no mail server.
absl::Status CheckSendsMail(bool sends_mail);

// RECIPIENT_MISSING for a hint without a mail address.
absl::Status CheckRecipient(const v1::Invitation& invitation);

// QUOTA_EXCEEDED of the address, which the refusal does not name, once it has its mails for today;
// `until_room` from now the oldest is a day old.
absl::Status CheckDailyMails(int64_t recent, absl::Duration until_room);

// What is to be done with a queued mail that is due.
enum class Verdict {
  kSend,
  kCancel,    // its invitation is not PENDING any more, or has another link
  kSuppress,  // its address gets no mail
  kHold,      // it could not be accepted now: it waits
};

// `invitation` as it is in effect now; the mail is of `generation`. `is_backed`: its partner, and
// of a combined one the provider and their partnership, are active.
Verdict Judge(const v1::Invitation& invitation, int32_t generation, bool is_suppressed,
              bool is_backed);

// How old a notice may become before it is handed over: later it tells of what may be no more.
inline constexpr absl::Duration kLongestNoticeWait = absl::Hours(72);

// What is to be done with a queued notice that is due.
enum class NoticeVerdict {
  kSend,
  kSuppress,  // its address gets no mail
  kHold,      // its partner is not active: it waits
  kWait,      // its address has had its mails for the day
  kGiveUp,    // it has waited for kLongestNoticeWait
};

// `counts`: it is among the `recent` mails of its address already.
NoticeVerdict JudgeNotice(absl::Duration age, bool is_suppressed, bool is_backed, bool counts,
                          int64_t recent);

// How far a conversation with a mail server came.
enum class Stage {
  kConnecting,  // until the server knows who we are: nothing was said of any mail
  kSender,
  kRecipient,
  kContent,
};

// How an attempt ended.
struct Reply {
  bool accepted = false;  // the server has answered 250 to the whole mail
  Stage stage = Stage::kConnecting;
  int code = 0;      // the server's refusal, 400 to 599; 0: it was something else
  std::string text;  // the server's words behind the code, or what else it was
};

// Whether repeating the attempt is of no use: a code of 500 or more about this mail. What a server
// refuses before that is its own trouble, or ours with it, and passes.
bool IsFinal(const Reply& reply);

// Whether the recipient is refused for good because there is no such mailbox: 550, 551 or 553 with
// an enhanced code (RFC 3463) of the addresses, that of a disabled mailbox, or none.
bool IsNoSuchRecipient(const Reply& reply);

// The reply for people, at most 300 characters of printable ASCII: no word that could hold an
// address or a part of the link.
std::string Explain(const Reply& reply);

// When a mail is tried again, and how often.
struct Retry {
  absl::Duration first = absl::Seconds(30);
  absl::Duration longest = absl::Hours(4);
  int most_attempts = 12;
};

// After that many failed attempts the next one comes so much later: twice as long each time, at
// most `longest`, and a quarter more or less; `random` is from 0 to 1.
absl::Duration Backoff(const Retry& retry, int attempts, double random);

// The reply to what cannot be written by the rules for mails: such a row stays so.
Reply CannotBeWritten();

// What an attempt has come to.
struct Assessment {
  bool is_over = false;  // the mail is: taken, or given up
  bool counts = true;    // not of one that the sender itself broke off, as it stops
  absl::Duration delay;  // until the next one, unless it is over
  std::string error;     // as Explain; empty where the mail was taken
};

// The attempt is the mail's `attempts`th; `broken_off` by the sender. `random` as for Backoff.
Assessment Assess(const Reply& reply, int attempts, const Retry& retry, bool broken_off,
                  double random);

}  // namespace partnerlink::invitation::mail
