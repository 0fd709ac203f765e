// From SendInvitation to the mail server: what is queued, what is handed over, and what comes of a
// server that does not take it. The server is a real one, of the test's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/mail/sender.h"
#include "tests/component/mail_server.h"
#include "tests/support/combined_fixture.h"
#include "tests/support/race.h"

namespace partnerlink::invitation::sending_mail_test {
namespace {

using mail::Sender;
using support::Anna;
using support::CallOf;
using support::IdOf;
using support::kContoso;
using support::kFabrikam;
using support::MailServer;
using support::TestCall;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using Delivery = v1::Invitation::Delivery;

constexpr char kAnn[] = "ann@northwind.example";

class SendingMailTest : public support::CombinedTest {
 protected:
  SendingMailTest() : sender_(std::make_unique<Sender>(work_pool_, *keys_, Options())) {}

  Sender::Options Options() const {
    return {.server = {.url = server_.url(),
                       .tls_required = false,
                       .ca_file = "",
                       .user = "",
                       .password = "",
                       .timeout = absl::Seconds(2)},
            .from = "invitations@partners.example",
            .link_base = deps_.link_base,
            .names_sign_up = !deps_.sign_up_url.empty(),
            .retry = {.first = absl::Hours(1), .longest = absl::Hours(1), .most_attempts = 3}};
  }

  static v1::Invitation To(const std::string& address) {
    v1::Invitation wish;
    wish.mutable_customer_hint()->set_email_address(address);
    return wish;
  }

  absl::StatusOr<v1::Invitation> Send(const std::string& name, const std::string& request_id = "",
                                      const std::string& etag = "") {
    v1::SendInvitationRequest request;
    request.set_name(name);
    request.set_request_id(request_id);
    request.set_etag(etag);
    const TestCall call = CallOf(
        "SendInvitation", support::PrincipalOf(name.substr(0, name.find("/inv")), {"admin_agent"}));
    return invitations::SendInvitation(call.context, deps_, request);
  }

  v1::Invitation Get(const std::string& name) {
    v1::GetInvitationRequest request;
    request.set_name(name);
    const TestCall call = CallOf("GetInvitation", Anna());
    return invitations::GetInvitation(call.context, deps_, request).value_or(v1::Invitation());
  }

  // A pending invitation with its mail in the queue.
  v1::Invitation Queued(const std::string& address = kAnn) {
    const v1::Invitation issued = Issued(To(address));
    const auto queued = Send(issued.name());
    EXPECT_TRUE(queued.ok()) << queued.status();
    return queued.value_or(v1::Invitation());
  }

  // What is queued is due at once.
  void MakeDue() { database_.Run("UPDATE invitation.mails SET next_time = clock_timestamp()"); }

  void SendDue() {
    const absl::Status status = sender_->SendDue();
    EXPECT_TRUE(status.ok()) << status;
  }

  int RaceToOneAddress();

  // Of the invitations' mails, in the order in which they came.
  std::vector<std::string> Events() {
    std::vector<std::string> events;
    for (const pqxx::row& row :
         database_.Run("SELECT event FROM common.outbox"
                       " WHERE event LIKE '%.mail\\_%' ORDER BY create_time")) {
      events.push_back(row[0].as<std::string>());
    }
    return events;
  }

  int Mails(const std::string& state) {
    return database_.Count("SELECT count(*) FROM invitation.mails WHERE state = '" + state + "'");
  }

