#include "services/invitation/mail/notice_sender.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/log/log.h"
#include "common/outbox/sweep.h"
#include "common/postgres/transact.h"
#include "common/status/status.h"
#include "services/invitation/mail/sending.h"
#include "services/invitation/mail/store.h"
#include "services/invitation/message/notice.h"
#include "services/invitation/notices/events.h"
#include "services/invitation/parties/store.h"

namespace partnerlink::invitation::mail {
namespace {

constexpr absl::Duration kShortestHold = absl::Minutes(1);
constexpr char kTooOld[] = "it could not be handed over for three days";

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

std::optional<message::NoticeKind> KindOf(const v1::QueueNoticeRequest& request) {
  switch (request.kind()) {
    case v1::QueueNoticeRequest::RELATIONSHIP_REMOVED:
      return message::NoticeKind::kRelationshipRemoved;
    case v1::QueueNoticeRequest::GRANT_APPROVAL_REQUESTED:
      return message::NoticeKind::kGrantApprovalRequested;
    default:
      return std::nullopt;
  }
}

absl::StatusOr<std::string> Write(const v1::QueueNoticeRequest& request,
                                  const message::Sending& sending) {
  const std::optional<message::NoticeKind> kind = KindOf(request);
  if (!kind) return absl::InternalError("a notice of no kind");
  return message::RenderNotice({.kind = *kind,
                                .notice_id = request.notice_id(),
                                .locale = request.locale(),
                                .partner_display_name = request.partner_display_name(),
                                .customer_display_name = request.customer_display_name(),
                                .recipient = request.recipient()},
                               sending);
}

}  // namespace

NoticeSender::NoticeSender(postgres::Pool& work_pool, Options options)
    : work_pool_(work_pool),
      options_(std::move(options)),
      lease_(2 * options_.server.timeout + kLeaseReserve),
      sent_count_(
          Counted("partnerlink_notices_sent_total", "Notices that the mail server has taken.")),
      failed_count_(Counted("partnerlink_notices_failed_total", "Notices that were given up.")) {}

void NoticeSender::Stop() { is_stopping_ = true; }

bool NoticeSender::IsStopping() const { return is_stopping_; }

absl::Status NoticeSender::SendDue() {
  while (!IsStopping()) {
    PARTNERLINK_ASSIGN_OR_RETURN(const Taken taken, Take());
    if (!taken.is_any) break;
    if (!taken.notice) continue;
    const Reply reply = HandOver(*taken.notice);
    // What the server has taken is not to be sent again: tried until it is written, as long as the
    // lease may hold others off.
    absl::Status recorded = Record(*taken.notice, reply);
    const absl::Time until = absl::Now() + lease_;
    while (!recorded.ok() && absl::Now() < until && !IsStopping()) {
      absl::SleepFor(kRecordPause);
      recorded = Record(*taken.notice, reply);
    }
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
        const auto partner = parties::FindPartner(transaction, notice->request.partner());
        if (!partner) return absl::InternalError("a notice's partner has gone");
        const Standing standing = FindStanding(transaction, notice->address_key);
        switch (JudgeNotice(absl::Now() - absl::FromUnixMicros(notice->create_micros),
                            standing.is_suppressed, partner->active, notice->counts,
                            standing.recent)) {
          case NoticeVerdict::kSend:
            if (!notice->counts) notices::CountIn(transaction, id);
            return Taken{true, notices::Lease(transaction, id, lease_)};
          case NoticeVerdict::kSuppress:
            notices::Finish(transaction, id, "SUPPRESSED", "");
            RecordChange(transaction, "notice.suppressed", "the address gets no mail", *notice);
            break;
          case NoticeVerdict::kHold:
            notices::Postpone(transaction, *notice, options_.retry.first, "", true);
            break;
          case NoticeVerdict::kWait:
            notices::Postpone(transaction, *notice, std::max(standing.until_room, kShortestHold),
                              "", true);
            break;
          case NoticeVerdict::kGiveUp:
            notices::Finish(transaction, id, "FAILED", kTooOld);
            RecordChange(transaction, "notice.failed", kTooOld, *notice);
            break;
        }
        return Taken{true, std::nullopt};
      });
}

Reply NoticeSender::HandOver(const notices::Notice& notice) {
  const absl::StatusOr<std::string> bytes =
      Write(notice.request,
            // The same for every attempt: who gets a mail twice gets equal bytes.
            {.sender = options_.from, .date = absl::FromUnixMicros(notice.create_micros)});
  if (!bytes.ok()) {
    // What is wrong is in the log, as a fault of ours.
    Log(log::Level::kError, "notice_not_written", notice, std::string(bytes.status().message()));
    return CannotBeWritten();
  }
  return Send(options_.server, {.sender = options_.from, .recipient = notice.request.recipient()},
              *bytes, [this] { return IsStopping(); });
}

absl::Status NoticeSender::Record(const notices::Notice& notice, const Reply& reply) {
  const Assessment assessed = Assess(reply, notice.attempts, options_.retry, IsStopping(),
                                     std::uniform_real_distribution(0.0, 1.0)(random_));
  const std::string& id = notice.request.notice_id();
  PARTNERLINK_RETURN_IF_ERROR(postgres::TransactStatus(
      work_pool_, WorkScope(), [&](postgres::Transaction& transaction) -> absl::Status {
        const bool changed =
            assessed.is_over ? notices::Finish(transaction, id, reply.accepted ? "SENT" : "FAILED",
                                               assessed.error)
                             : notices::Postpone(transaction, notice, assessed.delay,
                                                 assessed.error, assessed.counts);
        if (!changed) return absl::OkStatus();
        if (IsNoSuchRecipient(reply)) Suppress(transaction, notice.address_key, assessed.error);
        RecordChange(transaction,
                     reply.accepted     ? "notice.sent"
                     : assessed.is_over ? "notice.failed"
                                        : "notice.postponed",
                     assessed.error, notice);
        return absl::OkStatus();
      }));
  if (assessed.is_over) (reply.accepted ? sent_count_ : failed_count_).Increment();
  Log(reply.accepted ? log::Level::kInfo : log::Level::kWarning,
      reply.accepted     ? "notice_sent"
      : assessed.is_over ? "notice_failed"
                         : "notice_postponed",
      notice, assessed.error);
  return absl::OkStatus();
}

}  // namespace partnerlink::invitation::mail
