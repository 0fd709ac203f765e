// partnerlink-rebuild: compares every partner's list of customers with a rebuild from the
// relationships, and mends it where it is told to, while the suite serves.
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/identifier/uuid.h"
#include "common/postgres/pool.h"
#include "common/postgres/readiness.h"
#include "common/status/status.h"
#include "services/directory/rebuild/comparison.h"
#include "services/directory/rebuild/repair.h"

ABSL_FLAG(std::string, postgres, "",
          "Required. libpq conninfo of the login `rebuilder`; a password only by passfile=");
ABSL_FLAG(bool, compare, false, "Compares and changes nothing; so it does without --repair, too");
ABSL_FLAG(bool, repair, false,
          "Mends what differs, customer by customer; needs --operator and --reason");
ABSL_FLAG(std::string, operator, "", "Who mends, for the audit");
ABSL_FLAG(std::string, reason, "", "Why, for the audit");
ABSL_FLAG(int, most, 20, "So many differences of each kind are printed; all are counted");

namespace partnerlink::directory::rebuild {
namespace {

constexpr int kEqual = 0;
constexpr int kDifferent = 1;
constexpr int kNotDone = 2;
// So often a customer that others are at work on is tried.
constexpr int kAttempts = 5;

absl::Status CheckFlags() {
  const bool repair = absl::GetFlag(FLAGS_repair);
  if (absl::GetFlag(FLAGS_postgres).empty()) {
    return absl::InvalidArgumentError("--postgres is required");
  }
  if (repair && absl::GetFlag(FLAGS_compare)) {
    return absl::InvalidArgumentError("--compare and --repair exclude each other");
  }
  if (repair && (absl::GetFlag(FLAGS_operator).empty() || absl::GetFlag(FLAGS_reason).empty())) {
    return absl::InvalidArgumentError(
        "--repair needs --operator and --reason: the audit keeps them");
  }
  return absl::OkStatus();
}

void Print(const Difference& difference) {
  std::string line =
      absl::StrCat(difference.kind, ": ", difference.customer, " of ", difference.partner);
  if (!difference.relationship.empty()) {
    absl::StrAppend(&line, ", relationships/", difference.relationship);
  }
  if (!difference.found.empty() || !difference.wanted.empty()) {
    absl::StrAppend(&line, ": '", difference.found, "' instead of '", difference.wanted, "'");
  }
  std::puts(line.c_str());
}

// Prints the first of each kind.
class Printer {
 public:
  explicit Printer(int most) : most_(most) {}
  void Show(const std::vector<Difference>& differences) {
    for (const Difference& difference : differences) {
      if (shown_[difference.kind]++ < most_) Print(difference);
    }
  }

 private:
  const int most_;
  std::map<std::string, int> shown_;
};

void Print(const Findings& findings, absl::Duration took) {
  std::printf("compared %lld relationships and %lld rows of lists in %.1f s\n",
              static_cast<long long>(findings.extent.relationships),
              static_cast<long long>(findings.extent.rows), absl::ToDoubleSeconds(took));
  for (const auto& [kind, count] : findings.by_kind) {
    std::printf("  %s: %lld\n", kind.c_str(), static_cast<long long>(count));
  }
  if (findings.under_way > 0) {
    std::printf("%lld edges are under way to Directory: no differences\n",
                static_cast<long long>(findings.under_way));
  }
  if (findings.owed.deliveries > 0) {
    std::printf("Directory is owed %lld deliveries, the oldest for %lld s\n",
                static_cast<long long>(findings.owed.deliveries),
                static_cast<long long>(findings.owed.oldest_seconds));
  }
}

// Mends the customers that differ, and counts.
class Mending {
 public:
  Mending(postgres::Pool& pool, outbox::Actor mender) : pool_(pool), mender_(std::move(mender)) {}

  void MendAll(const std::vector<Difference>& differences) {
    std::string last;
    for (const Difference& difference : differences) {
      if (difference.customer == last) continue;
      last = difference.customer;
      MendOne(last);
    }
  }
  int64_t mended() const { return mended_; }
  int64_t left() const { return left_; }

 private:
  void MendOne(const std::string& customer) {
    absl::StatusOr<int> mended = absl::UnknownError("");
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      mended = MendCustomer(pool_, mender_, customer);
      if (mended.ok() || ReasonOf(mended.status()) != common::v1::CONFLICT) break;
    }
    if (mended.ok()) {
      mended_ += *mended;
    } else {
      ++left_;
      const bool is_unknown = ReasonOf(mended.status()) == common::v1::RESOURCE_NOT_FOUND;
      std::printf("not mended: %s: %s\n", customer.c_str(),
                  is_unknown
                      ? "Directory does not know it; its company came with news that were lost"
                      : std::string(mended.status().message()).c_str());
    }
  }

  postgres::Pool& pool_;
  const outbox::Actor mender_;
  int64_t mended_ = 0;
  int64_t left_ = 0;  // customers
};

absl::StatusOr<int> Run() {
  PARTNERLINK_RETURN_IF_ERROR(CheckFlags());
  postgres::Pool pool("rebuilder", absl::GetFlag(FLAGS_postgres), 1);
  PARTNERLINK_RETURN_IF_ERROR(
      postgres::CheckReadiness(pool, {"directory", {"directory:list_rebuild"}}));
  const bool repair = absl::GetFlag(FLAGS_repair);
  const std::string run = NewUuid();
  Printer printer(absl::GetFlag(FLAGS_most));
  Mending mending(pool, Mender(absl::GetFlag(FLAGS_operator), absl::GetFlag(FLAGS_reason), run));
  const absl::Time start = absl::Now();
  PARTNERLINK_ASSIGN_OR_RETURN(const Findings findings,
                               Compare(pool, [&](const std::vector<Difference>& differences) {
                                 printer.Show(differences);
                                 if (repair) mending.MendAll(differences);
                                 return absl::OkStatus();
                               }));
  Print(findings, absl::Now() - start);
  if (findings.differences() == 0) {
    std::puts("equal: every list is what its relationships make it");
    return kEqual;
  }
  if (!repair) {
    std::printf("different: %lld differences\n", static_cast<long long>(findings.differences()));
    return kDifferent;
  }
  std::printf("mended %lld differences, left %lld customers; in the audit by request id %s\n",
              static_cast<long long>(mending.mended()), static_cast<long long>(mending.left()),
              run.c_str());
  return mending.left() == 0 ? kEqual : kDifferent;
}

}  // namespace
}  // namespace partnerlink::directory::rebuild

int main(int argc, char** argv) {
  using namespace partnerlink::directory::rebuild;  // NOLINT: a main
  absl::SetProgramUsageMessage(
      "compares every partner's list of customers with a rebuild from the relationships, and mends "
      "it with --repair. Exit code 0: equal, or all mended; 1: differences; 2: could not be done");
  // Abseil ends the program with 1 where it cannot read the flags.
  static bool has_read_flags = false;
  on_exit(
      [](int code, void*) {
        if (has_read_flags || code == kEqual) return;
        std::fflush(nullptr);
        std::_Exit(kNotDone);
      },
      nullptr);
  const std::vector<char*> words = absl::ParseCommandLine(argc, argv);
  has_read_flags = true;
  const absl::StatusOr<int> exit_code =
      words.size() == 1 ? Run()
                        : absl::InvalidArgumentError(absl::StrCat("what is '", words[1], "'?"));
  if (exit_code.ok()) return *exit_code;
  std::fprintf(stderr, "partnerlink-rebuild: %s\n",
               std::string(exit_code.status().message()).c_str());
  return kNotDone;
}
