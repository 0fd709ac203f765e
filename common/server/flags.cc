#include "common/server/flags.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libpq-fe.h"

ABSL_FLAG(std::string, data_address, "127.0.0.1:7443",
          "Address of the data port: mutual TLS, for the gateway and the peers");
ABSL_FLAG(std::string, health_address, "127.0.0.1:7444",
          "Address of the health port: plaintext, answers health checks and nothing else");
ABSL_FLAG(std::string, metrics_address, "127.0.0.1:7445",
          "Address that Prometheus reads /metrics from: plain HTTP, loopback or the operations "
          "network only");
ABSL_FLAG(std::string, tls_certificate_file, "",
          "Required. Own certificate with its intermediates, PEM");
ABSL_FLAG(std::string, tls_key_file, "", "Required. Key of the own certificate, PEM");
ABSL_FLAG(std::string, tls_ca_file, "",
          "Required. Certificates of the authorities that peers must be signed by, PEM");
ABSL_FLAG(absl::Duration, tls_reload_interval, absl::Seconds(5),
          "How often the TLS files are looked at; whole seconds, at least 1s");
ABSL_FLAG(std::string, postgres, "",
          "Required. libpq conninfo of the service's login; a password only by passfile=");
ABSL_FLAG(std::string, postgres_worker, "",
          "Required. libpq conninfo of the service's worker login; a password only by passfile=");
ABSL_FLAG(int, workers, 8,
          "Public calls worked on at a time, each with a connection to PostgreSQL; four times as "
          "many may wait; 1 to 256");
ABSL_FLAG(int, peer_workers, 4, "The same for the calls of peers");
ABSL_FLAG(std::string, jwks_file, "", "Required. Public keys that tokens are verified with, JWKS");
ABSL_FLAG(std::string, jwt_issuer, "", "Required. The `iss` that tokens must have");
ABSL_FLAG(std::string, jwt_audience, "partnerlink", "The `aud` that tokens must have");
ABSL_FLAG(std::string, page_token_key_file, "",
          "Required. Key that page tokens are authenticated with; the same for all replicas");
ABSL_FLAG(std::string, region_file, "",
          "Region of each country; empty: all countries are one region");
ABSL_FLAG(int, mutation_rate, 50, "Mutations that an account may call in a second; at least 1");
ABSL_FLAG(int, read_rate, 500, "Reads that an account may call in a second; at least 1");
ABSL_FLAG(absl::Duration, drain_delay, absl::Seconds(5),
          "After SIGTERM: how long new calls are still taken while health says NOT_SERVING");
ABSL_FLAG(absl::Duration, shutdown_deadline, absl::Seconds(20),
          "After the drain delay: how long calls in flight may take; both together at most 27s");
ABSL_FLAG(std::string, log_level, "info", "Lines to log: info, warning or error and above");

namespace partnerlink::server {
namespace {

constexpr absl::Duration kMaxShutdown = absl::Seconds(27);
constexpr int kMaxWorkers = 256;

enum class Conninfo { kGood, kMalformed, kWithPassword };

Conninfo Judge(const std::string& conninfo) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(conninfo.c_str(), nullptr), &PQconninfoFree);
  if (options == nullptr) return Conninfo::kMalformed;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    const std::string_view keyword = option->keyword;
    if (option->val != nullptr && (keyword == "password" || keyword == "sslpassword")) {
      return Conninfo::kWithPassword;
    }
  }
  return Conninfo::kGood;
}

// Gathers what is wrong with the flags, to say all of it in one line.
class Faults {
 public:
  void Require(std::string_view flag, const std::string& value) {
    if (value.empty()) missing_.push_back("--" + std::string(flag));
  }
  void RequireConninfo(std::string_view flag, const std::string& value) {
    Require(flag, value);
    if (value.empty()) return;
    switch (Judge(value)) {
      case Conninfo::kGood:
        return;
      case Conninfo::kMalformed:
        return Add(flag, "is no conninfo of libpq");
      case Conninfo::kWithPassword:
        return Add(flag, "must not hold a password: name a passfile");
    }
  }
  void RequireRange(std::string_view flag, int value, int least, int most) {
    if (value < least || value > most) {
      Add(flag, absl::StrCat("must be between ", least, " and ", most));
    }
  }
  void Add(std::string_view flag, const std::string& what) {
    wrong_.push_back(absl::StrCat("--", std::string(flag), " ", what));
  }

  absl::Status ToStatus() const {
    std::vector<std::string> parts = wrong_;
    if (!missing_.empty()) {
      parts.insert(parts.begin(), "required flags are missing: " + absl::StrJoin(missing_, ", "));
    }
    if (parts.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrJoin(parts, "; "));
  }

 private:
  std::vector<std::string> missing_;
  std::vector<std::string> wrong_;
};

