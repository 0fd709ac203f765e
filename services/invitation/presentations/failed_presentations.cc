#include "services/invitation/presentations/failed_presentations.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace partnerlink::invitation::presentations {
namespace {

constexpr absl::Duration kWindow = absl::Minutes(1);
constexpr absl::Duration kSoon = absl::Seconds(1);
constexpr size_t kMostCallers = 10000;
constexpr size_t kNetworkBytes = 8;  // of IPv6

}  // namespace

absl::Status FailedPresentations::Begin(const std::string& caller, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  Presentations& its = callers_[caller];
  const auto recent = static_cast<size_t>(
      std::count_if(its.failures.begin(), its.failures.end(),
                    [&](absl::Time failure) { return failure + kWindow > now; }));
  if (recent + its.begun < most_) {
    ++its.begun;
    return absl::OkStatus();
  }
  // Those that are not judged yet may prove good at any moment.
  const absl::Duration wait = recent < most_ ? kSoon : its.failures.front() + kWindow - now;
  return QuotaExceeded(caller,
                       absl::StrCat("At most ", most_, " wrong links may be tried in a minute."),
                       wait, common::v1::RATE_LIMITED);
}

void FailedPresentations::EndWell(const std::string& caller) {
  absl::MutexLock lock(&mutex_);
  const auto found = callers_.find(caller);
  --found->second.begun;
  if (found->second.begun == 0 && found->second.failures.empty()) callers_.erase(found);
}

void FailedPresentations::EndFailed(const std::string& caller, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  Presentations& its = callers_[caller];
  --its.begun;
  its.failures.push_back(now);
  if (its.failures.size() > most_) its.failures.pop_front();
  if (its.failures.size() == 1) ForgetOthers(caller, now);
}

void FailedPresentations::ForgetOthers(const std::string& caller, absl::Time now) {
  // What is over says nothing: drop it before the map grows without end; then whom it hits. Of who
  // has begun one nothing is dropped: they are no more than there are calls at once.
  if (callers_.size() <= kMostCallers) return;
  std::erase_if(callers_, [&](const auto& entry) {
    return entry.second.begun == 0 && entry.second.failures.back() + kWindow <= now;
  });
  if (callers_.size() <= kMostCallers) return;
  const auto idle = std::find_if(callers_.begin(), callers_.end(), [&](const auto& entry) {
    return entry.second.begun == 0 && entry.first != caller;
  });
  if (idle != callers_.end()) callers_.erase(idle);
}

bool IsFailure(const absl::Status& status) {
  return ReasonOf(status) == common::v1::INVITATION_NOT_FOUND;
}

std::string PresenterOf(const CallContext& context) {
  if (!context.principal.account.empty()) return context.principal.account;
  std::array<unsigned char, 16> address;
  if (inet_pton(AF_INET6, context.client_address.c_str(), address.data()) != 1) {
    return context.client_address;
  }
  return absl::StrCat(absl::BytesToHexString(absl::string_view(
                          reinterpret_cast<const char*>(address.data()), kNetworkBytes)),
                      "/64");
}

}  // namespace partnerlink::invitation::presentations
