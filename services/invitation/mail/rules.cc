#include "services/invitation/mail/rules.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/status.h"

namespace partnerlink::invitation::mail {
namespace {

constexpr size_t kMostErrorCharacters = 300;
// A token has 72 characters: no part of it that is of use.
constexpr size_t kMostWordCharacters = 24;

const char* NameOf(Stage stage) {
  switch (stage) {
    case Stage::kConnecting:
      return "No session with the mail server";
    case Stage::kSender:
      return "The mail server refuses the sender";
    case Stage::kRecipient:
      return "The mail server refuses the recipient";
    case Stage::kContent:
      return "The mail server does not take the mail";
  }
  return "";
}

bool IsHarmless(std::string_view word) {
  return word.size() <= kMostWordCharacters &&
         word.find_first_of("@#<>\\") == std::string_view::npos &&
         std::all_of(word.begin(), word.end(), [](char c) { return c > ' ' && c <= '~'; });
}

// `5.1.1` in `5.1.1 No such user`; empty without one.
std::string_view EnhancedCode(std::string_view text) {
  const std::string_view word = text.substr(0, text.find(' '));
  const bool is_one =
      word.size() >= 5 && word[1] == '.' && std::all_of(word.begin(), word.end(), [](char c) {
        return absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '.';
      });
  return is_one ? word : "";
}

}  // namespace

absl::Status CheckSendsMail(bool sends_mail) {
  if (sends_mail) return absl::OkStatus();
  return Refusal(common::v1::MAIL_DISABLED,
                 "This deployment sends no mail: render the invitation and send it yourself.");
}

absl::Status CheckRecipient(const v1::Invitation& invitation) {
  FieldViolations violations;
  if (invitation.customer_hint().email_address().empty()) {
    violations.Add("invitation.customer_hint.email_address", "is needed for a mail to be sent");
  }
  return violations.ToStatus(common::v1::RECIPIENT_MISSING);
}

absl::Status CheckDailyMails(int64_t recent, absl::Duration until_room) {
  if (recent < kDailyMails) return absl::OkStatus();
  return QuotaExceeded("customer_hint.email_address",
                       absl::StrCat("An address gets at most ", kDailyMails, " mails in 24 hours."),
                       std::max(until_room, absl::Seconds(1)));
}

Verdict Judge(const v1::Invitation& invitation, int32_t generation, bool is_suppressed,
              bool is_backed) {
  if (invitation.state() != v1::Invitation::PENDING || invitation.generation() != generation) {
    return Verdict::kCancel;
  }
  if (is_suppressed) return Verdict::kSuppress;
  return is_backed ? Verdict::kSend : Verdict::kHold;
}

NoticeVerdict JudgeNotice(absl::Duration age, bool is_suppressed, bool is_backed, bool counts,
                          int64_t recent) {
  if (is_suppressed) return NoticeVerdict::kSuppress;
  if (age > kLongestNoticeWait) return NoticeVerdict::kGiveUp;
  if (!is_backed) return NoticeVerdict::kHold;
  return counts || recent < kDailyMails ? NoticeVerdict::kSend : NoticeVerdict::kWait;
}

bool IsFinal(const Reply& reply) {
  return !reply.accepted && reply.stage != Stage::kConnecting && reply.code >= 500;
}

bool IsNoSuchRecipient(const Reply& reply) {
  if (!IsFinal(reply) || reply.stage != Stage::kRecipient) return false;
  if (reply.code != 550 && reply.code != 551 && reply.code != 553) return false;
  const std::string_view enhanced = EnhancedCode(reply.text);
  return enhanced.empty() || enhanced.starts_with("5.1.") || enhanced == "5.2.1";
}

std::string Explain(const Reply& reply) {
  std::string text = NameOf(reply.stage);
  absl::StrAppend(&text, ":");
  if (reply.code != 0) absl::StrAppend(&text, " ", reply.code);
  const std::vector<std::string> words =
      absl::StrSplit(reply.text, absl::ByAnyChar(" \t\r\n"), absl::SkipEmpty());
  for (const std::string& word : words) {
    const std::string shown = IsHarmless(word) ? word : "***";
    if (text.size() + 1 + shown.size() > kMostErrorCharacters) break;
    absl::StrAppend(&text, " ", shown);
  }
  return text;
}

absl::Duration Backoff(const Retry& retry, int attempts, double random) {
  const double doubled = std::exp2(std::clamp(attempts - 1, 0, 30));
  return std::min(retry.first * doubled, retry.longest) * (0.75 + random / 2);
}

Reply CannotBeWritten() {
  return {.accepted = false,
          .stage = Stage::kContent,
          .code = 554,
          .text = "It cannot be written by the rules for mails."};
}

Assessment Assess(const Reply& reply, int attempts, const Retry& retry, bool broken_off,
                  double random) {
  if (reply.accepted) return {.is_over = true, .delay = absl::ZeroDuration(), .error = ""};
  const bool is_over = IsFinal(reply) || (!broken_off && attempts >= retry.most_attempts);
  return {.is_over = is_over,
          .counts = !broken_off,
          .delay = broken_off ? absl::ZeroDuration() : Backoff(retry, attempts, random),
          .error = Explain(reply)};
}

}  // namespace partnerlink::invitation::mail
