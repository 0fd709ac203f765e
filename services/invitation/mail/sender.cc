#include "services/invitation/mail/sender.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/log/log.h"
#include "common/outbox/sweep.h"
#include "common/postgres/transact.h"
#include "common/status/status.h"
#include "common/validation/email_address.h"
#include "services/invitation/invitations/events.h"
#include "services/invitation/invitations/wording.h"
#include "services/invitation/link/link_base.h"
#include "services/invitation/link/token.h"
#include "services/invitation/mail/sending.h"
#include "services/invitation/message/mail.h"

namespace partnerlink::invitation::mail {
namespace {

constexpr absl::Duration kGrace = absl::Seconds(3);  // for the mail under way when Stop comes
constexpr absl::Duration kUpkeepPeriod = absl::Seconds(2);
constexpr int kCancelBatch = 200;

metrics::Gauge& Measured(const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(*metrics::Registry()).Add({});
}

// Shows the mail's new state on its invitation, which was `before`, and records it as an event.
absl::Status Show(postgres::Transaction& transaction, const invitations::Row& before,
                  const std::string& event, const std::string& cause) {
  const std::optional<invitations::Row> after =
      invitations::ShowDelivery(transaction, before.partner, before.id);
  if (!after) return absl::InternalError("a mail's invitation has gone");
  outbox::Changes changes(transaction, outbox::Worker("invitation", "send/mail"));
  changes.Record(invitations::ChangeOf(event, &before, &*after, cause));
  return absl::OkStatus();
}

// Whether all that the invitation rests on is active.
bool IsBacked(const invitations::Row& row, const parties::Partner& partner,
              const std::optional<parties::Provider>& provider) {
  if (row.invitation.provider().empty()) return partner.active;
  return partner.active && provider && provider->partner.active && provider->partnership_is_active;
}

// What the log says of a mail: neither its recipient nor its link.
void Log(log::Level level, const char* event, const Mail& mail, const std::string& detail) {
  const std::vector<log::Field> fields = {{"account", mail.partner},
                                          {"invitation", mail.invitation},
                                          {"generation", mail.generation},
                                          {"attempts", mail.attempts},
                                          {"detail", detail}};
  log::Write(level, event, fields);
}

}  // namespace

Sender::Sender(postgres::Pool& work_pool, const link::Keys& keys, Options options)
    : work_pool_(work_pool),
      keys_(keys),
      options_(std::move(options)),
      lease_(2 * options_.server.timeout + kLeaseReserve),
      sent_count_(Counted("partnerlink_mails_sent_total", "Mails that the mail server has taken.")),
      failed_count_(Counted("partnerlink_mails_failed_total", "Mails that were given up.")),
      failed_attempt_count_(
          Counted("partnerlink_mail_attempts_failed_total", "Attempts that have failed.")),
      queued_(Measured("partnerlink_mails_queued", "Mails that wait to be sent and are not held.")),
      oldest_queued_seconds_(Measured("partnerlink_mails_oldest_queued_seconds",
                                      "Age of the oldest mail that waits; 0 without one.")),
      held_(Measured("partnerlink_mails_held",
                     "Mails that wait for their partner or partnership to be active again.")) {}

void Sender::Stop() {
  absl::MutexLock lock(&mutex_);
  stop_time_ = std::min(stop_time_, absl::Now());
}

bool Sender::IsStopping() {
  absl::MutexLock lock(&mutex_);
  return stop_time_ != absl::InfiniteFuture();
}

bool Sender::GivesUp() {
  absl::MutexLock lock(&mutex_);
  return absl::Now() > stop_time_ + kGrace;
}

bool Sender::Pause(absl::Duration time) {
  absl::MutexLock lock(&mutex_);
  const auto stopping = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stop_time_ != absl::InfiniteFuture();
  };
  return !mutex_.AwaitWithTimeout(absl::Condition(&stopping), time);
}

absl::Status Sender::SendDue() {
  while (!IsStopping()) {
    if (absl::Now() >= next_upkeep_) {
      next_upkeep_ = absl::Now() + kUpkeepPeriod;
      PARTNERLINK_RETURN_IF_ERROR(CancelEnded());
      PARTNERLINK_RETURN_IF_ERROR(Measure());
    }
    PARTNERLINK_ASSIGN_OR_RETURN(const Taken taken, Take());
    if (!taken.is_any) break;
    if (taken.letter) Settle(*taken.letter, HandOver(*taken.letter));
  }
  return absl::OkStatus();
}

absl::Status Sender::CancelEnded() {
  return postgres::TransactStatus(
      work_pool_, WorkScope(), [](postgres::Transaction& transaction) -> absl::Status {
        for (const Mail& mail : mail::CancelEnded(transaction, kCancelBatch)) {
          const auto row = invitations::Find(transaction, mail.partner, mail.invitation,
                                             invitations::Lock::kForUpdate);
          if (!row) return absl::InternalError("a mail's invitation has gone");
          PARTNERLINK_RETURN_IF_ERROR(
              Show(transaction, *row, "invitation.mail_cancelled", "the invitation has ended"));
        }
        return absl::OkStatus();
      });
}