  MailServer server_;
  std::unique_ptr<Sender> sender_;
};

TEST_F(SendingMailTest, AQueuedMailIsHandedOverOnce) {
  const v1::Invitation queued = Queued();
  EXPECT_EQ(queued.delivery().state(), Delivery::QUEUED);
  EXPECT_EQ(queued.delivery().attempts(), 0);
  SendDue();
  SendDue();
  const auto messages = server_.messages();
  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_EQ(messages[0].sender, "invitations@partners.example");
  EXPECT_EQ(messages[0].recipient, kAnn);
  EXPECT_THAT(messages[0].bytes, HasSubstr(absl::StrCat("Message-ID: <", IdOf(queued.name()),
                                                        ".1@partners.example>\r\n")));
  const v1::Invitation sent = Get(queued.name());
  EXPECT_EQ(sent.delivery().state(), Delivery::SENT);
  EXPECT_EQ(sent.delivery().attempts(), 1);
  EXPECT_TRUE(sent.delivery().has_last_time());
  EXPECT_EQ(sent.delivery().error(), "");
  EXPECT_NE(sent.etag(), queued.etag());
  EXPECT_THAT(Events(), ElementsAre("invitation.mail_queued", "invitation.mail_sent"));
}

TEST_F(SendingMailTest, TheBytesBehindTheHeadersAreThoseOfRenderInvitation) {
  const v1::Invitation queued = Queued();
  SendDue();
  v1::RenderInvitationRequest request;
  request.set_name(queued.name());
  const TestCall call = CallOf("RenderInvitation", Anna());
  const auto rendered = invitations::RenderInvitation(call.context, deps_, request);
  ASSERT_TRUE(rendered.ok()) << rendered.status();
  ASSERT_THAT(server_.messages(), SizeIs(1));
  const auto body = [](const std::string& bytes) { return bytes.substr(bytes.find("\r\n\r\n")); };
  EXPECT_EQ(body(server_.messages()[0].bytes), body(rendered->eml()));
}

TEST_F(SendingMailTest, CreatingWithSendIssuesAndQueuesInOneStep) {
  v1::CreateInvitationRequest request;
  request.set_parent(kContoso);
  request.set_send(true);
  *request.mutable_invitation() = To(kAnn);
  request.set_validate_only(true);
  auto created = Create(request);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->delivery().state(), Delivery::QUEUED);
  EXPECT_EQ(Mails("QUEUED"), 0) << "validate_only changes nothing";
  request.set_validate_only(false);
  created = Create(request);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->state(), v1::Invitation::PENDING);
  EXPECT_EQ(created->delivery().state(), Delivery::QUEUED);
  SendDue();
  EXPECT_THAT(server_.messages(), SizeIs(1));
}

TEST_F(SendingMailTest, IssuingWithSendQueues) {
  const v1::Invitation draft = Draft(To(kAnn));
  v1::IssueInvitationRequest request;
  request.set_name(draft.name());
  request.set_send(true);
  const TestCall call = CallOf("IssueInvitation", Anna());
  const auto issued = invitations::IssueInvitation(call.context, deps_, request);
  ASSERT_TRUE(issued.ok()) << issued.status();
  EXPECT_EQ(issued->delivery().state(), Delivery::QUEUED);
  EXPECT_EQ(Mails("QUEUED"), 1);
}

TEST_F(SendingMailTest, AMailOnItsWayIsNotQueuedTwice) {
  const v1::Invitation queued = Queued();
  const int audited = AuditRows();
  const auto again = Send(queued.name());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), queued.SerializeAsString());
  EXPECT_EQ(Mails("QUEUED"), 1);
  EXPECT_EQ(AuditRows(), audited);
}

TEST_F(SendingMailTest, RacingCallsQueueOneMail) {
  const v1::Invitation issued = Issued(To(kAnn));
  support::Race(8, [&](int) {
    const auto sent = Send(issued.name());
    EXPECT_TRUE(sent.ok()) << sent.status();
    EXPECT_EQ(sent->delivery().state(), Delivery::QUEUED);
  });
  EXPECT_EQ(database_.Count("SELECT count(*) FROM invitation.mails"), 1);
  EXPECT_THAT(Events(), ElementsAre("invitation.mail_queued"));
}

TEST_F(SendingMailTest, OnlyAPendingInvitationWithARecipientIsSent) {
  const v1::Invitation draft = Draft(To(kAnn));
  EXPECT_EQ(ReasonOf(Send(draft.name()).status()), common::v1::STATE_TRANSITION);
  const v1::Invitation nobody = Issued();
  const absl::Status refused = Send(nobody.name()).status();
  EXPECT_EQ(ReasonOf(refused), common::v1::RECIPIENT_MISSING) << refused;
  v1::CreateInvitationRequest request;
  request.set_parent(kContoso);
  request.mutable_invitation()->set_note("hello");
  request.set_send(true);
  EXPECT_EQ(ReasonOf(invitations::ValidateCreateInvitation(request)),
            common::v1::RECIPIENT_MISSING);
  const v1::Invitation pending = Issued(To(kAnn));
  EXPECT_EQ(ReasonOf(Send(pending.name(), "", "stale").status()), common::v1::ETAG_MISMATCH);
  ExpireIn(pending.name(), -1);
  EXPECT_EQ(ReasonOf(Send(pending.name()).status()), common::v1::STATE_TRANSITION);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM invitation.mails"), 0);
}

