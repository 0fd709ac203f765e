#include "common/rpc/rate_limit.h"

#include <algorithm>

#include "common/status/status.h"

namespace partnerlink::rpc {
namespace {

constexpr double kBurstSeconds = 2;
constexpr size_t kMostBuckets = 10000;

}  // namespace

RateLimit::RateLimit(double reads, double mutations)
    : reads_{reads, {}}, mutations_{mutations, {}} {}

absl::Status RateLimit::Take(const std::string& account, MethodClass method_class, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  Class& limit = method_class == MethodClass::kRead ? reads_ : mutations_;
  const double most = limit.rate * kBurstSeconds;
  // Full buckets say nothing: drop them before the map grows without end.
  if (limit.buckets.size() >= kMostBuckets) {
    std::erase_if(limit.buckets, [&](const auto& entry) {
      return absl::ToDoubleSeconds(now - entry.second.filled) >= kBurstSeconds;
    });
  }
  Bucket& bucket = limit.buckets.try_emplace(account, Bucket{most, now}).first->second;
  const double seconds = std::max(0.0, absl::ToDoubleSeconds(now - bucket.filled));
  bucket.tokens = std::min(most, bucket.tokens + seconds * limit.rate);
  bucket.filled = now;
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return absl::OkStatus();
  }
  return RefusalWithRetry(common::v1::RATE_LIMITED, "Too many calls of this account.",
                          absl::Seconds((1 - bucket.tokens) / limit.rate));
}

}  // namespace partnerlink::rpc