Options Read() {
  Options options;
  options.data_address = absl::GetFlag(FLAGS_data_address);
  options.health_address = absl::GetFlag(FLAGS_health_address);
  options.metrics_address = absl::GetFlag(FLAGS_metrics_address);
  options.tls.certificate = absl::GetFlag(FLAGS_tls_certificate_file);
  options.tls.key = absl::GetFlag(FLAGS_tls_key_file);
  options.tls.ca = absl::GetFlag(FLAGS_tls_ca_file);
  options.tls.reload_interval = absl::GetFlag(FLAGS_tls_reload_interval);
  options.postgres = absl::GetFlag(FLAGS_postgres);
  options.postgres_worker = absl::GetFlag(FLAGS_postgres_worker);
  options.workers = absl::GetFlag(FLAGS_workers);
  options.peer_workers = absl::GetFlag(FLAGS_peer_workers);
  options.jwks_file = absl::GetFlag(FLAGS_jwks_file);
  options.jwt_issuer = absl::GetFlag(FLAGS_jwt_issuer);
  options.jwt_audience = absl::GetFlag(FLAGS_jwt_audience);
  options.page_token_key_file = absl::GetFlag(FLAGS_page_token_key_file);
  options.region_file = absl::GetFlag(FLAGS_region_file);
  options.mutation_rate = absl::GetFlag(FLAGS_mutation_rate);
  options.read_rate = absl::GetFlag(FLAGS_read_rate);
  options.drain_delay = absl::GetFlag(FLAGS_drain_delay);
  options.shutdown_deadline = absl::GetFlag(FLAGS_shutdown_deadline);
  return options;
}

absl::Status Check(const Options& options) {
  Faults faults;
  faults.Require("data_address", options.data_address);
  faults.Require("health_address", options.health_address);
  faults.Require("metrics_address", options.metrics_address);
  faults.Require("tls_certificate_file", options.tls.certificate);
  faults.Require("tls_key_file", options.tls.key);
  faults.Require("tls_ca_file", options.tls.ca);
  faults.RequireConninfo("postgres", options.postgres);
  faults.RequireConninfo("postgres_worker", options.postgres_worker);
  faults.Require("jwks_file", options.jwks_file);
  faults.Require("jwt_issuer", options.jwt_issuer);
  faults.Require("jwt_audience", options.jwt_audience);
  faults.Require("page_token_key_file", options.page_token_key_file);
  faults.RequireRange("workers", options.workers, 1, kMaxWorkers);
  faults.RequireRange("peer_workers", options.peer_workers, 1, kMaxWorkers);
  faults.RequireRange("mutation_rate", options.mutation_rate, 1, INT32_MAX);
  faults.RequireRange("read_rate", options.read_rate, 1, INT32_MAX);
  const absl::Duration reload = options.tls.reload_interval;
  if (reload < absl::Seconds(1) || reload % absl::Seconds(1) != absl::ZeroDuration()) {
    faults.Add("tls_reload_interval", "must be whole seconds, at least 1s");
  }
  if (options.drain_delay < absl::ZeroDuration()) faults.Add("drain_delay", "must not be negative");
  if (options.shutdown_deadline < absl::ZeroDuration()) {
    faults.Add("shutdown_deadline", "must not be negative");
  }
  if (options.drain_delay + options.shutdown_deadline > kMaxShutdown) {
    faults.Add("drain_delay", absl::StrCat("and --shutdown_deadline must be together at most ",
                                           absl::FormatDuration(kMaxShutdown)));
  }
  if (!log::LevelOf(absl::GetFlag(FLAGS_log_level))) {
    faults.Add("log_level", "must be info, warning or error");
  }
  return faults.ToStatus();
}

bool IsMasked(std::string_view flag, const std::string& value) {
  if (flag.starts_with("postgres")) return Judge(value) != Conninfo::kGood;
  if (flag.ends_with("_file")) return false;
  for (const std::string_view word : {"password", "secret", "token", "key"}) {
    if (flag.find(word) != std::string_view::npos) return true;
  }
  return false;
}

// The folder of our sources as a flag names it: without a leading slash.
std::string_view SourceRoot() {
  std::string_view root = __FILE__;
  root.remove_suffix(root.size() - root.rfind("common/server/"));
  root.remove_prefix(std::min(root.find_first_not_of('/'), root.size()));
  return root;
}

}  // namespace

absl::StatusOr<Options> OptionsFromFlags() {
  Options options = Read();
  if (absl::Status status = Check(options); !status.ok()) return status;
  options.log_level = *log::LevelOf(absl::GetFlag(FLAGS_log_level));
  return options;
}

void LogConfiguration() {
  std::map<std::string, std::string> values;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (flag->Filename().starts_with(SourceRoot())) {
      values.emplace(std::string(name), flag->CurrentValue());
    }
  }
  std::vector<log::Field> fields;
  for (const auto& [name, value] : values) {
    if (IsMasked(name, value)) {
      fields.emplace_back(name, log::Secret{value});
    } else {
      fields.emplace_back(name, value);
    }
  }
  log::Write(log::Level::kInfo, "configuration", fields);
}

}  // namespace partnerlink::server
