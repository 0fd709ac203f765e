// The Relationship service's process.
#include <memory>
#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/auth/tls.h"
#include "common/log/log.h"
#include "common/metrics/metrics.h"
#include "common/outbox/relay.h"
#include "common/process/foundation.h"
#include "common/process/periodic.h"
#include "common/rpc/peer_client.h"
#include "common/server/flags.h"
#include "common/server/server.h"
#include "common/server/signals.h"
#include "common/status/status.h"
#include "services/relationship/creations/rules.h"
#include "services/relationship/grants/expiry.h"
#include "services/relationship/notices/rules.h"
#include "services/relationship/notices/telling.h"
#include "services/relationship/portals/job.h"
#include "services/relationship/relationships/expiry.h"
#include "services/relationship/removals/revocations.h"
#include "services/relationship/service.h"
#include "services/suite.h"

ABSL_FLAG(std::string, directory_address, "",
          "Address of the Customer-Directory service's data port; required");
ABSL_FLAG(std::string, invitation_address, "",
          "Address of the Invitation service's data port; required");

namespace partnerlink::relationship {
namespace {

// A job is started by an enrolment or an import, and nobody waits longer than 2 s for its first
// row.
constexpr absl::Duration kPortalJobsInterval = absl::Milliseconds(500);

constexpr char kApplyRelationships[] =
    "partnerlink.directory.v1.CustomerDirectoryService/ApplyRelationships";
constexpr char kApplyCreatedCustomers[] =
    "partnerlink.directory.v1.CustomerDirectoryService/ApplyCreatedCustomers";
constexpr char kApplyPartnerships[] =
    "partnerlink.invitation.v1.InvitationService/ApplyPartnerships";
constexpr char kQueueNotice[] = "partnerlink.invitation.v1.InvitationService/QueueNotice";

// How often what is due is looked for: an end by the clock, what a removal leaves to be
// done, whom to tell.
constexpr absl::Duration kSweepInterval = absl::Milliseconds(500);

const postgres::Requirements& DatabaseRequirements() {
  static const auto* const requirements =
      new postgres::Requirements{"relationship",
                                 {"common:grant_locks", "relationship:relationship_life",
                                  "relationship:list_rebuild", "directory:published_contacts"}};
  return *requirements;
}

outbox::Send ToDirectory(rpc::PeerClient& peer) {
  return [&peer](const outbox::Delivery& delivery, absl::Time deadline, auto done) {
    const bool are_many = creations::AreCreated(delivery.event);
    peer.Call(are_many ? kApplyCreatedCustomers : kApplyRelationships, delivery.payload, deadline,
              std::move(done));
  };
}

outbox::Send ToInvitation(rpc::PeerClient& peer) {
  return [&peer](const outbox::Delivery& delivery, absl::Time deadline, auto done) {
    const bool is_notice = notices::IsNotice(delivery.event);
    peer.Call(is_notice ? kQueueNotice : kApplyPartnerships, delivery.payload, deadline,
              std::move(done));
  };
}

// The answers of the peers hold nothing to keep.
absl::Status NothingToKeep(postgres::Transaction&, const outbox::Delivery&, const std::string&) {
  return absl::OkStatus();
}

absl::StatusOr<int> Serve() {
  PARTNERLINK_ASSIGN_OR_RETURN(const server::Options options, server::OptionsFromFlags());
  log::Start("relationship", options.log_level);
  metrics::DescribeProcess("relationship");
  server::LogConfiguration();
  if (absl::GetFlag(FLAGS_directory_address).empty()) {
    return absl::InvalidArgumentError("--directory_address is required");
  }
  if (absl::GetFlag(FLAGS_invitation_address).empty()) {
    return absl::InvalidArgumentError("--invitation_address is required");
  }
  PARTNERLINK_ASSIGN_OR_RETURN(const auto foundation,
                               process::Foundation::Create(options, "relationship"));
  PARTNERLINK_ASSIGN_OR_RETURN(const auto directory_credentials,
                               auth::ChannelCredentials(options.tls, "directory"));
  PARTNERLINK_ASSIGN_OR_RETURN(const auto invitation_credentials,
                               auth::ChannelCredentials(options.tls, "invitation"));

  rpc::PeerClient directory(absl::GetFlag(FLAGS_directory_address), directory_credentials);
  outbox::Relay directory_relay({"relationship", "directory"}, foundation->background_pool(),
                                ToDirectory(directory), NothingToKeep);
  rpc::PeerClient invitation(absl::GetFlag(FLAGS_invitation_address), invitation_credentials);
  outbox::Relay invitation_relay({"relationship", "invitation"}, foundation->background_pool(),
                                 ToInvitation(invitation), NothingToKeep);
  const Deps deps{.pool = foundation->pool(),
                  .work_pool = foundation->work_pool(),
                  .page_tokens = foundation->page_tokens(),
                  .regions = foundation->regions()};
  PARTNERLINK_ASSIGN_OR_RETURN(
      const auto service, MakeService(deps, directory_relay, invitation_relay, foundation->edge()));
  PARTNERLINK_ASSIGN_OR_RETURN(const auto running,
                               server::Server::Start(options, {service.get()}, SuiteServices()));
  running->Watch([&] { return foundation->CheckReadiness(DatabaseRequirements()); },
                 absl::Seconds(1));
  directory_relay.Start();
  invitation_relay.Start();
  foundation->StartPurging();
  const process::Periodic due_grants("sweep_grants", absl::Seconds(5), [&] {
    return grants::SweepDue(foundation->background_pool());
  });
  const process::Periodic reminders("remind_of_grants", absl::Minutes(1), [&] {
    return grants::SweepReminders(foundation->background_pool());
  });
  const process::Periodic portal_jobs("portal_jobs", kPortalJobsInterval, [&] {
    return portals::CarryOutJobs(foundation->background_pool(), deps);
  });
  const process::Periodic ends("end_relationships", kSweepInterval, [&] {
    return relationships::SweepEnds(foundation->background_pool());
  });
  const process::Periodic revocations("revoke_after_removals", kSweepInterval, [&] {
    return removals::SweepRevocations(foundation->background_pool());
  });
  const process::Periodic notice_sweep("hand_over_notices", kSweepInterval, [&] {
    return notices::SweepNotices(foundation->background_pool());
  });
  return running->Run();
}

}  // namespace
}  // namespace partnerlink::relationship

int main(int argc, char** argv) {
  using namespace partnerlink;  // NOLINT: a main
  server::BlockSignals();
  absl::ParseCommandLine(argc, argv);
  log::Start("relationship", log::Level::kInfo);
  const absl::StatusOr<int> exit_code = relationship::Serve();
  return exit_code.ok() ? *exit_code : server::RefuseToStart(exit_code.status());
}
