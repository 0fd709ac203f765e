#include "common/request/field_mask.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "google/protobuf/util/field_mask_util.h"

namespace partnerlink::request {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;
using google::protobuf::util::FieldMaskUtil;

bool Has(const Message& message, std::string_view field) {
  std::vector<const FieldDescriptor*> populated;
  message.GetReflection()->ListFields(message, &populated);
  return std::any_of(populated.begin(), populated.end(),
                     [&](const FieldDescriptor* set) { return set->name() == field; });
}

// Whether the path leads to a field. Not into a value such as a duration, which is whole or not at
// all; nor through an empty part, which protobuf passes over.
bool LeadsToField(const Message& message, const std::string& path) {
  if (path.empty() || path.back() == '.' || path.find("..") != std::string::npos) return false;
  std::vector<const FieldDescriptor*> way;
  if (!FieldMaskUtil::GetFieldDescriptors(message.GetDescriptor(), path, &way)) return false;
  return std::none_of(way.begin(), way.end() - 1, [](const FieldDescriptor* field) {
    return field->message_type()->full_name().rfind("google.protobuf.", 0) == 0;
  });
}

absl::Status NothingToChange() {
  FieldViolations violations;
  violations.Add("update_mask",
                 "says nothing to change; it is needed to empty a field or set one to false or 0");
  return violations.ToStatus();
}

}  // namespace

absl::StatusOr<FieldMask> WritablePaths(const FieldMask& mask, const Message& resource,
                                        absl::Span<const std::string_view> writable) {
  FieldMask paths;
  const bool all = mask.paths_size() == 1 && mask.paths(0) == "*";
  if (mask.paths().empty() || all) {
    for (const std::string_view field : writable) {
      if (all || Has(resource, field)) paths.add_paths(std::string(field));
    }
    if (paths.paths().empty()) return NothingToChange();
    return paths;
  }
  FieldViolations violations;
  for (const std::string& path : mask.paths()) {
    const std::string_view top = std::string_view(path).substr(0, path.find('.'));
    if (std::find(writable.begin(), writable.end(), top) == writable.end() ||
        !LeadsToField(resource, path)) {
      violations.Add("update_mask", absl::StrCat("cannot write ", path));
      continue;
    }
    paths.add_paths(path);
  }
  PARTNERLINK_RETURN_IF_ERROR(violations.ToStatus());
  return paths;
}

void WritePaths(const FieldMask& paths, const Message& source, Message& target) {
  FieldMaskUtil::MergeOptions options;
  options.set_replace_message_fields(true);
  options.set_replace_repeated_fields(true);
  FieldMaskUtil::MergeMessageTo(source, paths, options, &target);
}

}  // namespace partnerlink::request
