// What a service needs to run, the same for all of them.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "common/auth/tls.h"
#include "common/log/log.h"

namespace partnerlink::server {

// Addresses are `{IP address}:{port}`; port 0 takes a free one.
struct Options {
  std::string data_address;
  std::string health_address;   // plaintext, health only
  std::string metrics_address;  // plain HTTP, `GET /metrics`
  auth::TlsFiles tls;

  std::string postgres;         // libpq conninfo without a password, for public RPCs
  std::string postgres_worker;  // the same for peer RPCs, the relay and sweepers
  int workers = 0;              // of public RPCs, a connection each
  int peer_workers = 0;         // of peer RPCs, a connection each

  std::string jwks_file;
  std::string jwt_issuer;
  std::string jwt_audience;
  std::string page_token_key_file;
  std::string region_file;  // empty: all countries are one region

  int mutation_rate = 0;  // calls of an account in a second
  int read_rate = 0;

  absl::Duration drain_delay;        // from NOT_SERVING until new calls are refused
  absl::Duration shutdown_deadline;  // for the calls in flight from then on
  log::Level log_level = log::Level::kInfo;
};

}  // namespace partnerlink::server
