// A peer asks that a customer is told of something. Once per notice, whatever the peer repeats; not
// to a suppressed address, and not where the deployment sends no mail.
#include "common/request/request.h"
#include "common/status/status.h"
#include "common/validation/email_address.h"
#include "common/validation/text.h"
#include "services/invitation/invitations/rules.h"
#include "services/invitation/mail/store.h"
#include "services/invitation/notices/events.h"
#include "services/invitation/notices/handlers.h"
#include "services/invitation/notices/store.h"

namespace partnerlink::invitation::notices {
namespace {

using v1::QueueNoticeRequest;
using v1::QueueNoticeResponse;

constexpr size_t kMostNameCharacters = 300;
constexpr size_t kMostDisplayNameCharacters = 200;
constexpr char kSendsNoMail[] = "This deployment sends no mail.";

// How a notice begins.
struct Beginning {
  QueueNoticeResponse::Outcome answer;
  const char* state;
  const char* event;
  const char* error = "";
};

Beginning BeginningOf(postgres::Transaction& transaction, const Deps& deps, const Notice& notice) {
  if (!deps.sends_mail) {
    return {QueueNoticeResponse::DISABLED, "FAILED", "notice.failed", kSendsNoMail};
  }
  if (mail::IsSuppressed(transaction, notice.address_key)) {
    return {QueueNoticeResponse::SUPPRESSED, "SUPPRESSED", "notice.suppressed"};
  }
  // One mail says as much as two.
  if (IsOneWaiting(transaction, notice)) {
    return {QueueNoticeResponse::QUEUED, "JOINED", "notice.joined"};
  }
  return {QueueNoticeResponse::QUEUED, "QUEUED", "notice.queued"};
}

// What the first call was told of the notice; it may have been sent, or given up, since.
QueueNoticeResponse::Outcome FirstAnswer(const Notice& notice) {
  if (notice.attempts == 0 && notice.state == "FAILED") return QueueNoticeResponse::DISABLED;
  if (notice.attempts == 0 && notice.state == "SUPPRESSED") return QueueNoticeResponse::SUPPRESSED;
  return QueueNoticeResponse::QUEUED;
}

outbox::Actor ActorOf(const CallContext& context, const QueueNoticeRequest& request) {
  outbox::Actor actor = outbox::ActorOf(context);
  actor.subject = context.peer;
  actor.on_behalf_of = request.partner();
  actor.root = request.root_event();
  return actor;
}

}  // namespace

absl::Status ValidateQueueNotice(const QueueNoticeRequest& request) {
  FieldViolations violations;
  const auto require_text = [&](const char* field, const std::string& text, size_t most) {
    const std::string problem = validation::TextProblem(text, 1, most);
    if (!problem.empty()) violations.Add(field, problem);
  };
  const auto require_account = [&](const char* field, const std::string& name,
                                   const char* collection) {
    if (!request::IsAccountName(name, collection)) violations.Add(field, "names no account");
  };
  if (!validation::IsUuid(request.notice_id())) violations.Add("notice_id", "is not a UUID");
  if (request.kind() == QueueNoticeRequest::KIND_UNSPECIFIED ||
      !QueueNoticeRequest::Kind_IsValid(request.kind())) {
    violations.Add("kind", "is not a kind of notice");
  }
  require_text("resource", request.resource(), kMostNameCharacters);
  require_account("partner", request.partner(), "partners");
  require_account("customer", request.customer(), "customers");
  if (!validation::NormaliseEmailAddress(request.recipient())) {
    violations.Add("recipient", "is not a mail address");
  }
  if (!request.locale().empty() && !validation::IsLanguageTag(request.locale())) {
    violations.Add("locale", "is not a BCP 47 language tag");
  }
  require_text("partner_display_name", request.partner_display_name(), kMostDisplayNameCharacters);
  require_text("customer_display_name", request.customer_display_name(),
               kMostDisplayNameCharacters);
  if (!validation::IsUuid(request.root_event())) violations.Add("root_event", "is not a UUID");
  return violations.ToStatus();
}

absl::StatusOr<QueueNoticeResponse> QueueNotice(const CallContext& context, const Deps& deps,
                                                const QueueNoticeRequest& request) {
  return postgres::Transact<QueueNoticeResponse>(
      deps.work_pool, postgres::Scope{"", context.deadline},
      [&](postgres::Transaction& transaction) -> absl::StatusOr<QueueNoticeResponse> {
        QueueNoticeResponse response;
        Notice notice;
        notice.request = request;
        notice.request.set_recipient(*validation::NormaliseEmailAddress(request.recipient()));
        notice.address_key = invitations::EmailKeyOf(request.recipient());
        const Beginning beginning = BeginningOf(transaction, deps, notice);
        notice.state = beginning.state;
        if (Insert(transaction, notice, beginning.error)) {
          outbox::Changes changes(transaction, ActorOf(context, request));
          changes.Record(ChangeOf(beginning.event, beginning.error, notice));
          response.set_outcome(beginning.answer);
          return response;
        }
        const std::optional<Notice> first = Find(transaction, request.notice_id());
        if (!first) return absl::InternalError("a notice that is there was not found");
        response.set_outcome(FirstAnswer(*first));
        return response;
      });
}

}  // namespace partnerlink::invitation::notices