TEST_F(SendingMailTest, ASuspendedPartnerSendsNothing) {
  const v1::Invitation pending = Issued(To(kAnn));
  database_.Run("UPDATE relationship.partners SET state = 'SUSPENDED'");
  EXPECT_EQ(ReasonOf(Send(pending.name()).status()), common::v1::PARTNER_SUSPENDED);
  EXPECT_EQ(Mails("QUEUED"), 0);
}

// Each of what an invitation for both rests on, and how it is paused and goes on.
TEST_F(SendingMailTest, WhatNobodyCouldAcceptNowWaitsAndGoesOnceThen) {
  MakeProvider("AUTO");
  v1::Invitation wish = To("both@northwind.example");
  wish.set_kind(v1::Invitation::CUSTOMER_WITH_PROVIDER);
  wish.set_provider(support::kTailwind);
  const std::string pausing[] = {
      "UPDATE relationship.partners SET state = '$' WHERE name = 'partners/contoso'",
      "UPDATE relationship.partners SET state = '$' WHERE name = 'partners/tailwind'",
      "UPDATE relationship.partnerships SET state = '$'"};
  size_t taken = 0;
  for (const std::string& pause : pausing) {
    const v1::Invitation combined = Issued(wish);
    ASSERT_TRUE(Send(combined.name()).ok());
    database_.Run(absl::StrReplaceAll(pause, {{"$", "SUSPENDED"}}));
    SendDue();
    MakeDue();
    SendDue();
    EXPECT_THAT(server_.messages(), SizeIs(taken)) << pause;
    EXPECT_EQ(database_.Count("SELECT attempts FROM invitation.mails WHERE is_held"), 0);
    EXPECT_EQ(database_.Count("SELECT count(*) FROM invitation.mails WHERE is_held"
                              " AND next_time > clock_timestamp() + interval '59 minutes'"),
              1)
        << "not before the first retry";
    database_.Run(absl::StrReplaceAll(pause, {{"$", "ACTIVE"}}));
    EXPECT_EQ(Get(combined.name()).delivery().state(), Delivery::QUEUED);
    MakeDue();
    SendDue();
    SendDue();
    EXPECT_THAT(server_.messages(), SizeIs(++taken)) << pause;
    const Delivery delivery = Get(combined.name()).delivery();
    EXPECT_EQ(delivery.state(), Delivery::SENT);
    EXPECT_EQ(delivery.attempts(), 1);
    ASSERT_TRUE(Revoke(combined.name()).ok());
  }
}

TEST_F(SendingMailTest, WhatWaitsForItsPartnerHoldsUpNoOtherAndIsCancelledWhereItEnds) {
  std::vector<v1::Invitation> held;
  for (int i = 0; i < 5; ++i) held.push_back(Queued(absl::StrCat("ann", i, "@northwind.example")));
  v1::CreateInvitationRequest request;
  request.set_parent(kFabrikam);
  request.set_send(true);
  *request.mutable_invitation() = To("bob@northwind.example");
  const TestCall call =
      CallOf("CreateInvitation", support::PrincipalOf(kFabrikam, {"admin_agent"}));
  ASSERT_TRUE(invitations::CreateInvitation(call.context, deps_, request).ok());
  database_.Run(
      "UPDATE relationship.partners SET state = 'SUSPENDED' WHERE name = 'partners/contoso'");
  const int outbox = OutboxRows();
  SendDue();
  ASSERT_THAT(server_.messages(), SizeIs(1));
  EXPECT_EQ(server_.messages()[0].recipient, "bob@northwind.example");
  EXPECT_EQ(OutboxRows(), outbox + 1) << "of waiting nothing is told";
  EXPECT_EQ(database_.Count("SELECT count(*) FROM invitation.mails WHERE is_held"), 5);
  ExpireIn(held[0].name(), -1);
  Sender another(work_pool_, *keys_, Options());
  ASSERT_TRUE(another.SendDue().ok());
  EXPECT_EQ(Mails("CANCELLED"), 1);
  EXPECT_EQ(Mails("QUEUED"), 4);
  EXPECT_THAT(server_.messages(), SizeIs(1));
}

