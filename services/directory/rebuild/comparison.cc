#include "services/directory/rebuild/comparison.h"

#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "common/postgres/transact.h"
#include "common/status/status.h"

namespace partnerlink::directory::rebuild {
namespace {

// A portion takes a part of a second.
constexpr absl::Duration kComparisonPatience = absl::Seconds(30);

struct Portion {
  std::optional<Range> range;  // none: there is nothing left
  Extent extent;
  std::vector<Difference> differences;
};

absl::StatusOr<Portion> ComparePortion(postgres::Pool& pool, const std::string& after, int limit) {
  return postgres::Transact<Portion>(
      pool, {"", absl::Now() + kComparisonPatience, postgres::Access::kReadOnly},
      [&](postgres::Transaction& transaction) -> absl::StatusOr<Portion> {
        Portion portion{FindRange(transaction, after, limit), {}, {}};
        if (portion.range) {
          portion.extent = Measure(transaction, *portion.range);
          portion.differences = FindDifferences(transaction, *portion.range);
        }
        return portion;
      });
}

}  // namespace

int64_t Findings::differences() const {
  int64_t sum = 0;
  for (const auto& [kind, count] : by_kind) sum += count;
  return sum;
}

absl::StatusOr<Findings> Compare(postgres::Pool& pool, const Visit& visit, int portion) {
  Findings findings;
  std::string after;
  while (true) {
    PARTNERLINK_ASSIGN_OR_RETURN(Portion compared, ComparePortion(pool, after, portion));
    if (!compared.range) break;
    after = compared.range->last;
    findings.extent.relationships += compared.extent.relationships;
    findings.extent.rows += compared.extent.rows;
    findings.under_way +=
        static_cast<int64_t>(std::erase_if(compared.differences, [](const Difference& difference) {
          return difference.is_under_way;
        }));
    for (const Difference& difference : compared.differences) ++findings.by_kind[difference.kind];
    if (!compared.differences.empty()) PARTNERLINK_RETURN_IF_ERROR(visit(compared.differences));
  }
  PARTNERLINK_ASSIGN_OR_RETURN(
      findings.owed, postgres::Transact<Owed>(
                         pool, {"", absl::Now() + kComparisonPatience, postgres::Access::kReadOnly},
                         [](postgres::Transaction& transaction) -> absl::StatusOr<Owed> {
                           return FindOwed(transaction);
                         }));
  return findings;
}

}  // namespace partnerlink::directory::rebuild
