#include "common/log/line.h"

#include <utility>

#include "absl/time/civil_time.h"
#include "common/log/json_text.h"
#include "nlohmann/json.hpp"
#include "spdlog/fmt/fmt.h"

namespace partnerlink::log {
namespace {

constexpr size_t kMaxTextBytes = 1024;
constexpr size_t kUsualLineBytes = 640;
constexpr std::string_view kMask = "***";

std::string Masked(const Address& address) {
  const size_t at = address.value.rfind('@');
  if (at == std::string_view::npos) return std::string(kMask);
  std::string masked;
  // A first byte beyond ASCII would be half a character.
  if (at > 0 && static_cast<unsigned char>(address.value[0]) < 0x80) masked = address.value[0];
  masked += kMask;
  masked += address.value.substr(at);
  return masked;
}

}  // namespace

Line::Line(absl::Time time, std::string_view level, std::string_view service,
           std::string_view event) {
  text_.reserve(kUsualLineBytes);
  const auto now = absl::UTCTimeZone().At(time);
  fmt::format_to(std::back_inserter(text_),
                 R"({{"time":"{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z")", now.cs.year(),
                 now.cs.month(), now.cs.day(), now.cs.hour(), now.cs.minute(), now.cs.second(),
                 absl::ToInt64Milliseconds(now.subsecond));
  Add({"level", level});
  Add({"service", service});
  Add({"event", event});
}

void Line::Add(const Field& field) {
  AddName(field.name);
  std::visit(
      [this](const auto& value) {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, std::string_view>) {
          AddText(value);
        } else if constexpr (std::is_same_v<T, Secret>) {
          AddText(kMask);
        } else if constexpr (std::is_same_v<T, Address>) {
          AddText(Masked(value));
        } else if constexpr (std::is_same_v<T, double>) {
          text_ += nlohmann::json(value).dump();
        } else if constexpr (std::is_same_v<T, bool>) {
          text_ += value ? "true" : "false";
        } else {
          fmt::format_to(std::back_inserter(text_), "{}", value);
        }
      },
      field.value);
}

void Line::AddUnlessEmpty(std::string_view name, std::string_view text) {
  if (!text.empty()) Add({name, text});
}

std::string Line::Finish() && {
  text_ += '}';
  return std::move(text_);
}

void Line::AddName(std::string_view name) {
  text_ += ",\"";
  text_ += name;
  text_ += "\":";
}

void Line::AddText(std::string_view text) { AppendJsonText(text.substr(0, kMaxTextBytes), text_); }

}  // namespace partnerlink::log
