// The keys as a file holds them now: changes are taken over while the service runs.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/key_set.h"

namespace partnerlink::auth {

// Any thread may use it. Where a re-read fails the last good keys stay.
class KeyFile {
 public:
  // Told each re-read that changed the keys (OK) or failed, on the thread that asked for a key.
  using Listener = std::function<void(const absl::Status&)>;

  // One reading of the file. The generation grows with every change of the keys.
  struct Reading {
    KeySet keys;
    uint64_t generation;
  };

  // Fails, naming the file, if it cannot be read, is larger than 1 MiB or is refused by
  // KeySet::Parse.
  static absl::StatusOr<std::unique_ptr<KeyFile>> Open(const std::string& path, Listener listener);

  // Looks at the file's stamp, at most every two seconds, and re-reads it if it changed.
  void Refresh(absl::Time now);

  // The keys, after a re-read if they do not have `key_id`: at most once a minute.
  std::shared_ptr<const Reading> Find(const std::string& key_id, absl::Time now);

  // Of the present reading.
  uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

 private:
  // Inode, size and modification time.
  using Stamp = std::tuple<uint64_t, int64_t, int64_t, int64_t>;

  KeyFile(std::string path, Listener listener);
  std::optional<Stamp> ReadStamp() const;
  absl::StatusOr<std::string> ReadText() const;
  absl::Status Reread();  // holds mutex_

  const std::string path_;
  const Listener listener_;
  std::atomic<uint64_t> generation_{0};
  std::atomic<int64_t> last_look_{INT64_MIN};  // nanoseconds since 1970
  std::mutex mutex_;                           // guards what follows
  std::shared_ptr<const Reading> current_;
  std::string text_;
  std::optional<Stamp> stamp_;
  absl::Time last_unknown_ = absl::InfinitePast();
};

}  // namespace partnerlink::auth
