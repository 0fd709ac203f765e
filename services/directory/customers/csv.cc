#include "services/directory/customers/csv.h"

#include <algorithm>
#include <array>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "google/protobuf/util/time_util.h"

namespace partnerlink::directory::customers {
namespace {

using relationship::v1::Relationship;

// What a spreadsheet takes for the beginning of a formula, in full width too.
constexpr std::array<std::string_view, 11> kFormulas = {"=",  "+",  "-",  "@",  "\t", "\r",
                                                        "\n", "＝", "＋", "－", "＠"};

std::string ToRow(const std::vector<std::string>& cells) {
  return absl::StrCat(
      absl::StrJoin(cells, ",",
                    [](std::string* out, const std::string& cell) { out->append(CsvCell(cell)); }),
      "\r\n");
}

std::string DomainsOf(const v1::Customer& customer) {
  return absl::StrJoin(customer.domains(), "\n",
                       [](std::string* out, const auto& domain) { out->append(domain.name()); });
}

std::string LabelsOf(const v1::Customer& customer) {
  const std::map<std::string, std::string> labels(customer.labels().begin(),
                                                  customer.labels().end());
  return absl::StrJoin(labels, "\n", absl::PairFormatter("="));
}

std::string RelationshipsOf(const v1::Customer& customer) {
  return absl::StrJoin(customer.edges(), "\n", [](std::string* out, const auto& edge) {
    absl::StrAppend(out, Relationship::Type_Name(edge.type()), " ",
                    Relationship::State_Name(edge.state()));
  });
}

std::string ChannelOf(const v1::Customer& customer) {
  return customer.channel() == common::v1::CHANNEL_UNSPECIFIED
             ? ""
             : common::v1::Channel_Name(customer.channel());
}

}  // namespace

std::string CsvCell(std::string_view text) {
  // A text that begins as a defused formula does gets one more: who takes one off has the text.
  const std::string_view behind = text.substr(std::min(text.find_first_not_of('\''), text.size()));
  const bool is_formula =
      std::any_of(kFormulas.begin(), kFormulas.end(),
                  [&](std::string_view beginning) { return behind.starts_with(beginning); });
  std::string cell = is_formula ? "'" : "";
  cell.append(text);
  if (cell.find_first_of("\",\r\n") == std::string::npos) return cell;
  return absl::StrCat("\"", absl::StrReplaceAll(cell, {{"\"", "\"\""}}), "\"");
}

std::string CsvNames() {
  return ToRow({"name", "display_name", "country", "domains", "contact.display_name",
                "contact.email_address", "contact.phone_number", "registration_number", "channel",
                "labels", "correlation_id", "relationships", "create_time"});
}

std::string CsvRow(const v1::Customer& customer) {
  return ToRow({customer.name(), customer.display_name(), customer.country(), DomainsOf(customer),
                customer.contact().display_name(), customer.contact().email_address(),
                customer.contact().phone_number(), customer.registration_number(),
                ChannelOf(customer), LabelsOf(customer), customer.correlation_id(),
                RelationshipsOf(customer),
                google::protobuf::util::TimeUtil::ToString(customer.create_time())});
}

}  // namespace partnerlink::directory::customers
