// The Invitation service's process.
#include <memory>
#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
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
#include "services/invitation/invitations/expiry.h"
#include "services/invitation/link/keys.h"
#include "services/invitation/link/link_base.h"
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

namespace partnerlink::invitation {
namespace {

constexpr char kEstablishRelationships[] =
    "partnerlink.relationship.v1.RelationshipService/EstablishRelationships";
constexpr char kEstablishPartnership[] =
    "partnerlink.relationship.v1.RelationshipService/EstablishPartnership";

const postgres::Requirements& DatabaseRequirements() {
  static const auto* const requirements =
      new postgres::Requirements{"invitation",
                                 {"common:standing", "relationship:published_consent",
                                  "directory:published", "invitation:list_redemptions"}};
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

absl::StatusOr<int> Serve() {
  PARTNERLINK_ASSIGN_OR_RETURN(const server::Options options, server::OptionsFromFlags());
  log::Start("invitation", options.log_level);
  metrics::DescribeProcess("invitation");
  server::LogConfiguration();
  PARTNERLINK_RETURN_IF_ERROR(CheckFlags());
  PARTNERLINK_ASSIGN_OR_RETURN(const link::Keys keys, ReadLinkKeys());
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
                  .failed_presentations = absl::GetFlag(FLAGS_failed_presentations)};
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
  return running->Run();
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
