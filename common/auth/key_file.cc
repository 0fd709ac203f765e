#include "common/auth/key_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace partnerlink::auth {
namespace {

constexpr absl::Duration kLookInterval = absl::Seconds(2);
constexpr absl::Duration kUnknownKeyInterval = absl::Minutes(1);
constexpr size_t kMaxFileBytes = 1 << 20;

// A clock that was set back must not stop the looking.
bool IsDue(absl::Time last, absl::Duration interval, absl::Time now) {
  return now >= last + interval || now < last;
}

}  // namespace

KeyFile::KeyFile(std::string path, Listener listener)
    : path_(std::move(path)), listener_(std::move(listener)) {}

absl::StatusOr<std::unique_ptr<KeyFile>> KeyFile::Open(const std::string& path, Listener listener) {
  auto file = std::unique_ptr<KeyFile>(new KeyFile(path, std::move(listener)));
  const std::lock_guard lock(file->mutex_);
  PARTNERLINK_RETURN_IF_ERROR(file->Reread());
  return file;
}

std::optional<KeyFile::Stamp> KeyFile::ReadStamp() const {
  struct stat file;
  if (stat(path_.c_str(), &file) != 0) return std::nullopt;
  return Stamp(file.st_ino, file.st_size, file.st_mtim.tv_sec, file.st_mtim.tv_nsec);
}

absl::StatusOr<std::string> KeyFile::ReadText() const {
  std::ifstream stream(path_, std::ios::binary);
  if (!stream) {
    return absl::NotFoundError(
        absl::StrCat("the key file ", path_, " cannot be read: ", std::strerror(errno)));
  }
  std::string text(kMaxFileBytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(stream.gcount()));
  if (text.empty())
    return absl::InvalidArgumentError(absl::StrCat("the key file ", path_, " is empty"));
  if (text.size() > kMaxFileBytes) {
    return absl::InvalidArgumentError(absl::StrCat("the key file ", path_, " exceeds 1 MiB"));
  }
  return text;
}

absl::Status KeyFile::Reread() {
  // The stamp first: a change while we read shows at the next look.
  const auto stamp = ReadStamp();
  stamp_.reset();  // a file that cannot be read now is tried again
  PARTNERLINK_ASSIGN_OR_RETURN(std::string text, ReadText());
  stamp_ = stamp;
  if (text == text_) return absl::OkStatus();
  auto keys = KeySet::Parse(text);
  if (!keys.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the key file ", path_, " is not usable: ", keys.status().message()));
  }
  const uint64_t generation = generation_.load(std::memory_order_relaxed) + 1;
  text_ = std::move(text);
  current_ = std::make_shared<const Reading>(Reading{*std::move(keys), generation});
  generation_.store(generation, std::memory_order_release);
  return absl::OkStatus();
}

void KeyFile::Refresh(absl::Time now) {
  int64_t last = last_look_.load(std::memory_order_relaxed);
  const int64_t nanos = absl::ToUnixNanos(now);
  if (!IsDue(absl::FromUnixNanos(last), kLookInterval, now) ||
      !last_look_.compare_exchange_strong(last, nanos, std::memory_order_relaxed)) {
    return;
  }
  absl::Status status;
  {
    const std::lock_guard lock(mutex_);
    if (ReadStamp() == stamp_) return;
    const uint64_t before = generation();
    status = Reread();
    if (status.ok() && generation() == before) return;
  }
  if (listener_) listener_(status);
}

std::shared_ptr<const KeyFile::Reading> KeyFile::Find(const std::string& key_id, absl::Time now) {
  absl::Status status;
  std::shared_ptr<const Reading> reading;
  {
    const std::lock_guard lock(mutex_);
    if (current_->keys.Has(key_id) || !IsDue(last_unknown_, kUnknownKeyInterval, now)) {
      return current_;
    }
    last_unknown_ = now;
    const uint64_t before = generation();
    status = Reread();
    reading = current_;
    if (status.ok() && generation() == before) return reading;
  }
  if (listener_) listener_(status);
  return reading;
}

}  // namespace partnerlink::auth
