// The Customer-Directory service's process.
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
#include "services/directory/customers/refusals.h"
#include "services/directory/imports/rules.h"
#include "services/directory/service.h"
#include "services/directory/subscriptions/expiry.h"
#include "services/directory/transfers/expiry.h"
#include "services/directory/users/purge.h"
#include "services/suite.h"

ABSL_FLAG(std::string, relationship_address, "",
          "Address of the Relationship service's data port; required");

namespace partnerlink::directory {
namespace {

constexpr char kEstablish[] =
    "partnerlink.relationship.v1.RelationshipService/EstablishRelationships";
constexpr char kEstablishCreated[] =
    "partnerlink.relationship.v1.RelationshipService/EstablishCreatedCustomers";

// How often what the clock has brought is written down.
constexpr absl::Duration kSweepInterval = absl::Seconds(5);

const postgres::Requirements& DatabaseRequirements() {
  static const auto* const requirements = new postgres::Requirements{
      "directory",
      {"common:standing", "common:edge_locks", "common:grant_locks", "relationship:partnerships",
       "directory:orders", "directory:creation", "directory:refold", "directory:list_customers",
       "directory:partnered_orders", "directory:published_contacts", "directory:users_and_licenses",
       "directory:customer_search", "directory:transfers", "directory:list_rebuild",
       "directory:customer_import", "directory:search_customers", "directory:refused_creations"}};
  return *requirements;
}

absl::StatusOr<int> Serve() {
  PARTNERLINK_ASSIGN_OR_RETURN(const server::Options options, server::OptionsFromFlags());
  log::Start("directory", options.log_level);
  metrics::DescribeProcess("directory");
  server::LogConfiguration();
  if (absl::GetFlag(FLAGS_relationship_address).empty()) {
    return absl::InvalidArgumentError("--relationship_address is required");
  }
  PARTNERLINK_ASSIGN_OR_RETURN(const auto foundation,
                               process::Foundation::Create(options, "directory"));
  PARTNERLINK_ASSIGN_OR_RETURN(const auto credentials,
                               auth::ChannelCredentials(options.tls, "relationship"));

  rpc::PeerClient relationship(absl::GetFlag(FLAGS_relationship_address), credentials);
  outbox::Relay relay(
      {"directory", "relationship"}, foundation->background_pool(),
      [&](const outbox::Delivery& delivery, absl::Time deadline, auto done) {
        const bool are_many = imports::AreOrdered(delivery.event);
        relationship.Call(are_many ? kEstablishCreated : kEstablish, delivery.payload, deadline,
                          std::move(done));
      },
      // What was established comes back by ApplyRelationships and ApplyCreatedCustomers.
      [](postgres::Transaction& transaction, const outbox::Delivery& delivery,
         const std::string& answer) {
        return imports::AreOrdered(delivery.event)
                   ? customers::SettleCreations(transaction, delivery, answer)
                   : customers::SettleCreation(transaction, delivery, answer);
      });
  const Deps deps{.pool = foundation->pool(),
                  .work_pool = foundation->work_pool(),
                  .page_tokens = foundation->page_tokens(),
                  .regions = foundation->regions()};
  PARTNERLINK_ASSIGN_OR_RETURN(const auto service, MakeService(deps, relay, foundation->edge()));
  PARTNERLINK_ASSIGN_OR_RETURN(const auto running,
                               server::Server::Start(options, {service.get()}, SuiteServices()));
  running->Watch([&] { return foundation->CheckReadiness(DatabaseRequirements()); },
                 absl::Seconds(1));
  relay.Start();
  foundation->StartPurging();
  const process::Periodic purge("purge_users", absl::Minutes(1),
                                [&] { return users::PurgeDeleted(foundation->background_pool()); });
  const process::Periodic ended_terms("expire_subscriptions", kSweepInterval, [&] {
    return subscriptions::SweepExpired(foundation->background_pool());
  });
  const process::Periodic lapsed_transfers("expire_transfers", kSweepInterval, [&] {
    return transfers::SweepExpired(foundation->background_pool());
  });
  return running->Run();
}

}  // namespace
}  // namespace partnerlink::directory

int main(int argc, char** argv) {
  using namespace partnerlink;  // NOLINT: a main
  server::BlockSignals();
  absl::ParseCommandLine(argc, argv);
  log::Start("directory", log::Level::kInfo);
  const absl::StatusOr<int> exit_code = directory::Serve();
  return exit_code.ok() ? *exit_code : server::RefuseToStart(exit_code.status());
}