TEST_F(SendingMailTest, WithoutAMailServerSendIsRefused) {
  const v1::Invitation pending = Issued(To(kAnn));
  Deps mute = deps_;
  mute.sends_mail = false;
  v1::SendInvitationRequest request;
  request.set_name(pending.name());
  const TestCall call = CallOf("SendInvitation", Anna());
  const absl::Status refused = invitations::SendInvitation(call.context, mute, request).status();
  EXPECT_EQ(ReasonOf(refused), common::v1::MAIL_DISABLED) << refused;
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Mails("QUEUED"), 0);
}

TEST_F(SendingMailTest, AnAddressGetsThreeMailsADayWhoeverAsks) {
  Queued("Ann@northwind.example");
  v1::CreateInvitationRequest request;
  request.set_parent(kFabrikam);
  request.set_send(true);
  *request.mutable_invitation() = To("ann@NORTHWIND.example");
  const auto by_fabrikam = [&] {
    const TestCall call =
        CallOf("CreateInvitation", support::PrincipalOf(kFabrikam, {"admin_agent"}));
    return invitations::CreateInvitation(call.context, deps_, request);
  };
  const auto theirs = by_fabrikam();
  ASSERT_TRUE(theirs.ok()) << theirs.status();
  SendDue();
  ASSERT_TRUE(Send(theirs->name()).ok()) << "sent again after the first is out";
  SendDue();
  EXPECT_THAT(server_.messages(), SizeIs(3));
  const absl::Status refused = Send(theirs->name()).status();
  EXPECT_EQ(ReasonOf(refused), common::v1::QUOTA_EXCEEDED) << refused;
  EXPECT_THAT(std::string(refused.message()), Not(HasSubstr("northwind")));
  EXPECT_EQ(Get(theirs->name()).state(), v1::Invitation::STATE_UNSPECIFIED) << "not contoso's";
  // A day later there is room again.
  database_.Run("UPDATE invitation.mails SET last_time = last_time - interval '24 hours'");
  EXPECT_TRUE(Send(theirs->name()).ok());
}

// How many of 8 racing calls, each for an invitation of its own to the same address, queue a mail.
int SendingMailTest::RaceToOneAddress() {
  database_.Run("DROP INDEX invitation.invitations_one_open_by_email");
  std::vector<v1::Invitation> invitations;
  for (int i = 0; i < 8; ++i) {
    invitations.push_back(Issued());
    database_.Run(absl::StrCat("UPDATE invitation.invitations SET hint_email_address = '", kAnn,
                               "', hint_email_key = '", kAnn, "'"));
  }
  std::atomic<int> queued = 0;
  support::Race(8, [&](int i) {
    const std::string& name = invitations[static_cast<size_t>(i)].name();
    auto sent = Send(name);
    while (ReasonOf(sent.status()) == common::v1::CONFLICT) sent = Send(name);
    if (sent.ok()) {
      ++queued;
    } else {
      EXPECT_EQ(ReasonOf(sent.status()), common::v1::QUOTA_EXCEEDED) << sent.status();
    }
  });
  EXPECT_EQ(Mails("QUEUED"), queued);
  return queued;
}

TEST_F(SendingMailTest, RacingCallsToOneAddressStayWithinItsDay) {
  EXPECT_EQ(RaceToOneAddress(), 3);
}

