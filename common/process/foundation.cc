#include "common/process/foundation.h"

#include <malloc.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/log/log.h"
#include "common/outbox/consistency_token.h"
#include "common/postgres/transact.h"
#include "common/status/status.h"

namespace partnerlink::process {
namespace {

// One for each of the loops that may work at the same moment, in the busiest service.
constexpr int kBackgroundConnections = 6;
constexpr absl::Duration kPurgeInterval = absl::Hours(1);

// As many as can be busy at the same moment. By default there are eight for each CPU, and each
// keeps what the largest call of its threads once took: an import then takes four times the memory.
void LimitMallocArenas() {
  mallopt(M_ARENA_MAX, static_cast<int>(std::max(2U, std::thread::hardware_concurrency())));
}

absl::StatusOr<std::string> ReadKey(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return absl::NotFoundError(absl::StrCat("--page_token_key_file: cannot read ", path));
  std::string key;
  if (!absl::Base64Unescape(absl::StripAsciiWhitespace(text.str()), &key) ||
      key.size() < paging::kMinKeyBytes) {
    return absl::InvalidArgumentError(absl::StrCat("--page_token_key_file: ", path,
                                                   " must hold base64 of at least ",
                                                   paging::kMinKeyBytes, " random bytes"));
  }
  return key;
}

absl::StatusOr<region::Regions> ReadRegions(const std::string& path) {
  if (path.empty()) return region::Regions();
  return region::Regions::FromFile(path);
}

void LogKeyFile(const absl::Status& status) {
  if (status.ok()) {
    log::Info("keys_read");
  } else {
    log::Error("keys_not_read", {{"detail", std::string(status.message())}});
  }
}

absl::Status PurgeRequestIds(postgres::Pool& pool) {
  const postgres::Scope scope{"", absl::Now() + absl::Seconds(30)};
  return postgres::TransactStatus(pool, scope, [](postgres::Transaction& transaction) {
    transaction.Run(
        "DELETE FROM common.request_ids WHERE create_time < clock_timestamp() - interval '8 days'");
    return absl::OkStatus();
  });
}

}  // namespace

absl::StatusOr<std::unique_ptr<Foundation>> Foundation::Create(const server::Options& options,
                                                               const std::string& service) {
  LimitMallocArenas();
  PARTNERLINK_ASSIGN_OR_RETURN(const std::string key, ReadKey(options.page_token_key_file));
  PARTNERLINK_ASSIGN_OR_RETURN(region::Regions regions, ReadRegions(options.region_file));
  PARTNERLINK_ASSIGN_OR_RETURN(std::unique_ptr<auth::JwtVerifier> verifier,
                               auth::JwtVerifier::Create({.jwks_file = options.jwks_file,
                                                          .issuer = options.jwt_issuer,
                                                          .audience = options.jwt_audience,
                                                          .on_reread = LogKeyFile}));
  return std::unique_ptr<Foundation>(
      new Foundation(options, service, std::move(verifier), std::move(regions), key));
}

Foundation::Foundation(const server::Options& options, const std::string& service,
                       std::unique_ptr<auth::JwtVerifier> verifier, region::Regions regions,
                       const std::string& page_token_key)
    : pool_(service, options.postgres, options.workers),
      work_pool_(service + "_worker", options.postgres_worker, options.peer_workers),
      background_pool_(service + "_background", options.postgres_worker, kBackgroundConnections),
      page_tokens_(page_token_key),
      regions_(std::move(regions)),
      verifier_(std::move(verifier)),
      rate_limit_(options.read_rate, options.mutation_rate),
      series_limit_(options.workers),
      workers_("public", options.workers),
      peer_workers_("peer", options.peer_workers) {}

rpc::Edge Foundation::edge() {
  return {.verifier = verifier_.get(),
          .workers = &workers_,
          .peer_workers = &peer_workers_,
          .rate_limit = &rate_limit_,
          .series_limit = &series_limit_,
          .is_on_its_way =
              [this](const std::string& root, absl::Time deadline) {
                return outbox::IsOwed(pool_, root, deadline);
              },
          .record_call =
              [this](const CallContext& context, const std::vector<outbox::CallEntry>& entries) {
                return outbox::RecordCall(pool_, context, entries);
              }};
}

void Foundation::StartPurging() {
  purge_ = std::make_unique<Periodic>("purge_request_ids", kPurgeInterval,
                                      [this] { return PurgeRequestIds(background_pool_); });
}

absl::Status Foundation::CheckReadiness(const postgres::Requirements& requirements) {
  PARTNERLINK_RETURN_IF_ERROR(postgres::CheckReadiness(pool_, requirements));
  return postgres::CheckReadiness(background_pool_, requirements);
}

}  // namespace partnerlink::process
