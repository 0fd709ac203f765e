// What every service's process is built on: its connections, workers, verifier and limits, made
// from the shared flags.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/auth/jwt_verifier.h"
#include "common/paging/page_tokens.h"
#include "common/postgres/pool.h"
#include "common/postgres/readiness.h"
#include "common/process/periodic.h"
#include "common/region/regions.h"
#include "common/rpc/rate_limit.h"
#include "common/rpc/service.h"
#include "common/rpc/workers.h"
#include "common/server/options.h"

namespace partnerlink::process {

class Foundation {
 public:
  // `service` such as `invitation`. Fails, saying why, on files that are missing or malformed.
  static absl::StatusOr<std::unique_ptr<Foundation>> Create(const server::Options& options,
                                                            const std::string& service);

  postgres::Pool& pool() { return pool_; }  // login `{service}`: the calls of tenants
  postgres::Pool& work_pool() {
    return work_pool_;
  }  // login `{service}_worker`: the calls of peers
  // The same login, apart from the calls: one connection for each relay and sweep.
  postgres::Pool& background_pool() { return background_pool_; }
  const paging::PageTokens& page_tokens() const { return page_tokens_; }
  const region::Regions& regions() const { return regions_; }
  rpc::Edge edge();

  // Deletes request ids that are older than 7 days, now and then.
  void StartPurging();

  // Whether both logins may serve on this database, see postgres::CheckReadiness.
  absl::Status CheckReadiness(const postgres::Requirements& requirements);

 private:
  Foundation(const server::Options& options, const std::string& service,
             std::unique_ptr<auth::JwtVerifier> verifier, region::Regions regions,
             const std::string& page_token_key);

  postgres::Pool pool_;
  postgres::Pool work_pool_;
  postgres::Pool background_pool_;
  const paging::PageTokens page_tokens_;
  const region::Regions regions_;
  const std::unique_ptr<auth::JwtVerifier> verifier_;
  rpc::RateLimit rate_limit_;
  rpc::SeriesLimit series_limit_;
  rpc::Workers workers_;
  rpc::Workers peer_workers_;
  std::unique_ptr<Periodic> purge_;
};

}  // namespace partnerlink::process