TEST_F(SendingMailTest, ControlWithoutTheLockOnTheAddressMoreGetThrough) {
  database_.Run(R"sql(
      DO $$ BEGIN
        EXECUTE replace(pg_get_functiondef('invitation.address_standing(text)'::regprocedure),
          'PERFORM pg_advisory_xact_lock(', 'PERFORM (');
        EXECUTE replace(pg_get_functiondef('invitation.address_standing(text)'::regprocedure),
          'END $function$', 'PERFORM pg_sleep(0.3); END $function$');
      END $$)sql");
  EXPECT_GT(RaceToOneAddress(), 3);
}

TEST_F(SendingMailTest, WhatTheServerDoesNotTakeNowIsTriedLater) {
  server_.AnswerWith([](const std::string& command, const auto&) {
    return command == "RCPT" ? "451 4.7.1 <ann@northwind.example> greylisted"
                             : MailServer::Usual(command);
  });
  const v1::Invitation queued = Queued();
  SendDue();
  Delivery delivery = Get(queued.name()).delivery();
  EXPECT_EQ(delivery.state(), Delivery::QUEUED);
  EXPECT_EQ(delivery.attempts(), 1);
  EXPECT_EQ(delivery.error(), "The mail server refuses the recipient: 451 4.7.1 *** greylisted");
  SendDue();
  EXPECT_EQ(Get(queued.name()).delivery().attempts(), 1) << "it is not due";
  server_.AnswerWith(nullptr);
  MakeDue();
  SendDue();
  delivery = Get(queued.name()).delivery();
  EXPECT_EQ(delivery.state(), Delivery::SENT);
  EXPECT_EQ(delivery.attempts(), 2);
  EXPECT_EQ(delivery.error(), "");
  EXPECT_THAT(server_.messages(), SizeIs(1));
  EXPECT_THAT(Events(), ElementsAre("invitation.mail_queued", "invitation.mail_postponed",
                                    "invitation.mail_sent"));
}

TEST_F(SendingMailTest, WhatIsRefusedForGoodIsGivenUpWithTheReason) {
  // A server that repeats what it was told: the link must not be kept.
  server_.AnswerWith([](const std::string& command, const auto& message) {
    if (command != ".") return MailServer::Usual(command);
    const std::string link = message.bytes.substr(message.bytes.find("http"));
    return "554 5.6.0 Spam: " + link.substr(0, link.find('\r'));
  });
  const v1::Invitation queued = Queued();
  const std::string token = TokenOf(queued);
  SendDue();
  const Delivery delivery = Get(queued.name()).delivery();
  EXPECT_EQ(delivery.state(), Delivery::FAILED);
  EXPECT_THAT(delivery.error(), HasSubstr("554 5.6.0 Spam:"));
  EXPECT_THAT(delivery.error(), Not(HasSubstr(token.substr(0, 20))));
  EXPECT_THAT(delivery.error(), Not(HasSubstr("://")));
  EXPECT_THAT(Events(), ElementsAre("invitation.mail_queued", "invitation.mail_failed"));
  EXPECT_EQ(database_.Count("SELECT count(*) FROM invitation.suppressed_addresses"), 0);
  // The partner may try anew.
  server_.AnswerWith(nullptr);
  ASSERT_TRUE(Send(queued.name()).ok());
  SendDue();
  EXPECT_EQ(Get(queued.name()).delivery().state(), Delivery::SENT);
}

TEST_F(SendingMailTest, AMailboxThatIsNotThereGetsNoMoreMail) {
  server_.AnswerWith([](const std::string& command, const auto&) {
    return command == "RCPT" ? "550 5.1.1 No such user" : MailServer::Usual(command);
  });
  const v1::Invitation queued = Queued();
  SendDue();
  EXPECT_EQ(Get(queued.name()).delivery().state(), Delivery::FAILED);
  EXPECT_EQ(database_.Value("SELECT address_key FROM invitation.suppressed_addresses"), kAnn);
  server_.AnswerWith(nullptr);
  const auto again = Send(queued.name());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->delivery().state(), Delivery::SUPPRESSED);
  const auto once_more = Send(queued.name());
  EXPECT_EQ(once_more->SerializeAsString(), again->SerializeAsString());
  SendDue();
  EXPECT_THAT(server_.messages(), IsEmpty());
  // The operator takes it off the list.
  database_.Run("DELETE FROM invitation.suppressed_addresses");
  EXPECT_EQ(Send(queued.name())->delivery().state(), Delivery::QUEUED);
}

