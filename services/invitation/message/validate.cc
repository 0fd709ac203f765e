#include "services/invitation/message/validate.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/validation/text.h"
#include "services/invitation/message/web_address.h"

namespace partnerlink::invitation::message {
namespace {

constexpr std::string_view kSubject = "invitation.subject";
constexpr std::string_view kNote = "invitation.note";
constexpr std::string_view kBody = "invitation.body_text";
constexpr std::string_view kBraces = "{{";
constexpr size_t kMaxSubject = 200;
constexpr size_t kMaxNote = 2'000;
constexpr size_t kMaxBody = 10'000;

// What may stand right before the link, and right behind it up to a space: what mail programs leave
// out of the link they make of an address.
constexpr std::string_view kOpening = "(<\"'";
constexpr std::string_view kClosing = ".,;:!?)>\"'";
constexpr std::string_view kSpaces = " \t\n";

bool Holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

absl::Status LinkRefusal(ErrorReason reason, const std::string& why) {
  FieldViolations violations;
  violations.Add(kBody, why);
  return violations.ToStatus(reason);
}

// Whether a link between these is read as it is, and nothing of them as a part of it.
bool Delimits(std::string_view before, std::string_view after) {
  const bool begins = before.empty() || kSpaces.find(before.back()) != std::string_view::npos ||
                      kOpening.find(before.back()) != std::string_view::npos;
  const size_t end = after.find_first_not_of(kClosing);
  return begins &&
         (end == std::string_view::npos || kSpaces.find(after[end]) != std::string_view::npos);
}

}  // namespace

void ValidateSubject(std::string_view subject, FieldViolations& violations) {
  if (const std::string problem = validation::TextProblem(subject, 1, kMaxSubject);
      !problem.empty()) {
    violations.Add(kSubject, problem);
  } else if (Holds(subject, kBraces)) {
    violations.Add(kSubject, "must not hold {{");
  }
}

void ValidateNote(std::string_view note, FieldViolations& violations) {
  if (const std::string problem = validation::TextProblem(note, 0, kMaxNote); !problem.empty()) {
    violations.Add(kNote, problem);
  } else if (!validation::IsNfc(note)) {
    violations.Add(kNote, "must be in Unicode normalisation form C (NFC)");
  } else if (Holds(note, kBraces)) {
    violations.Add(kNote, "must not hold {{");
  } else if (HasMailAddress(note)) {
    violations.Add(kNote, "must not hold a mail address");
  } else if (const auto address = FindWebAddress(note)) {
    violations.Add(kNote, absl::StrCat("must not hold a web address: ", *address));
  }
}

void ValidateBody(std::string_view body_text, FieldViolations& violations) {
  if (const std::string problem = validation::TextProblem(body_text, 1, kMaxBody, "\n\t");
      !problem.empty()) {
    violations.Add(kBody, problem);
  }
}

absl::Status ValidateBodyLink(std::string_view body_text) {
  const size_t marker = body_text.find(kLinkMarker);
  if (marker == std::string_view::npos) {
    return LinkRefusal(common::v1::LINK_MISSING, "must hold {{link}}, where the link goes");
  }
  if (body_text.find(kLinkMarker, marker + 1) != std::string_view::npos) {
    return LinkRefusal(common::v1::LINK_DUPLICATED, "must hold {{link}} only once");
  }
  const std::string before(body_text.substr(0, marker));
  const std::string after(body_text.substr(marker + kLinkMarker.size()));
  if (const auto address = FindWebAddress(absl::StrCat(before, " ", after))) {
    return LinkRefusal(common::v1::LINK_FOREIGN,
                       absl::StrCat("must hold no web address but {{link}}: ", *address));
  }
  if (!Delimits(before, after)) {
    return LinkRefusal(
        common::v1::FIELD_INVALID,
        "must have a space or the end of a line on both sides of {{link}}, so that a "
        "mail program takes no more into the link; between may stand ( < \" ' before "
        "it, and . , ; : ! ? ) > \" ' behind it");
  }
  return absl::OkStatus();
}

}  // namespace partnerlink::invitation::message
