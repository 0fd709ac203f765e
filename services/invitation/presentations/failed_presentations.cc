#include "services/invitation/presentations/failed_presentations.h"

#include <arpa/inet.h>

#include <array>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace partnerlink::invitation::presentations {
namespace {

constexpr absl::Duration kWindow = absl::Minutes(1);
constexpr size_t kMostCallers = 10000;
constexpr size_t kNetworkBytes = 8;  // of IPv6

}  // namespace

absl::Status FailedPresentations::Check(const std::string& caller, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  const auto found = failures_.find(caller);
  if (found == failures_.end() || found->second.size() < most_) return absl::OkStatus();
  const absl::Duration left = found->second.front() + kWindow - now;
  if (left <= absl::ZeroDuration()) return absl::OkStatus();
  return QuotaExceeded(caller,
                       absl::StrCat("At most ", most_, " wrong links may be tried in a minute."),
                       left, common::v1::RATE_LIMITED);
}

void FailedPresentations::Count(const std::string& caller, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  // What is over says nothing: drop it before the map grows without end; then whom it hits.
  if (failures_.size() >= kMostCallers && !failures_.contains(caller)) {
    std::erase_if(failures_,
                  [&](const auto& entry) { return entry.second.back() + kWindow <= now; });
    if (failures_.size() >= kMostCallers) failures_.erase(failures_.begin());
  }
  std::deque<absl::Time>& failures = failures_[caller];
  failures.push_back(now);
  if (failures.size() > most_) failures.pop_front();
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