TEST_F(SendingMailTest, AnAddressThatIsSuppressedMeanwhileGetsNothing) {
  const v1::Invitation queued = Queued();
  database_.Run(
      absl::StrCat("INSERT INTO invitation.suppressed_addresses (address_key, reason)"
                   " VALUES ('",
                   kAnn, "', 'asked for it')"));
  SendDue();
  const Delivery delivery = Get(queued.name()).delivery();
  EXPECT_EQ(delivery.state(), Delivery::SUPPRESSED);
  EXPECT_EQ(delivery.attempts(), 0);
  EXPECT_THAT(server_.messages(), IsEmpty());
  EXPECT_THAT(Events(), ElementsAre("invitation.mail_queued", "invitation.mail_suppressed"));
}

TEST_F(SendingMailTest, AfterTheLastAttemptItIsGivenUp) {
  server_.AnswerWith([](const std::string&, const auto&) { return "421 4.3.2 Later"; });
  const v1::Invitation queued = Queued();
  for (int attempt = 1; attempt <= 3; ++attempt) {
    EXPECT_EQ(Get(queued.name()).delivery().state(), Delivery::QUEUED) << attempt;
    MakeDue();
    SendDue();
    EXPECT_EQ(Get(queued.name()).delivery().attempts(), attempt);
  }
  EXPECT_EQ(Get(queued.name()).delivery().state(), Delivery::FAILED);
  MakeDue();
  SendDue();
  EXPECT_EQ(Get(queued.name()).delivery().attempts(), 3);
}

TEST_F(SendingMailTest, WhatIsRevokedMeanwhileIsNotSent) {
  const v1::Invitation queued = Queued();
  ASSERT_TRUE(Revoke(queued.name()).ok());
  SendDue();
  EXPECT_THAT(server_.messages(), IsEmpty());
  EXPECT_EQ(Mails("CANCELLED"), 1);
  EXPECT_EQ(Get(queued.name()).delivery().state(), Delivery::NONE);
  EXPECT_THAT(Events(), ElementsAre("invitation.mail_queued", "invitation.mail_cancelled"));
  // It counts for nothing: it was never tried.
  for (int i = 0; i < 3; ++i) {
    Queued();
    SendDue();
    database_.Run("UPDATE invitation.invitations SET state = 'REVOKED' WHERE state = 'PENDING'");
  }
  EXPECT_THAT(server_.messages(), SizeIs(3));
}

TEST_F(SendingMailTest, WhatEndsWhileItWaitsIsCancelledBeforeItIsDue) {
  server_.AnswerWith([](const std::string&, const auto&) { return "451 4.3.2 Later"; });
  const v1::Invitation expired = Queued("a@northwind.example");
  const v1::Invitation replaced = Queued("b@northwind.example");
  const v1::Invitation waiting = Queued("c@northwind.example");
  SendDue();
  ExpireIn(expired.name(), -1);
  v1::ResendInvitationRequest resend;
  resend.set_name(replaced.name());
  const TestCall call = CallOf("ResendInvitation", Anna());
  ASSERT_TRUE(invitations::ResendInvitation(call.context, deps_, resend).ok());
  Sender another(work_pool_, *keys_, Options());
  ASSERT_TRUE(another.SendDue().ok());
  EXPECT_EQ(Get(expired.name()).delivery().state(), Delivery::NONE);
  EXPECT_EQ(Get(replaced.name()).delivery().state(), Delivery::NONE);
  EXPECT_EQ(Get(waiting.name()).delivery().state(), Delivery::QUEUED);
  EXPECT_EQ(Mails("CANCELLED"), 2);
}

