#include "common/log/log.h"

#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/log/line.h"
#include "spdlog/async_logger.h"
#include "spdlog/details/null_mutex.h"
#include "spdlog/details/thread_pool.h"
#include "spdlog/sinks/base_sink.h"

namespace partnerlink::log {
namespace {

constexpr size_t kMaxWaitingLines = 4096;
constexpr size_t kMaxBatchBytes = 64 << 10;
// Between batches: waking the writer for each line would cost its caller more than the line itself.
constexpr absl::Duration kPause = absl::Milliseconds(10);
constexpr absl::Duration kMaxFlushTime = absl::Seconds(1);

// Waits for a stderr that another process has made non-blocking; false once it is gone.
bool WriteAll(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd room{STDERR_FILENO, POLLOUT, 0};
      poll(&room, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

std::string_view NameOf(Level level) {
  switch (level) {
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      return "error";
  }
  return "";
}

// Writes the lines, on the one thread of the pool.
class Stderr final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  Stderr(std::string service, std::shared_ptr<spdlog::details::thread_pool> pool)
      : service_(std::move(service)), pool_(std::move(pool)) {}

  // Returns when `lines` are written or dropped.
  void Await(uint64_t lines, absl::Duration timeout) {
    absl::MutexLock lock(&mutex_);
    const auto done = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return written_ + pool_->overrun_counter() >= lines;
    };
    mutex_.AwaitWithTimeout(absl::Condition(&done), timeout);
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    AppendDropped();
    batch_.append(message.payload.data(), message.payload.size());
    ++batch_lines_;
    const bool more = pool_->queue_size() > 0;
    if (more && batch_.size() < kMaxBatchBytes) return;
    WriteBatch();
    if (!more) absl::SleepFor(kPause);
  }
  void flush_() override {}

 private:
  void WriteBatch() {
    WriteAll(batch_);
    absl::MutexLock lock(&mutex_);
    written_ += std::exchange(batch_lines_, 0);
    batch_.clear();
  }

  void AppendDropped() {
    const uint64_t dropped = pool_->overrun_counter();
    if (dropped == reported_) return;
    Line line(absl::Now(), NameOf(Level::kWarning), service_, "log_lines_dropped");
    line.Add({"count", dropped - reported_});
    reported_ = dropped;
    batch_ += std::move(line).Finish() + "\n";
  }

  const std::string service_;
  const std::shared_ptr<spdlog::details::thread_pool> pool_;
  std::string batch_;
  uint64_t batch_lines_ = 0;
  uint64_t reported_ = 0;
  absl::Mutex mutex_;
  uint64_t written_ ABSL_GUARDED_BY(mutex_) = 0;
};

struct Log {
  explicit Log(std::string_view name)
      : service(name),
        pool(std::make_shared<spdlog::details::thread_pool>(kMaxWaitingLines, 1)),
        sink(std::make_shared<Stderr>(service, pool)),
        logger(std::make_shared<spdlog::async_logger>(
            service, sink, pool, spdlog::async_overflow_policy::overrun_oldest)) {}

  void Post(std::string line) {
    line += '\n';
    posted.fetch_add(1, std::memory_order_relaxed);
    logger->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
  }

  const std::string service;
  const std::shared_ptr<spdlog::details::thread_pool> pool;
  const std::shared_ptr<Stderr> sink;
  const std::shared_ptr<spdlog::async_logger> logger;
  std::atomic<Level> level{Level::kInfo};
  std::atomic<uint64_t> posted{0};
};

// Never deleted: the end of the pool would wait for a stderr that nobody reads.
std::atomic<Log*> current{nullptr};

Log* LogFor(Level level) {
  Log* log = current.load(std::memory_order_acquire);
  return log != nullptr && level >= log->level.load(std::memory_order_relaxed) ? log : nullptr;
}

// The second of the four parts of `00-{32 hex digits}-{16}-{2}`; empty for anything else.
std::string_view TraceIdOf(std::string_view traceparent) {
  constexpr size_t kBytes = 55;
  if (traceparent.size() != kBytes || traceparent[2] != '-' || traceparent[35] != '-') return {};
  const std::string_view id = traceparent.substr(3, 32);
  return id.find_first_not_of("0123456789abcdef") == std::string_view::npos ? id
                                                                            : std::string_view();
}

Level LevelOf(absl::StatusCode code) {
  const bool fault = code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
                     code == absl::StatusCode::kDataLoss;
  return fault ? Level::kError : Level::kInfo;
}

}  // namespace

std::optional<Level> LevelOf(std::string_view name) {
  for (const Level level : {Level::kInfo, Level::kWarning, Level::kError}) {
    if (NameOf(level) == name) return level;
  }
  return std::nullopt;
}

void Start(std::string_view service, Level level) {
  if (current.load() == nullptr) {
    current.store(new Log(service));
    std::atexit(&Flush);
  }
  current.load()->level = level;
}

void Flush() {
  Log* log = current.load();
  if (log != nullptr) log->sink->Await(log->posted.load(), kMaxFlushTime);
}

void Write(Level level, std::string_view event, absl::Span<const Field> fields) {
  Log* log = LogFor(level);
  if (log == nullptr) return;
  Line line(absl::Now(), NameOf(level), log->service, event);
  for (const Field& field : fields) line.Add(field);
  log->Post(std::move(line).Finish());
}

void Call(const CallLine& call) {
  const Level level = LevelOf(call.code);
  Log* log = LogFor(level);
  if (log == nullptr) return;
  Line line(absl::Now(), NameOf(level), log->service, "call");
  line.Add({"method", call.method});
  line.Add({"code", absl::StatusCodeToString(call.code)});
  line.AddUnlessEmpty("reason", call.reason);
  line.Add({"duration_ms", std::round(absl::ToDoubleMicroseconds(call.duration)) / 1000});
  line.AddUnlessEmpty("request_id", call.request_id);
  line.AddUnlessEmpty("trace_id", TraceIdOf(call.traceparent));
  line.AddUnlessEmpty("account", call.account);
  line.AddUnlessEmpty("subject", call.subject);
  line.AddUnlessEmpty("peer", call.peer);
  line.Add({"bytes_in", call.bytes_in});
  line.Add({"bytes_out", call.bytes_out});
  log->Post(std::move(line).Finish());
}

}  // namespace partnerlink::log
