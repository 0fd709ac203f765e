#include "services/invitation/mail/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "services/invitation/mail/smtp.h"

namespace partnerlink::invitation::mail {
namespace {

using testing::HasSubstr;
using testing::Not;
using v1::Invitation;

Reply Refused(Stage stage, int code, const std::string& text = "No") {
  return {.accepted = false, .stage = stage, .code = code, .text = text};
}

TEST(CheckTest, ASendingDeploymentARecipientAndRoomAreNeeded) {
  EXPECT_TRUE(CheckSendsMail(true).ok());
  EXPECT_EQ(ReasonOf(CheckSendsMail(false)), common::v1::MAIL_DISABLED);
  Invitation invitation;
  EXPECT_EQ(ReasonOf(CheckRecipient(invitation)), common::v1::RECIPIENT_MISSING);
  EXPECT_EQ(CheckRecipient(invitation).code(), absl::StatusCode::kInvalidArgument);
  invitation.mutable_customer_hint()->set_email_address("ann@contoso.example");
  EXPECT_TRUE(CheckRecipient(invitation).ok());
}

TEST(CheckTest, AnAddressGetsThreeMailsADay) {
  for (int recent = 0; recent < 3; ++recent) {
    EXPECT_TRUE(CheckDailyMails(recent, absl::ZeroDuration()).ok());
  }
  for (int recent = 3; recent < 6; ++recent) {
    const absl::Status refused = CheckDailyMails(recent, absl::Hours(7));
    EXPECT_EQ(ReasonOf(refused), common::v1::QUOTA_EXCEEDED);
    EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_THAT(ToRpcStatus(refused).SerializeAsString(), HasSubstr("google.rpc.QuotaFailure"));
  }
}

TEST(JudgeTest, OnlyTheMailOfAPendingInvitationsPresentLinkGoes) {
  for (int state = 0; state <= Invitation::State_MAX; ++state) {
    if (!Invitation::State_IsValid(state)) continue;
    Invitation invitation;
    invitation.set_state(static_cast<Invitation::State>(state));
    invitation.set_generation(2);
    const bool pending = state == Invitation::PENDING;
    for (const bool is_backed : {true, false}) {
      EXPECT_EQ(Judge(invitation, 2, false, is_backed), !pending    ? Verdict::kCancel
                                                        : is_backed ? Verdict::kSend
                                                                    : Verdict::kHold)
          << state;
      EXPECT_EQ(Judge(invitation, 2, true, is_backed),
                pending ? Verdict::kSuppress : Verdict::kCancel)
          << state;
      EXPECT_EQ(Judge(invitation, 1, false, is_backed), Verdict::kCancel) << state;
    }
  }
}

TEST(IsFinalTest, OnlyAFinalCodeAboutTheMailItselfEndsIt) {
  for (const Stage stage : {Stage::kSender, Stage::kRecipient, Stage::kContent}) {
    EXPECT_TRUE(IsFinal(Refused(stage, 550)));
    EXPECT_TRUE(IsFinal(Refused(stage, 599)));
    EXPECT_FALSE(IsFinal(Refused(stage, 451)));
    EXPECT_FALSE(IsFinal(Refused(stage, 0))) << "the connection broke";
  }
  EXPECT_FALSE(IsFinal(Refused(Stage::kConnecting, 535))) << "a wrong password passes";
  Reply accepted = Refused(Stage::kContent, 550);
  accepted.accepted = true;
  EXPECT_FALSE(IsFinal(accepted));
}

TEST(IsNoSuchRecipientTest, APolicyAgainstUsIsNotAMissingMailbox) {
  for (const char* text : {"5.1.1 No such user", "5.1.10 Null MX", "5.2.1 Disabled", "No such user",
                           "", "5 is not a code"}) {
    for (const int code : {550, 551, 553}) {
      EXPECT_TRUE(IsNoSuchRecipient(Refused(Stage::kRecipient, code, text))) << text;
    }
  }
  for (const char* text : {"5.7.1 Blocked", "5.2.2 Mailbox full", "5.4.4 No route"}) {
    EXPECT_FALSE(IsNoSuchRecipient(Refused(Stage::kRecipient, 550, text))) << text;
  }
  EXPECT_FALSE(IsNoSuchRecipient(Refused(Stage::kRecipient, 554, "5.1.1 No")));
  EXPECT_FALSE(IsNoSuchRecipient(Refused(Stage::kRecipient, 450, "5.1.1 No")));
  EXPECT_FALSE(IsNoSuchRecipient(Refused(Stage::kContent, 550, "5.1.1 No")));
  EXPECT_FALSE(IsNoSuchRecipient(Refused(Stage::kSender, 550, "5.1.1 No")));
}

TEST(ExplainTest, SaysWhoRefusedWhatAndWhy) {
  EXPECT_EQ(Explain(Refused(Stage::kRecipient, 550, "5.1.1 No such user")),
            "The mail server refuses the recipient: 550 5.1.1 No such user");
  EXPECT_EQ(Explain(Refused(Stage::kConnecting, 0, "Could not connect")),
            "No session with the mail server: Could not connect");
}

TEST(ExplainTest, HoldsNoAddressNoLinkAndNoControlCharacter) {
  const std::string token(72, 'x');
  const std::string text =
      absl::StrCat("5.1.1 <ann@contoso.example> ann@contoso.example is \x01\x1b[31m red\r\nBcc: x ",
                   "https://partners.example/invite#", token, " ", token, " \xC4\x85 ok");
  const std::string said = Explain(Refused(Stage::kContent, 554, text));
  for (const char* part : {"@", "contoso", "xxxx", "#", "\x1b", "\r", "\n", "\xC4"}) {
    EXPECT_THAT(said, Not(HasSubstr(part)));
  }
  EXPECT_THAT(said, HasSubstr("554 5.1.1 *** *** is"));
  EXPECT_THAT(said, testing::EndsWith(" ok"));
}

TEST(ExplainTest, IsNeverLongerThanTheColumn) {
  std::string text;
  for (int i = 0; i < 500; ++i) absl::StrAppend(&text, "word ");
  const std::string said = Explain(Refused(Stage::kContent, 451, text));
  EXPECT_LE(said.size(), 300u);
  EXPECT_GT(said.size(), 280u);
}

TEST(BackoffTest, DoublesUpToTheLongestAndVaries) {
  const Retry retry{.first = absl::Seconds(30), .longest = absl::Hours(4), .most_attempts = 12};
  EXPECT_EQ(Backoff(retry, 1, 0.5), absl::Seconds(30));
  EXPECT_EQ(Backoff(retry, 2, 0.5), absl::Minutes(1));
  EXPECT_EQ(Backoff(retry, 9, 0.5), absl::Minutes(128));
  for (const int attempts : {10, 11, 100, 1'000'000}) {
    EXPECT_EQ(Backoff(retry, attempts, 0.5), absl::Hours(4));
  }
  EXPECT_EQ(Backoff(retry, 1, 0), absl::Seconds(22.5));
  EXPECT_EQ(Backoff(retry, 1, 1), absl::Seconds(37.5));
}

TEST(CheckServerTest, RefusesSettingsThatCannotBeMeant) {
  const SmtpServer good{.url = "smtp://mail.example:587",
                        .ca_file = "",
                        .user = "",
                        .password = "",
                        .timeout = absl::Seconds(1)};
  EXPECT_TRUE(CheckServer(good).ok()) << CheckServer(good);
  void (*const faults[])(SmtpServer&) = {
      [](SmtpServer& s) { s.url = "mail.example"; },
      [](SmtpServer& s) { s.url = "http://mail.example"; },
      [](SmtpServer& s) { s.url = "smtp://"; },
      [](SmtpServer& s) { s.url = "smtp://mail.example/x"; },
      [](SmtpServer& s) { s.url = "smtp://user:secret@mail.example"; },
      [](SmtpServer& s) { s.url = "smtps://mail.example", s.tls_required = false; },
      [](SmtpServer& s) { s.user = "partnerlink"; },
      [](SmtpServer& s) { s.password = "secret"; },
      [](SmtpServer& s) { s.user = "a", s.password = "secret", s.tls_required = false; },
      [](SmtpServer& s) { s.timeout = absl::Milliseconds(900); }};
  for (const auto& fault : faults) {
    SmtpServer server = good;
    fault(server);
    const absl::Status refused = CheckServer(server);
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(refused.message()), Not(HasSubstr("secret")));
  }
}

TEST(AssessTest, AMailIsOverOnceItIsTakenOrOfNoUse) {
  const Retry retry{.first = absl::Seconds(10), .longest = absl::Hours(1), .most_attempts = 3};
  Reply taken;
  taken.accepted = true;
  const Reply busy{.accepted = false, .stage = Stage::kContent, .code = 451, .text = "later"};
  const Reply refused{.accepted = false, .stage = Stage::kContent, .code = 554, .text = "no"};
  EXPECT_TRUE(Assess(taken, 1, retry, true, 0.5).is_over);
  EXPECT_EQ(Assess(taken, 1, retry, false, 0.5).error, "");
  EXPECT_TRUE(Assess(refused, 1, retry, false, 0.5).is_over);
  EXPECT_TRUE(Assess(busy, 3, retry, false, 0.5).is_over);
  const Assessment again = Assess(busy, 2, retry, false, 0.5);
  EXPECT_FALSE(again.is_over);
  EXPECT_TRUE(again.counts);
  EXPECT_EQ(again.delay, absl::Seconds(20));
  EXPECT_THAT(again.error, HasSubstr("451"));
  const Assessment broken_off = Assess(busy, 3, retry, true, 0.5);
  EXPECT_FALSE(broken_off.is_over);
  EXPECT_FALSE(broken_off.counts);
  EXPECT_EQ(broken_off.delay, absl::ZeroDuration());
  EXPECT_TRUE(Assess(CannotBeWritten(), 1, retry, false, 0.5).is_over);
}

TEST(JudgeNoticeTest, SuppressedThenTooOldThenHeldThenOverTheDay) {
  const absl::Duration old = kLongestNoticeWait + absl::Seconds(1);
  EXPECT_EQ(JudgeNotice(old, true, false, false, 9), NoticeVerdict::kSuppress);
  EXPECT_EQ(JudgeNotice(old, false, false, false, 9), NoticeVerdict::kGiveUp);
  EXPECT_EQ(JudgeNotice(absl::Hours(1), false, false, false, 9), NoticeVerdict::kHold);
  EXPECT_EQ(JudgeNotice(absl::Hours(1), false, true, false, 3), NoticeVerdict::kWait);
  EXPECT_EQ(JudgeNotice(absl::Hours(1), false, true, false, 2), NoticeVerdict::kSend);
  EXPECT_EQ(JudgeNotice(kLongestNoticeWait, false, true, true, 3), NoticeVerdict::kSend)
      << "it is among the three";
}

}  // namespace
}  // namespace partnerlink::invitation::mail