TEST_F(SendingMailTest, AConnectionThatIsCutBeforeTheAnswerIsRepeatedInEqualBytes) {
  absl::Mutex mutex;
  std::vector<std::string> seen;
  server_.AnswerWith([&](const std::string& command, const auto& message) -> std::string {
    if (command != ".") return MailServer::Usual(command);
    absl::MutexLock lock(&mutex);
    seen.push_back(message.bytes);
    return seen.size() == 1 ? "" : "250 2.0.0 Taken";
  });
  const v1::Invitation queued = Queued();
  SendDue();
  EXPECT_EQ(Get(queued.name()).delivery().state(), Delivery::QUEUED);
  MakeDue();
  SendDue();
  EXPECT_EQ(Get(queued.name()).delivery().state(), Delivery::SENT);
  absl::MutexLock lock(&mutex);
  ASSERT_THAT(seen, SizeIs(2));
  EXPECT_EQ(seen[0], seen[1]) << "the same Message-ID, date and link";
}

TEST_F(SendingMailTest, ASlowServerIsGivenUpAfterTheTimeout) {
  // The server may still look at it when the test has ended.
  const auto done = std::make_shared<absl::Notification>();
  server_.AnswerWith([done](const std::string& command, const auto&) -> std::string {
    if (command == ".") done->WaitForNotificationWithTimeout(absl::Seconds(30));
    return MailServer::Usual(command);
  });
  const v1::Invitation queued = Queued();
  const absl::Time began = absl::Now();
  SendDue();
  EXPECT_LT(absl::Now() - began, absl::Seconds(10)) << "the timeout is 2 s";
  EXPECT_EQ(Get(queued.name()).delivery().attempts(), 1);
  EXPECT_EQ(Get(queued.name()).delivery().state(), Delivery::QUEUED);
  done->Notify();
}

TEST_F(SendingMailTest, SeveralSendersHandEachMailOverOnce) {
  std::set<std::string> wanted;
  for (int i = 0; i < 12; ++i) {
    wanted.insert(absl::StrCat("ann", i, "@northwind.example"));
    Queued(absl::StrCat("ann", i, "@northwind.example"));
  }
  support::Race(2, [&](int) {
    Sender sender(work_pool_, *keys_, Options());
    EXPECT_TRUE(sender.SendDue().ok());
  });
  std::multiset<std::string> taken;
  for (const auto& message : server_.messages()) taken.insert(message.recipient);
  EXPECT_EQ(taken, std::multiset<std::string>(wanted.begin(), wanted.end()));
  EXPECT_EQ(Mails("SENT"), 12);
}

// The control: without the lease, while one hands it over another takes it too.
TEST_F(SendingMailTest, ControlWithoutTheLeaseAMailIsHandedOverTwice) {
  database_.Run(R"sql(
      CREATE FUNCTION public.forget_lease() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN NEW.next_time := OLD.next_time; RETURN NEW; END $$;
      CREATE TRIGGER forget_lease BEFORE UPDATE ON invitation.mails FOR EACH ROW
        WHEN (NEW.state = 'QUEUED') EXECUTE FUNCTION public.forget_lease())sql");
  size_t queued = 0;
  while (queued < 120 && server_.messages().size() <= queued) {
    for (int i = 0; i < 12; ++i) Queued(absl::StrCat("ann", ++queued, "@northwind.example"));
    support::Race(2, [&](int) {
      Sender sender(work_pool_, *keys_, Options());
      EXPECT_TRUE(sender.SendDue().ok());
    });
  }
  EXPECT_GT(server_.messages().size(), queued) << "the race shows no fault even where there is one";
}

TEST_F(SendingMailTest, AMailOfASenderThatDiedIsDueAfterItsLease) {
  const v1::Invitation queued = Queued();
  // As the sender leaves it that dies at the server's answer.
  database_.Run(
      "UPDATE invitation.mails SET attempts = 1, last_time = clock_timestamp(),"
      " next_time = clock_timestamp() + interval '300 milliseconds'");
  SendDue();
  EXPECT_THAT(server_.messages(), IsEmpty()) << "its sender may still be at it";
  const absl::Time end = absl::Now() + absl::Seconds(10);
  while (server_.messages().empty() && absl::Now() < end) SendDue();
  EXPECT_THAT(server_.messages(), SizeIs(1));
  EXPECT_EQ(Get(queued.name()).delivery().attempts(), 2);
}

