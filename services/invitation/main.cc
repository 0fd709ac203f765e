// The Invitation service's process.
#include <fstream>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/auth/tls.h"
#include "common/log/log.h"
#include "common/metrics/metrics.h"
#include "common/outbox/relay.h"
#include "common/process/foundation.h"
#include "common/rpc/peer_client.h"
#include "common/server/flags.h"
#include "common/server/server.h"
#include "common/server/signals.h"
#include "common/status/status.h"
#include "common/validation/email_address.h"
#include "services/invitation/invitations/expiry.h"
#include "services/invitation/link/keys.h"
#include "services/invitation/link/link_base.h"
#include "services/invitation/mail/notice_sender.h"
#include "services/invitation/mail/sender.h"
#include "services/invitation/mail/smtp.h"
#include "services/invitation/redemptions/outcome.h"
#include "services/invitation/service.h"
#include "services/suite.h"

ABSL_FLAG(std::string, link_base, "",
          "URL that links start with, such as https://partners.example/invite; required");
ABSL_FLAG(std::string, link_key_file, "",
          "File of the secrets that links derive from, lines kid:base64; required");
ABSL_FLAG(std::string, sign_up_url, "",
          "URL where a company without an account signs up; empty: nobody is sent anywhere");
ABSL_FLAG(absl::Duration, min_invitation_ttl, absl::Hours(24),
          "Shortest life of an issued invitation; at least 1s");
ABSL_FLAG(int32_t, daily_invitations, 500, "How many invitations a partner may issue in 24 hours");
ABSL_FLAG(int32_t, failed_presentations, 20,
          "How many wrong links a caller may come with in a minute, at each replica");
ABSL_FLAG(absl::Duration, remind_before, absl::Hours(72),
          "How long before its expiry a partner is reminded of an invitation; 0: not at all");
ABSL_FLAG(std::string, relationship_address, "",
          "Address of the Relationship service's data port; required");
ABSL_FLAG(std::string, smtp_url, "",
          "Mail server, such as smtp://mail.example:587; empty: the service sends no mail");
ABSL_FLAG(std::string, smtp_tls, "required",
          "required: STARTTLS with a certificate for the server's host; none: never, for a sink");
ABSL_FLAG(std::string, smtp_ca_file, "",
          "PEM of the authorities that the mail server's certificate may come from; empty: the "
          "system's");
ABSL_FLAG(std::string, smtp_user, "", "Login at the mail server; empty: none");
ABSL_FLAG(std::string, smtp_password_file, "", "File of its password");
ABSL_FLAG(absl::Duration, smtp_timeout, absl::Seconds(60),
          "How long handing over one mail may take; at least 1s");
ABSL_FLAG(int32_t, mail_connections, 4,
          "How many mails may be on their way to the mail server at once; at most 16");
ABSL_FLAG(std::string, mail_from, "", "Mail address of the sender; required with --smtp_url");
ABSL_FLAG(absl::Duration, mail_first_retry, absl::Seconds(30),
          "After a first failure a mail is tried again so much later, then after twice the time");
ABSL_FLAG(absl::Duration, mail_longest_retry, absl::Hours(4), "Longest time between two attempts");
ABSL_FLAG(int32_t, mail_attempts, 12, "After so many failures a mail is given up");

