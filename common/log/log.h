// The log of a service: JSON lines on stderr. Each has `time`, `level`, `service` and `event`, then
// its fields. Writing is left to a thread of its own: a call never waits for stderr. Where stderr
// cannot keep up the oldest waiting lines are given up, and a line `log_lines_dropped` with their
// `count` says so. Any thread may log.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/log/field.h"

namespace partnerlink::log {

enum class Level { kInfo, kWarning, kError };

// `info`, `warning` or `error`.
std::optional<Level> LevelOf(std::string_view name);

// From here on lines are written, those of `level` and above; before, they are dropped. Called
// again it changes the level only. What waits is written when the program exits, see Flush.
void Start(std::string_view service, Level level);

// Waits until all lines logged so far are written, at most a second.
void Flush();

// `event` in lower_snake_case says what has happened; it is the same for all lines of one kind.
void Write(Level level, std::string_view event, absl::Span<const Field> fields);

inline void Info(std::string_view event, std::initializer_list<Field> fields = {}) {
  Write(Level::kInfo, event, fields);
}
inline void Warning(std::string_view event, std::initializer_list<Field> fields = {}) {
  Write(Level::kWarning, event, fields);
}
inline void Error(std::string_view event, std::initializer_list<Field> fields = {}) {
  Write(Level::kError, event, fields);
}

// One finished call of an RPC. Empty texts are left out of the line.
struct CallLine {
  std::string_view request_id = {};
  std::string_view traceparent = {};  // W3C; the line carries its `trace_id`
  std::string_view method = {};       // `partnerlink.invitation.v1.InvitationService/GetInvitation`
  std::string_view account = {};
  std::string_view subject = {};
  std::string_view peer = {};  // the service at the other end of the connection, such as `gateway`
  absl::StatusCode code = absl::StatusCode::kOk;
  std::string_view reason = {};  // of the refusal's ErrorInfo
  absl::Duration duration = {};  // logged as `duration_ms`, to the microsecond
  uint64_t bytes_in = 0;         // of the request messages
  uint64_t bytes_out = 0;        // of the response messages
};

// Event `call`; level error for INTERNAL, UNKNOWN and DATA_LOSS, otherwise info.
void Call(const CallLine& call);

}  // namespace partnerlink::log
