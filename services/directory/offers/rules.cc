#include "services/directory/offers/rules.h"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/request/field_mask.h"
#include "common/request/request.h"
#include "common/validation/text.h"
#include "google/protobuf/util/message_differencer.h"

namespace partnerlink::directory::offers {
namespace {

using google::protobuf::FieldMask;
using v1::Offer;

constexpr std::array<std::string_view, 4> kWritable = {"display_name", "services", "term_months",
                                                       "state"};
constexpr int kMostServices = 20;
constexpr size_t kMostNameCharacters = 200;
constexpr size_t kMostServiceCharacters = 100;
constexpr size_t kMostAddressCharacters = 500;
constexpr int kMostMonths = 36;
constexpr std::string_view kHttps = "https://";

bool Has(const FieldMask& paths, std::string_view field) {
  return std::find(paths.paths().begin(), paths.paths().end(), field) != paths.paths().end();
}

// A host, and nothing that a link cannot hold.
bool IsWebAddress(std::string_view text) {
  if (text.size() > kMostAddressCharacters || text.substr(0, kHttps.size()) != kHttps) return false;
  const std::string_view rest = text.substr(kHttps.size());
  if (rest.empty() || std::string_view("/?#:@").find(rest.front()) != rest.npos) return false;
  return std::all_of(rest.begin(), rest.end(), [](char c) {
    return c > ' ' && c < '\x7f' && std::string_view("\"<>\\^`{|}").find(c) == std::string::npos;
  });
}

void CheckServices(const Offer& offer, FieldViolations& violations) {
  if (offer.services_size() > kMostServices) {
    violations.Add("offer.services", "are more than 20");
    return;
  }
  std::set<std::string_view> seen;
  for (int i = 0; i < offer.services_size(); ++i) {
    const Offer::Service& service = offer.services(i);
    const std::string path = absl::StrCat("offer.services[", i, "]");
    if (const std::string problem =
            validation::TextProblem(service.service(), 1, kMostServiceCharacters);
        !problem.empty()) {
      violations.Add(absl::StrCat(path, ".service"), problem);
    } else if (!seen.insert(service.service()).second) {
      violations.Add(absl::StrCat(path, ".service"), "is named twice");
    }
    if (!service.admin_uri().empty() && !IsWebAddress(service.admin_uri())) {
      violations.Add(absl::StrCat(path, ".admin_uri"),
                     "is not an https address of at most 500 characters");
    }
  }
}

}  // namespace

bool IsOfferName(std::string_view name) { return request::IsAccountName(name, "offers"); }

FieldMask Writable() {
  FieldMask paths;
  for (const std::string_view field : kWritable) paths.add_paths(std::string(field));
  return paths;
}

void CheckShape(const Offer& offer, const FieldMask& paths, FieldViolations& violations) {
  if (Has(paths, "display_name")) {
    const std::string problem =
        validation::TextProblem(offer.display_name(), 1, kMostNameCharacters);
    if (!problem.empty()) violations.Add("offer.display_name", problem);
  }
  if (Has(paths, "services")) CheckServices(offer, violations);
  if (Has(paths, "term_months") && (offer.term_months() < 1 || offer.term_months() > kMostMonths)) {
    violations.Add("offer.term_months", "must be 1 to 36");
  }
  if (Has(paths, "state") && !Offer::State_IsValid(offer.state())) {
    violations.Add("offer.state", "must be ACTIVE or RETIRED");
  }
}

absl::StatusOr<FieldMask> UpdatePaths(const FieldMask& mask, const Offer& offer) {
  return request::WritablePaths(mask, offer, kWritable);
}

Offer Merge(const FieldMask& paths, const Offer& asked, Offer kept) {
  request::WritePaths(paths, asked, kept);
  if (kept.state() == Offer::STATE_UNSPECIFIED) kept.set_state(Offer::ACTIVE);
  return kept;
}

absl::StatusOr<Offer> CreatedAlready(const Offer& wanted, const Offer& present) {
  if (google::protobuf::util::MessageDifferencer::Equals(Merge(Writable(), wanted, Offer()),
                                                         Merge(Writable(), present, Offer()))) {
    return present;
  }
  return Refusal(common::v1::OFFER_EXISTS, "There is an offer with this id and other values.",
                 {{"offer", present.name()}});
}

}  // namespace partnerlink::directory::offers
