#include "services/invitation/mail/notice_sender.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/log/log.h"
#include "common/outbox/sweep.h"
#include "common/postgres/transact.h"
#include "common/status/status.h"
#include "services/invitation/mail/store.h"
#include "services/invitation/message/notice.h"
#include "services/invitation/notices/events.h"

namespace partnerlink::invitation::mail {
namespace {

constexpr absl::Duration kLeaseReserve = absl::Seconds(2);
constexpr absl::Duration kShortestHold = absl::Minutes(1);

metrics::Counter& Counted(const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(*metrics::Registry()).Add({});
}

postgres::Scope WorkScope() { return {"", absl::Now() + absl::Seconds(5)}; }

void RecordChange(postgres::Transaction& transaction, const std::string& event,
                  const std::string& cause, const notices::Notice& notice) {
  outbox::Changes changes(transaction, outbox::Worker("invitation", "send/notice"));
  changes.Record(notices::ChangeOf(event, cause, notice));
}

// What the log says of a notice: not its recipient.
void Log(log::Level level, const char* event, const notices::Notice& notice,
         const std::string& detail) {
  const std::vector<log::Field> fields = {{"account", notice.request.partner()},
                                          {"notice", notice.request.notice_id()},
                                          {"attempts", notice.attempts},
                                          {"detail", detail}};
  log::Write(level, event, fields);
}

message::NoticeContent ContentOf(const v1::QueueNoticeRequest& request) {
  return {.kind = request.kind() == v1::QueueNoticeRequest::RELATIONSHIP_REMOVED
                      ? message::NoticeKind::kRelationshipRemoved
                      : message::NoticeKind::kGrantApprovalRequested,
          .notice_id = request.notice_id(),
          .locale = request.locale(),
          .partner_display_name = request.partner_display_name(),
          .customer_display_name = request.customer_display_name(),
          .recipient = request.recipient()};
}

}  // namespace

NoticeSender::NoticeSender(postgres::Pool& work_pool, Options options,
                           std::function<bool()> is_stopping)
    : work_pool_(work_pool),
      options_(std::move(options)),
      is_stopping_(std::move(is_stopping)),
      lease_(2 * options_.server.timeout + kLeaseReserve),
      sent_count_(
          Counted("partnerlink_notices_sent_total", "Notices that the mail server has taken.")),
      failed_count_(Counted("partnerlink_notices_failed_total", "Notices that were given up.")) {}

absl::Status NoticeSender::SendDue() {
  while (!is_stopping_()) {
    PARTNERLINK_ASSIGN_OR_RETURN(const Taken taken, Take());
    if (!taken.is_any) break;
    if (!taken.notice) continue;
    const Reply reply = HandOver(*taken.notice);
    // What the server has taken is not to be sent again: tried until it is written, as long as the
    // lease may hold others off.
    absl::Status recorded;
    const absl::Time until = absl::Now() + lease_;
    do {
      recorded = Record(*taken.notice, reply);
    } while (!recorded.ok() && absl::Now() < until && !is_stopping_());
    PARTNERLINK_RETURN_IF_ERROR(recorded);
  }
  return absl::OkStatus();
}

absl::StatusOr<NoticeSender::Taken> NoticeSender::Take() {
  return postgres::Transact<Taken>(
      work_pool_, WorkScope(), [this](postgres::Transaction& transaction) -> absl::StatusOr<Taken> {
        const std::optional<notices::Notice> notice = notices::FindDue(transaction);
        if (!notice) return Taken();
        const std::string& id = notice->request.notice_id();
        const Standing standing = FindStanding(transaction, notice->address_key);
        if (standing.is_suppressed) {
          notices::Finish(transaction, id, "SUPPRESSED", "");
          RecordChange(transaction, "notice.suppressed", "the address gets no mail", *notice);
          return Taken{true, std::nullopt};
        }
        if (!notice->counts) {
          if (standing.recent >= kDailyMails) {
            notices::Postpone(transaction, *notice, std::max(standing.until_room, kShortestHold),
                              "", true);
            return Taken{true, std::nullopt};
          }
          notices::CountIn(transaction, id);
        }
        return Taken{true, notices::Lease(transaction, id, lease_)};
      });
}

Reply NoticeSender::HandOver(const notices::Notice& notice) {
  const absl::StatusOr<std::string> bytes = message::RenderNotice(
      ContentOf(notice.request),
      // The same for every attempt: who gets a mail twice gets equal bytes.
      {.sender = options_.from, .date = absl::FromUnixMicros(notice.create_micros)});
  if (!bytes.ok()) {
    // Such a row stays so: what is wrong is in the log, as a fault of ours.
    Log(log::Level::kError, "notice_not_written", notice, std::string(bytes.status().message()));
    return {.accepted = false,
            .stage = Stage::kContent,
            .code = 554,
            .text = "It cannot be written by the rules for mails."};
  }
  return Send(options_.server, {.sender = options_.from, .recipient = notice.request.recipient()},
              *bytes, [this] { return is_stopping_(); });
}

absl::Status NoticeSender::Record(const notices::Notice& notice, const Reply& reply) {
  const std::string error = reply.accepted ? "" : Explain(reply);
  const bool was_given_up = !reply.accepted && is_stopping_();
  const bool is_over = reply.accepted || IsFinal(reply) ||
                       (!was_given_up && notice.attempts >= options_.retry.most_attempts);
  const absl::Duration delay = was_given_up
                                   ? absl::ZeroDuration()
                                   : Backoff(options_.retry, notice.attempts,
                                             std::uniform_real_distribution(0.0, 1.0)(random_));
  const std::string& id = notice.request.notice_id();
  PARTNERLINK_RETURN_IF_ERROR(postgres::TransactStatus(
      work_pool_, WorkScope(), [&](postgres::Transaction& transaction) -> absl::Status {
        const bool changed =
            is_over ? notices::Finish(transaction, id, reply.accepted ? "SENT" : "FAILED", error)
                    : notices::Postpone(transaction, notice, delay, error, !was_given_up);
        if (!changed) return absl::OkStatus();
        if (IsNoSuchRecipient(reply)) Suppress(transaction, notice.address_key, error);
        RecordChange(transaction,
                     reply.accepted ? "notice.sent"
                     : is_over      ? "notice.failed"
                                    : "notice.postponed",
                     error, notice);
        return absl::OkStatus();
      }));
  if (is_over) (reply.accepted ? sent_count_ : failed_count_).Increment();
  Log(reply.accepted ? log::Level::kInfo : log::Level::kWarning,
      reply.accepted ? "notice_sent"
      : is_over      ? "notice_failed"
                     : "notice_postponed",
      notice, error);
  return absl::OkStatus();
}

}  // namespace partnerlink::invitation::mail