TEST_F(SendingMailTest, StoppingGivesUpTheMailUnderWayAndLeavesItDue) {
  absl::Notification reached;
  absl::Notification done;
  server_.AnswerWith([&](const std::string& command, const auto&) -> std::string {
    if (command == "." && !reached.HasBeenNotified()) {
      reached.Notify();
      done.WaitForNotificationWithTimeout(absl::Seconds(60));
    }
    return MailServer::Usual(command);
  });
  Sender::Options patient = Options();
  patient.server.timeout = absl::Seconds(50);
  Sender sender(work_pool_, *keys_, patient);
  const v1::Invitation queued = Queued();
  std::thread sending([&] { EXPECT_TRUE(sender.SendDue().ok()); });
  ASSERT_TRUE(reached.WaitForNotificationWithTimeout(absl::Seconds(10)));
  const absl::Time stopped = absl::Now();
  sender.Stop();
  sending.join();
  EXPECT_LT(absl::Now() - stopped, absl::Seconds(10));
  done.Notify();
  EXPECT_EQ(Mails("QUEUED"), 1);
  EXPECT_EQ(database_.Count("SELECT attempts FROM invitation.mails"), 0);
  SendDue();
  EXPECT_EQ(Get(queued.name()).delivery().state(), Delivery::SENT);
}

TEST_F(SendingMailTest, TheQueueNeverHoldsTheLink) {
  server_.AnswerWith([](const std::string&, const auto&) { return "451 4.3.2 Later"; });
  const v1::Invitation queued = Queued();
  SendDue();
  const std::string token = TokenOf(queued);
  const auto holding = [&](const std::string& needle) {
    return database_.Count(
        absl::StrCat("SELECT count(*) FROM invitation.mails m WHERE"
                     " to_jsonb(m)::text LIKE '%",
                     needle, "%'"));
  };
  EXPECT_EQ(holding(token.substr(0, 20)) + holding(token.substr(40)), 0);
  // The control: what the queue does hold is found.
  EXPECT_EQ(holding(IdOf(queued.name())), 1);
}

TEST_F(SendingMailTest, ALoginIsSaidOnlyWhereItIsConfigured) {
  const mail::Envelope envelope{.sender = "invitations@partners.example", .recipient = kAnn};
  mail::SmtpServer server = Options().server;
  const auto never = [] { return false; };
  EXPECT_TRUE(mail::Send(server, envelope, "Subject: x\r\n\r\n.\r\n", never).accepted);
  EXPECT_EQ(server_.login(), "");
  server.user = "partnerlink";
  server.password = "correct horse";
  EXPECT_TRUE(mail::Send(server, envelope, "Subject: x\r\n\r\n.\r\n", never).accepted);
  EXPECT_EQ(server_.login(), std::string("\0partnerlink\0correct horse", 26));
  EXPECT_EQ(server_.messages()[1].bytes, "Subject: x\r\n\r\n.\r\n") << "a lone dot is kept";
}

TEST_F(SendingMailTest, AServerThatIsNotThereOrHasNoTlsTakesNothing) {
  const mail::Envelope envelope{.sender = "invitations@partners.example", .recipient = kAnn};
  mail::SmtpServer server = Options().server;
  server.tls_required = true;
  const auto never = [] { return false; };
  const mail::Reply refused = mail::Send(server, envelope, "x\r\n", never);
  EXPECT_FALSE(refused.accepted);
  EXPECT_FALSE(mail::IsFinal(refused));
  EXPECT_EQ(refused.stage, mail::Stage::kConnecting);
  EXPECT_THAT(server_.messages(), IsEmpty());
  server.url = "smtp://127.0.0.1:1";
  EXPECT_FALSE(mail::Send(server, envelope, "x\r\n", never).accepted);
}

TEST_F(SendingMailTest, ARowThatBreaksTheRulesForMailsIsGivenUpUnsent) {
  const v1::Invitation queued = Queued();
  database_.Run("UPDATE invitation.invitations SET body_text = '{{link}} or https://evil.example'");
  SendDue();
  EXPECT_THAT(server_.messages(), IsEmpty());
  EXPECT_EQ(Get(queued.name()).delivery().state(), Delivery::FAILED);
}

}  // namespace
}  // namespace partnerlink::invitation::sending_mail_test
