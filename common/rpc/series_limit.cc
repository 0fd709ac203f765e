#include "common/rpc/series_limit.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace partnerlink::rpc {
namespace {

constexpr int kMostOfAccount = 2;

}  // namespace

SeriesLimit::SeriesLimit(int workers) : most_(std::max(1, workers / 2)) {}

absl::Status SeriesLimit::Enter(const std::string& account) {
  absl::MutexLock lock(&mutex_);
  const auto of_account = of_account_.find(account);
  if (of_account != of_account_.end() && of_account->second >= kMostOfAccount) {
    return Refusal(common::v1::RATE_LIMITED,
                   absl::StrCat("The account has ", kMostOfAccount,
                                " calls of this kind under way, which is the most it may have."));
  }
  if (going_on_ >= most_) {
    return Refusal(common::v1::OVERLOADED, "The service has more work than it can take now.");
  }
  ++going_on_;
  ++of_account_[account];
  return absl::OkStatus();
}

void SeriesLimit::Leave(const std::string& account) {
  absl::MutexLock lock(&mutex_);
  --going_on_;
  const auto of_account = of_account_.find(account);
  if (--of_account->second == 0) of_account_.erase(of_account);
}

}  // namespace partnerlink::rpc
