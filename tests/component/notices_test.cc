// From QueueNotice to the mail server: once per notice, to nobody who gets no mail, and no more a
// day than an address gets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/mail/notice_sender.h"
#include "services/invitation/notices/handlers.h"
#include "tests/component/mail_server.h"
#include "tests/support/invitation_fixture.h"
#include "tests/support/race.h"

namespace partnerlink::invitation::notices_test {
namespace {

using mail::NoticeSender;
using support::Anna;
using support::CallOf;
using support::kContoso;
using support::MailServer;
using support::TestCall;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using v1::QueueNoticeRequest;
using v1::QueueNoticeResponse;

constexpr char kAnn[] = "ann@northwind.example";

QueueNoticeRequest Wanted(const std::string& recipient = kAnn) {
  QueueNoticeRequest request;
  request.set_notice_id(NewUuid());
  request.set_kind(QueueNoticeRequest::RELATIONSHIP_REMOVED);
  request.set_resource("relationships/0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee");
  request.set_partner(kContoso);
  request.set_customer("customers/northwind");
  request.set_recipient(recipient);
  request.set_locale("pl");
  request.set_partner_display_name("Contoso");
  request.set_customer_display_name("Northwind");
  request.set_root_event(NewUuid());
  return request;
}

// The same to another customer of the same contact.
QueueNoticeRequest WantedBy(int number) {
  QueueNoticeRequest request = Wanted();
  request.set_customer(absl::StrCat("customers/northwind-", number));
  return request;
}

class NoticesTest : public support::InvitationTest {
 protected:
  NoticesTest()
      : sender_(
            work_pool_,
            {.server = {.url = server_.url(),
                        .tls_required = false,
                        .ca_file = "",
                        .user = "",
                        .password = "",
                        .timeout = absl::Seconds(2)},
             .from = "notices@partners.example",
             .retry = {.first = absl::Hours(1), .longest = absl::Hours(1), .most_attempts = 2}}) {}

  absl::StatusOr<QueueNoticeResponse> Queue(const QueueNoticeRequest& request,
                                            bool sends_mail = true) {
    PARTNERLINK_RETURN_IF_ERROR(notices::ValidateQueueNotice(request));
    Deps deps = DepsWith(pool_, *keys_, regions_);
    deps.sends_mail = sends_mail;
    const TestCall call("partnerlink.invitation.v1.InvitationService/QueueNotice", Principal(),
                        "relationship");
    return notices::QueueNotice(call.context, deps, request);
  }

  QueueNoticeResponse::Outcome Queued(const QueueNoticeRequest& request, bool sends_mail = true) {
    const auto response = Queue(request, sends_mail);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->outcome() : QueueNoticeResponse::OUTCOME_UNSPECIFIED;
  }

  absl::Status SendInvitation(const std::string& address) {
    v1::Invitation wish;
    wish.mutable_customer_hint()->set_email_address(address);
    v1::SendInvitationRequest request;
    request.set_name(Issued(wish).name());
    const TestCall call = CallOf("SendInvitation", Anna());
    return invitations::SendInvitation(call.context, deps_, request).status();
  }

  void SendDue() {
    const absl::Status status = sender_.SendDue();
    EXPECT_TRUE(status.ok()) << status;
  }

  void MakeDue() { database_.Run("UPDATE invitation.notices SET next_time = clock_timestamp()"); }

  std::string States() {
    return database_.Value(
        "SELECT coalesce(string_agg(state, ' ' ORDER BY create_time), '')"
        " FROM invitation.notices");
  }

  std::vector<std::string> Events() {
    std::vector<std::string> events;
    for (const pqxx::row& row :
         database_.Run("SELECT event || ' ' || account FROM common.outbox"
                       " WHERE event LIKE 'notice.%' ORDER BY create_time")) {
      events.push_back(row[0].as<std::string>());
    }
    return events;
  }