absl::StatusOr<Sender::Taken> Sender::Take() {
  return postgres::Transact<Taken>(
      work_pool_, WorkScope(), [this](postgres::Transaction& transaction) -> absl::StatusOr<Taken> {
        const std::optional<Mail> mail = FindDue(transaction);
        if (!mail) return Taken();
        const auto row = invitations::Find(transaction, mail->partner, mail->invitation,
                                           invitations::Lock::kForUpdate);
        if (!row) return absl::InternalError("a mail's invitation has gone");
        const auto partner = parties::FindPartner(transaction, row->partner);
        if (!partner) return absl::InternalError("a mail's partner has gone");
        const auto provider =
            parties::FindProvider(transaction, row->invitation.provider(), row->partner);
        switch (Judge(row->invitation, mail->generation,
                      IsSuppressed(transaction, mail->address_key),
                      IsBacked(*row, *partner, provider))) {
          case Verdict::kSend:
            return Taken{true, Letter{Lease(transaction, *mail, lease_), *row,
                                      invitations::DraftOf(*row, *partner, provider,
                                                           options_.names_sign_up)}};
          case Verdict::kCancel:
            Finish(transaction, *mail, "CANCELLED", "");
            PARTNERLINK_RETURN_IF_ERROR(
                Show(transaction, *row, "invitation.mail_cancelled", "the invitation has ended"));
            break;
          case Verdict::kSuppress:
            Finish(transaction, *mail, "SUPPRESSED", "");
            PARTNERLINK_RETURN_IF_ERROR(
                Show(transaction, *row, "invitation.mail_suppressed", "the address gets no mail"));
            break;
          case Verdict::kHold:
            // All of them at once: however many there are, the mails behind them go on.
            Hold(transaction, mail->partner, row->invitation.provider(), options_.retry.first);
            break;
        }
        return Taken{true, std::nullopt};
      });
}

absl::StatusOr<std::string> Sender::Write(const Letter& letter) const {
  const v1::Invitation& invitation = letter.row.invitation;
  PARTNERLINK_ASSIGN_OR_RETURN(
      const link::Token token,
      keys_.Derive(letter.row.key_id, letter.row.salt, letter.row.id, letter.mail.generation,
                   static_cast<uint8_t>(invitation.kind())));
  return message::RenderSent(
      {.locale = invitation.locale(),
       .subject = invitation.subject(),
       .body_text = invitation.body_text(),
       .link = link::LinkOf(options_.link_base, link::FormatToken(token)),
       .recipient = invitation.customer_hint().email_address(),
       .invitation_id = letter.row.id,
       .generation = letter.mail.generation,
       .draft = letter.draft},
      // The same for every attempt: who gets a mail twice gets equal bytes.
      {.sender = options_.from, .date = absl::FromUnixMicros(letter.mail.create_micros)});
}

Reply Sender::HandOver(const Letter& letter) {
  const absl::StatusOr<std::string> bytes = Write(letter);
  if (!bytes.ok()) {
    // What is wrong is in the log, as a fault of ours.
    Log(log::Level::kError, "mail_not_written", letter.mail, std::string(bytes.status().message()));
    return CannotBeWritten();
  }
  const std::string& address = letter.row.invitation.customer_hint().email_address();
  return Send(options_.server,
              {.sender = options_.from,
               .recipient = validation::NormaliseEmailAddress(address).value_or("")},
              *bytes, [this] { return GivesUp(); });
}

// What the server has taken must not be sent again: tried until it is written.
void Sender::Settle(const Letter& letter, const Reply& reply) {
  absl::Status status;
  do {
    status = Record(letter, reply);
    if (!status.ok()) {
      Log(log::Level::kWarning, "mail_not_recorded", letter.mail, std::string(status.message()));
    }
  } while (!status.ok() && Pause(kRecordPause));
}

absl::Status Sender::Record(const Letter& letter, const Reply& reply) {
  const Mail& mail = letter.mail;
  const Assessment assessed = Assess(reply, mail.attempts, options_.retry, GivesUp(),
                                     std::uniform_real_distribution(0.0, 1.0)(random_));
  const std::string event = reply.accepted     ? "invitation.mail_sent"
                            : assessed.is_over ? "invitation.mail_failed"
                                               : "invitation.mail_postponed";
  PARTNERLINK_RETURN_IF_ERROR(postgres::TransactStatus(
      work_pool_, WorkScope(), [&](postgres::Transaction& transaction) -> absl::Status {
        const bool changed =
            assessed.is_over
                ? Finish(transaction, mail, reply.accepted ? "SENT" : "FAILED", assessed.error)
                : Postpone(transaction, mail, assessed.delay, assessed.error, assessed.counts);
        if (!changed) return absl::OkStatus();
        if (IsNoSuchRecipient(reply)) Suppress(transaction, mail.address_key, assessed.error);
        const auto before = invitations::Find(transaction, mail.partner, mail.invitation,
                                              invitations::Lock::kForUpdate);
        if (!before) return absl::InternalError("a mail's invitation has gone");
        return Show(transaction, *before, event, assessed.error);
      }));
  if (reply.accepted) {
    sent_count_.Increment();
    Log(log::Level::kInfo, "mail_sent", mail, "");
  } else {
    failed_attempt_count_.Increment();
    if (assessed.is_over) failed_count_.Increment();
    Log(log::Level::kWarning, assessed.is_over ? "mail_failed" : "mail_postponed", mail,
        assessed.error);
  }
  return absl::OkStatus();
}

absl::Status Sender::Measure() {
  PARTNERLINK_ASSIGN_OR_RETURN(
      const Backlog backlog, postgres::Transact<Backlog>(
                                 work_pool_, WorkScope(),
                                 [](postgres::Transaction& transaction) -> absl::StatusOr<Backlog> {
                                   return MeasureBacklog(transaction);
                                 }));
  queued_.Set(static_cast<double>(backlog.mails));
  oldest_queued_seconds_.Set(backlog.oldest_seconds);
  held_.Set(static_cast<double>(backlog.held));
  return absl::OkStatus();
}

}  // namespace partnerlink::invitation::mail
