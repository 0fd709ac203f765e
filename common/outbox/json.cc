#include "common/outbox/json.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/log/json_text.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/time_util.h"

namespace partnerlink::outbox {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::util::TimeUtil;

void Print(const Message& message, std::string& json);

// A field, or one element of a repeated one.
template <typename Get>
void PrintValue(const FieldDescriptor& field, const Get& get, std::string& json) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      return log::AppendJsonText(get.Text(&scratch), json);
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const EnumValueDescriptor* value = field.enum_type()->FindValueByNumber(get.Enum());
      if (value == nullptr) return absl::StrAppend(&json, get.Enum());
      return absl::StrAppend(&json, "\"", value->name(), "\"");
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return absl::StrAppend(&json, get.Bool() ? "true" : "false");
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrAppend(&json, get.Int32());
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrAppend(&json, get.Uint32());
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrAppend(&json, "\"", get.Int64(), "\"");
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrAppend(&json, "\"", get.Uint64(), "\"");
    default:
      return Print(get.Nested(), json);
  }
}

struct Single {
  const Message& message;
  const FieldDescriptor* field;
  const Reflection* reflection = message.GetReflection();

  const std::string& Text(std::string* scratch) const {
    return reflection->GetStringReference(message, field, scratch);
  }
  int Enum() const { return reflection->GetEnumValue(message, field); }
  bool Bool() const { return reflection->GetBool(message, field); }
  int32_t Int32() const { return reflection->GetInt32(message, field); }
  uint32_t Uint32() const { return reflection->GetUInt32(message, field); }
  int64_t Int64() const { return reflection->GetInt64(message, field); }
  uint64_t Uint64() const { return reflection->GetUInt64(message, field); }
  const Message& Nested() const { return reflection->GetMessage(message, field); }
};

struct Element {
  const Message& message;
  const FieldDescriptor* field;
  int index;
  const Reflection* reflection = message.GetReflection();

  const std::string& Text(std::string* scratch) const {
    return reflection->GetRepeatedStringReference(message, field, index, scratch);
  }
  int Enum() const { return reflection->GetRepeatedEnumValue(message, field, index); }
  bool Bool() const { return reflection->GetRepeatedBool(message, field, index); }
  int32_t Int32() const { return reflection->GetRepeatedInt32(message, field, index); }
  uint32_t Uint32() const { return reflection->GetRepeatedUInt32(message, field, index); }
  int64_t Int64() const { return reflection->GetRepeatedInt64(message, field, index); }
  uint64_t Uint64() const { return reflection->GetRepeatedUInt64(message, field, index); }
  const Message& Nested() const { return reflection->GetRepeatedMessage(message, field, index); }
};

// Of a map with texts as keys.
void PrintEntry(const Message& entry, std::string& json) {
  const FieldDescriptor* key = entry.GetDescriptor()->map_key();
  const FieldDescriptor* value = entry.GetDescriptor()->map_value();
  PrintValue(*key, Single{entry, key}, json);
  json += ':';
  PrintValue(*value, Single{entry, value}, json);
}

void PrintField(const Message& message, const FieldDescriptor* field, std::string& json) {
  absl::StrAppend(&json, "\"", field->json_name(), "\":");
  if (!field->is_repeated()) return PrintValue(*field, Single{message, field}, json);
  json += field->is_map() ? '{' : '[';
  for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
    if (i > 0) json += ',';
    const Element element{message, field, i};
    if (field->is_map()) {
      PrintEntry(element.Nested(), json);
    } else {
      PrintValue(*field, element, json);
    }
  }
  json += field->is_map() ? '}' : ']';
}

// What the messages of the suite do not hold, or hardly: protobuf's printer knows how.
bool IsForProtobuf(const FieldDescriptor* field) {
  return field->type() == FieldDescriptor::TYPE_BYTES ||
         field->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE ||
         field->cpp_type() == FieldDescriptor::CPPTYPE_FLOAT ||
         (field->is_map() &&
          field->message_type()->map_key()->cpp_type() != FieldDescriptor::CPPTYPE_STRING);
}

void PrintByProtobuf(const Message& message, std::string& json) {
  std::string printed;
  google::protobuf::util::MessageToJsonString(message, &printed);
  json += printed;
}

void Print(const Message& message, std::string& json) {
  const google::protobuf::Descriptor* type = message.GetDescriptor();
  if (type == google::protobuf::Timestamp::descriptor()) {
    const auto& time = static_cast<const google::protobuf::Timestamp&>(message);
    return absl::StrAppend(&json, "\"", TimeUtil::ToString(time), "\"");
  }
  if (type == google::protobuf::Duration::descriptor()) {
    const auto& duration = static_cast<const google::protobuf::Duration&>(message);
    return absl::StrAppend(&json, "\"", TimeUtil::ToString(duration), "\"");
  }
  if (type->file()->package() == "google.protobuf") return PrintByProtobuf(message, json);
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  if (std::any_of(fields.begin(), fields.end(), IsForProtobuf)) {
    return PrintByProtobuf(message, json);
  }
  json += '{';
  for (const FieldDescriptor* field : fields) {
    if (field != fields.front()) json += ',';
    PrintField(message, field, json);
  }
  json += '}';
}

}  // namespace

std::string ToJson(const Message& message) {
  std::string json;
  Print(message, json);
  return json;
}

}  // namespace partnerlink::outbox