  MailServer server_;
  NoticeSender sender_;
};

TEST_F(NoticesTest, AQueuedNoticeIsHandedOverOnceInItsLanguage) {
  const QueueNoticeRequest request = Wanted();
  EXPECT_EQ(Queued(request), QueueNoticeResponse::QUEUED);
  SendDue();
  SendDue();
  const auto messages = server_.messages();
  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_EQ(messages[0].sender, "notices@partners.example");
  EXPECT_EQ(messages[0].recipient, kAnn);
  EXPECT_THAT(messages[0].bytes,
              HasSubstr(absl::StrCat("Message-ID: <", request.notice_id(), "@partners.example>")));
  EXPECT_THAT(messages[0].bytes, HasSubstr("lang=3D\"pl\""));
  EXPECT_EQ(States(), "SENT");
  EXPECT_THAT(Events(),
              ElementsAre("notice.queued partners/contoso", "notice.sent partners/contoso"));
  EXPECT_EQ(database_.Count("SELECT (SELECT count(*) FROM common.audit_entries a"
                            " WHERE a::text LIKE '%northwind.example%') + (SELECT count(*) FROM"
                            " common.outbox o WHERE encode(o.payload, 'escape') LIKE"
                            " '%northwind.example%')"),
            0)
      << "the address is in the queue only";
}

TEST_F(NoticesTest, TheSameNoticeAgainIsTheSameNotice) {
  const QueueNoticeRequest request = Wanted();
  EXPECT_EQ(Queued(request), QueueNoticeResponse::QUEUED);
  SendDue();
  EXPECT_EQ(Queued(request), QueueNoticeResponse::QUEUED);
  support::Race(4, [&](int) { Queued(request); });
  SendDue();
  EXPECT_THAT(server_.messages(), SizeIs(1));
  EXPECT_EQ(States(), "SENT");
}

TEST_F(NoticesTest, ASuppressedAddressGetsNone) {
  database_.Run(
      "INSERT INTO invitation.suppressed_addresses (address_key, reason)"
      " VALUES ('ann@northwind.example', 'asked for it')");
  EXPECT_EQ(Queued(Wanted("Ann@northwind.example")), QueueNoticeResponse::SUPPRESSED);
  SendDue();
  EXPECT_THAT(server_.messages(), IsEmpty());
}

TEST_F(NoticesTest, NorOneSuppressedWhileItWaits) {
  Queued(Wanted());
  database_.Run(
      "INSERT INTO invitation.suppressed_addresses (address_key, reason)"
      " VALUES ('ann@northwind.example', 'asked for it')");
  SendDue();
  EXPECT_THAT(server_.messages(), IsEmpty());
  EXPECT_EQ(States(), "SUPPRESSED");
}

TEST_F(NoticesTest, WhereNoMailIsSentTheRowSaysSo) {
  const QueueNoticeRequest request = Wanted();
  EXPECT_EQ(Queued(request, false), QueueNoticeResponse::DISABLED);
  EXPECT_EQ(Queued(request, false), QueueNoticeResponse::DISABLED);
  EXPECT_EQ(States(), "FAILED");
  EXPECT_THAT(Events(), ElementsAre("notice.failed partners/contoso"));
}

TEST_F(NoticesTest, OverThreeADayTheyWait) {
  for (int i = 0; i < 5; ++i) Queued(WantedBy(i));
  SendDue();
  EXPECT_THAT(server_.messages(), SizeIs(3));
  EXPECT_EQ(States(), "SENT SENT SENT QUEUED QUEUED");
  MakeDue();
  SendDue();
  EXPECT_THAT(server_.messages(), SizeIs(3));
  // A day later.
  database_.Run(
      "UPDATE invitation.notices SET last_time = last_time - interval '25 h',"
      " next_time = clock_timestamp()");
  SendDue();
  EXPECT_THAT(server_.messages(), SizeIs(5));
}

TEST_F(NoticesTest, InvitationsAndNoticesShareAnAddressesDay) {
  for (int i = 0; i < 2; ++i) Queued(WantedBy(i));
  SendDue();
  EXPECT_TRUE(SendInvitation(kAnn).ok());
  Queued(Wanted());
  SendDue();
  EXPECT_THAT(server_.messages(), SizeIs(2)) << "the third of the day is the invitation's";
  EXPECT_EQ(States(), "SENT SENT QUEUED");
}

TEST_F(NoticesTest, AfterItsNoticesAnAddressGetsNoInvitation) {
  for (int i = 0; i < 3; ++i) Queued(WantedBy(i));
  SendDue();
  EXPECT_EQ(ReasonOf(SendInvitation("Ann@Northwind.example")), common::v1::QUOTA_EXCEEDED);
  EXPECT_TRUE(SendInvitation("bob@northwind.example").ok());
}

TEST_F(NoticesTest, WhatTheServerDoesNotTakeIsTriedAgainAndGivenUp) {
  server_.AnswerWith([](const std::string& command, const MailServer::Message&) -> std::string {
    return command == "RCPT" ? "451 4.3.0 Later" : MailServer::Usual(command);
  });
  Queued(Wanted());
  SendDue();
  EXPECT_EQ(States(), "QUEUED");
  MakeDue();
  SendDue();
  EXPECT_EQ(States(), "FAILED");
  EXPECT_THAT(Events(),
              ElementsAre("notice.queued partners/contoso", "notice.postponed partners/contoso",
                          "notice.failed partners/contoso"));
}

TEST_F(NoticesTest, AnAddressThatIsNotThereIsNotTriedAgain) {
  server_.AnswerWith([](const std::string& command, const MailServer::Message&) -> std::string {
    return command == "RCPT" ? "550 5.1.1 No such user" : MailServer::Usual(command);
  });
  Queued(Wanted());
  SendDue();
  EXPECT_EQ(States(), "FAILED");
  EXPECT_EQ(Queued(Wanted()), QueueNoticeResponse::SUPPRESSED);
}

TEST_F(NoticesTest, ABadShapeIsRefusedWithEveryField) {
  const std::vector<std::pair<const char*, void (*)(QueueNoticeRequest&)>> faults = {
      {"notice_id", [](QueueNoticeRequest& r) { r.set_notice_id("1"); }},
      {"kind", [](QueueNoticeRequest& r) { r.clear_kind(); }},
      {"kind", [](QueueNoticeRequest& r) { r.set_kind(static_cast<QueueNoticeRequest::Kind>(9)); }},
      {"resource", [](QueueNoticeRequest& r) { r.clear_resource(); }},
      {"partner", [](QueueNoticeRequest& r) { r.set_partner("customers/northwind"); }},
      {"customer", [](QueueNoticeRequest& r) { r.set_customer("northwind"); }},
      {"recipient", [](QueueNoticeRequest& r) { r.set_recipient("ann"); }},
      {"locale", [](QueueNoticeRequest& r) { r.set_locale("../en"); }},
      {"partner_display_name", [](QueueNoticeRequest& r) { r.clear_partner_display_name(); }},
      {"customer_display_name",
       [](QueueNoticeRequest& r) { r.set_customer_display_name(std::string(201, 'x')); }},
      {"root_event", [](QueueNoticeRequest& r) { r.clear_root_event(); }},
  };
  for (const auto& [field, fault] : faults) {
    QueueNoticeRequest request = Wanted();
    fault(request);
    const absl::Status status = Queue(request).status();
    EXPECT_EQ(ReasonOf(status), common::v1::FIELD_INVALID) << field;
    EXPECT_THAT(ToRpcStatus(status).SerializeAsString(), HasSubstr(field));
  }
  EXPECT_EQ(States(), "");
}

TEST_F(NoticesTest, ASuspendedPartnersNoticesWait) {
  EXPECT_EQ(Queued(Wanted()), QueueNoticeResponse::QUEUED);
  database_.Run("UPDATE relationship.partners SET state = 'SUSPENDED'");
  SendDue();
  EXPECT_EQ(States(), "QUEUED");
  database_.Run("UPDATE relationship.partners SET state = 'ACTIVE'");
  MakeDue();
  SendDue();
  EXPECT_EQ(States(), "SENT");
  EXPECT_THAT(server_.messages(), SizeIs(1));
}

TEST_F(NoticesTest, OneMailStandsForAllThatWaitOfItsKind) {
  QueueNoticeRequest request = Wanted();
  EXPECT_EQ(Queued(request), QueueNoticeResponse::QUEUED);
  QueueNoticeRequest second = Wanted();
  EXPECT_EQ(Queued(second), QueueNoticeResponse::QUEUED);
  QueueNoticeRequest other = Wanted();
  other.set_kind(QueueNoticeRequest::GRANT_APPROVAL_REQUESTED);
  EXPECT_EQ(Queued(other), QueueNoticeResponse::QUEUED);
  EXPECT_EQ(States(), "QUEUED JOINED QUEUED");
  EXPECT_EQ(Queued(second), QueueNoticeResponse::QUEUED) << "asked for again";
  SendDue();
  EXPECT_THAT(server_.messages(), SizeIs(2));
  EXPECT_EQ(States(), "SENT JOINED SENT");
  EXPECT_EQ(Queued(Wanted()), QueueNoticeResponse::QUEUED);
  EXPECT_EQ(States(), "SENT JOINED SENT QUEUED") << "that one tells of something new";
}

TEST_F(NoticesTest, WhatHasWaitedForThreeDaysIsGivenUp) {
  Queued(Wanted());
  database_.Run("UPDATE invitation.notices SET create_time = now() - interval '73 h'");
  SendDue();
  EXPECT_EQ(States(), "FAILED");
  EXPECT_THAT(server_.messages(), SizeIs(0));
  EXPECT_THAT(Events(),
              ElementsAre("notice.queued partners/contoso", "notice.failed partners/contoso"));
}

}  // namespace
}  // namespace partnerlink::invitation::notices_test