namespace partnerlink::invitation {
namespace {

constexpr char kEstablishRelationships[] =
    "partnerlink.relationship.v1.RelationshipService/EstablishRelationships";
constexpr char kEstablishPartnership[] =
    "partnerlink.relationship.v1.RelationshipService/EstablishPartnership";

const postgres::Requirements& DatabaseRequirements() {
  static const auto* const requirements =
      new postgres::Requirements{"invitation",
                                 {"common:standing", "relationship:published_standing",
                                  "directory:published", "invitation:notices"}};
  return *requirements;
}

// What is wrong with a flag's value, with the flag's name in front.
absl::Status Named(const char* flag, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(flag, ": ", status.message()));
}

absl::StatusOr<link::Keys> ReadLinkKeys() {
  absl::StatusOr<link::Keys> keys = link::Keys::FromFile(absl::GetFlag(FLAGS_link_key_file));
  if (!keys.ok()) return Named("--link_key_file", keys.status());
  return keys;
}

absl::Status CheckFlags() {
  if (absl::GetFlag(FLAGS_relationship_address).empty()) {
    return absl::InvalidArgumentError("--relationship_address is required");
  }
  if (absl::GetFlag(FLAGS_min_invitation_ttl) < absl::Seconds(1)) {
    return absl::InvalidArgumentError("--min_invitation_ttl must be at least 1s");
  }
  if (absl::GetFlag(FLAGS_daily_invitations) < 1) {
    return absl::InvalidArgumentError("--daily_invitations must be at least 1");
  }
  if (absl::GetFlag(FLAGS_failed_presentations) < 1) {
    return absl::InvalidArgumentError("--failed_presentations must be at least 1");
  }
  if (absl::GetFlag(FLAGS_remind_before) < absl::ZeroDuration()) {
    return absl::InvalidArgumentError("--remind_before must not be negative");
  }
  PARTNERLINK_RETURN_IF_ERROR(
      Named("--sign_up_url", link::ValidateSignUpUrl(absl::GetFlag(FLAGS_sign_up_url))));
  return Named("--link_base", link::ValidateLinkBase(absl::GetFlag(FLAGS_link_base)));
}

absl::StatusOr<std::string> ReadPassword() {
  const std::string path = absl::GetFlag(FLAGS_smtp_password_file);
  if (path.empty()) return "";
  std::ifstream file(path);
  std::string password;
  if (!std::getline(file, password) || absl::StripAsciiWhitespace(password).empty()) {
    return absl::NotFoundError(
        absl::StrCat("--smtp_password_file: ", path, " cannot be read, or is empty"));
  }
  return password;
}

// None without --smtp_url.
absl::StatusOr<std::optional<mail::Sender::Options>> MailOptions() {
  if (absl::GetFlag(FLAGS_smtp_url).empty()) return std::nullopt;
  const std::string tls = absl::GetFlag(FLAGS_smtp_tls);
  if (tls != "required" && tls != "none") {
    return absl::InvalidArgumentError("--smtp_tls must be required or none");
  }
  mail::Sender::Options options{
      .server = {.url = absl::GetFlag(FLAGS_smtp_url),
                 .tls_required = tls == "required",
                 .ca_file = absl::GetFlag(FLAGS_smtp_ca_file),
                 .user = absl::GetFlag(FLAGS_smtp_user),
                 .password = "",
                 .timeout = absl::GetFlag(FLAGS_smtp_timeout)},
      .from = validation::NormaliseEmailAddress(absl::GetFlag(FLAGS_mail_from)).value_or(""),
      .link_base = absl::GetFlag(FLAGS_link_base),
      .names_sign_up = !absl::GetFlag(FLAGS_sign_up_url).empty(),
      .retry = {.first = absl::GetFlag(FLAGS_mail_first_retry),
                .longest = absl::GetFlag(FLAGS_mail_longest_retry),
                .most_attempts = absl::GetFlag(FLAGS_mail_attempts)}};
  if (absl::GetFlag(FLAGS_mail_connections) < 1 || absl::GetFlag(FLAGS_mail_connections) > 16) {
    return absl::InvalidArgumentError("--mail_connections must be 1 to 16");
  }
  if (options.from.empty()) return absl::InvalidArgumentError("--mail_from: is no mail address");
  if (options.retry.first <= absl::ZeroDuration() || options.retry.longest < options.retry.first ||
      options.retry.most_attempts < 1) {
    return absl::InvalidArgumentError(
        "--mail_attempts and --mail_first_retry must be positive, --mail_longest_retry not "
        "shorter");
  }
  PARTNERLINK_ASSIGN_OR_RETURN(options.server.password, ReadPassword());
  PARTNERLINK_RETURN_IF_ERROR(mail::CheckServer(options.server));
  return std::optional(std::move(options));
}

absl::StatusOr<int> Serve() {
  PARTNERLINK_ASSIGN_OR_RETURN(const server::Options options, server::OptionsFromFlags());
  log::Start("invitation", options.log_level);
  metrics::DescribeProcess("invitation");
  server::LogConfiguration();
  PARTNERLINK_RETURN_IF_ERROR(CheckFlags());
  PARTNERLINK_ASSIGN_OR_RETURN(const link::Keys keys, ReadLinkKeys());
  PARTNERLINK_ASSIGN_OR_RETURN(const std::optional<mail::Sender::Options> mail_options,
                               MailOptions());
  PARTNERLINK_ASSIGN_OR_RETURN(const auto foundation,
                               process::Foundation::Create(options, "invitation"));
  PARTNERLINK_ASSIGN_OR_RETURN(const auto credentials,
                               auth::ChannelCredentials(options.tls, "relationship"));

  rpc::PeerClient relationship(absl::GetFlag(FLAGS_relationship_address), credentials);
  outbox::Relay relay(
      {"invitation", "relationship"}, foundation->background_pool(),
      [&](const outbox::Delivery& delivery, absl::Time deadline, auto done) {
        const bool partnership = delivery.event == redemptions::kPartnershipAccepted;
        relationship.Call(partnership ? kEstablishPartnership : kEstablishRelationships,
                          delivery.payload, deadline, std::move(done));
      },
      redemptions::TakeOverOutcome);
  const Deps deps{.pool = foundation->pool(),
                  .work_pool = foundation->work_pool(),
                  .page_tokens = foundation->page_tokens(),
                  .keys = keys,
                  .regions = foundation->regions(),
                  .link_base = absl::GetFlag(FLAGS_link_base),
                  .sign_up_url = absl::GetFlag(FLAGS_sign_up_url),
                  .min_ttl = absl::GetFlag(FLAGS_min_invitation_ttl),
                  .daily_issues = absl::GetFlag(FLAGS_daily_invitations),
                  .failed_presentations = absl::GetFlag(FLAGS_failed_presentations),
                  .sends_mail = mail_options.has_value()};
  PARTNERLINK_ASSIGN_OR_RETURN(const auto service, MakeService(deps, relay, foundation->edge()));
  PARTNERLINK_ASSIGN_OR_RETURN(const auto running,
                               server::Server::Start(options, {service.get()}, SuiteServices()));
  running->Watch([&] { return foundation->CheckReadiness(DatabaseRequirements()); },
                 absl::Seconds(1));
  relay.Start();
  foundation->StartPurging();
  const process::Periodic expiry("expire_invitations", absl::Seconds(5), [&] {
    return invitations::SweepExpired(foundation->background_pool());
  });
  const process::Periodic reminders("remind_of_invitations", absl::Minutes(1), [&] {
    return invitations::SweepReminders(foundation->background_pool(),
                                       absl::GetFlag(FLAGS_remind_before));
  });
  std::list<mail::Sender> senders;
  std::list<process::Periodic> sending;
  for (int i = 0; mail_options && i < absl::GetFlag(FLAGS_mail_connections); ++i) {
    mail::Sender& sender = senders.emplace_back(foundation->background_pool(), keys, *mail_options);
    sending.emplace_back("send_mails", absl::Milliseconds(500), [&] { return sender.SendDue(); });
  }
  std::optional<mail::NoticeSender> notice_sender;
  if (mail_options) {
    notice_sender.emplace(
        foundation->background_pool(),
        mail::NoticeSender::Options{mail_options->server, mail_options->from, mail_options->retry});
    sending.emplace_back("send_notices", absl::Milliseconds(500),
                         [&] { return notice_sender->SendDue(); });
  }
  const int exit_code = running->Run();
  for (mail::Sender& sender : senders) sender.Stop();
  if (notice_sender) notice_sender->Stop();
  return exit_code;
}

}  // namespace
}  // namespace partnerlink::invitation

int main(int argc, char** argv) {
  using namespace partnerlink;  // NOLINT: a main
  server::BlockSignals();
  absl::ParseCommandLine(argc, argv);
  log::Start("invitation", log::Level::kInfo);
  const absl::StatusOr<int> exit_code = invitation::Serve();
  return exit_code.ok() ? *exit_code : server::RefuseToStart(exit_code.status());
}
