#include "services/relationship/portals/rules.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "common/access/grant_terms.h"
#include "common/request/company.h"
#include "common/request/request.h"

namespace partnerlink::relationship::portals {
namespace {

using Request = v1::EstablishRelationshipsRequest;
using v1::PortalRecord;

constexpr size_t kLongestWord = 64;

bool IsWord(std::string_view text, bool (*is_character)(char)) {
  return !text.empty() && text.size() <= kLongestWord &&
         std::all_of(text.begin(), text.end(), is_character);
}

bool IsPortalCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

bool IsNumberCharacter(char c) { return IsPortalCharacter(c) || (c >= 'A' && c <= 'Z'); }

}  // namespace

void CheckChunk(const v1::ImportPortalCustomersRequest& request, FieldViolations& violations) {
  if (request.position() < 0) violations.Add("position", "must not be negative");
  if (request.records().empty()) violations.Add("records", "must hold at least one");
  if (request.records_size() > kMostRecords) {
    violations.Add("records", absl::StrCat("must hold at most ", kMostRecords));
  }
}

absl::Status CheckRecord(const PortalRecord& record) {
  FieldViolations violations;
  if (!IsWord(record.portal(), IsPortalCharacter)) {
    violations.Add("portal", "is not 1 to 64 of [a-z0-9-]");
  }
  if (!IsWord(record.partner_number(), IsNumberCharacter)) {
    violations.Add("partner_number", "is not 1 to 64 of [A-Za-z0-9-]");
  }
  if (!request::IsAccountName(record.customer(), "customers")) {
    violations.Add("customer", "is not of the form customers/{id}");
  }
  request::CheckCompany(record.company(), "company.", violations);
  partnerlink::access::CheckGrantTerms(record.roles(), 0, 0, "", violations);
  return violations.ToStatus();
}

PortalRecord ToKeep(const PortalRecord& record) {
  PortalRecord kept = record;
  *kept.mutable_company() = request::Normalise(record.company());
  return kept;
}

std::optional<ErrorReason> WhyNot(const v1::Partner& partner) {
  const bool sells = std::find(partner.types().begin(), partner.types().end(),
                               v1::Partner::RESELLER) != partner.types().end();
  return sells ? std::nullopt : std::optional(common::v1::WRONG_KIND);
}

Request ToEstablish(const PortalRecord& record, const v1::Partner& partner) {
  Request request;
  // Each attempt is one of its own: what is known to have been refused is decided anew.
  request.set_source(absl::StrCat(record.name(), "/attempts/", record.update_time().seconds(), ".",
                                  record.update_time().nanos()));
  request.set_origin(v1::Relationship::PORTAL);
  request.set_customer(record.customer());
  *request.mutable_company() = record.company();
  Request::Edge& edge = *request.add_edges();
  edge.set_type(v1::Relationship::RESELLER);
  edge.set_partner(partner.name());
  if (!record.roles().empty()) {
    request.mutable_grant()->set_partner(partner.name());
    *request.mutable_grant()->mutable_roles() = record.roles();
  }
  request.set_channel(common::v1::EXISTING_PORTAL);
  return request;
}

std::optional<PortalRecord> After(const PortalRecord& record,
                                  const v1::EstablishRelationshipsResponse::Edge& edge) {
  if (edge.reason() == common::v1::PARTNER_SUSPENDED) return std::nullopt;
  if (edge.relationship().empty()) return Refused(record, edge.reason());
  PortalRecord after = record;
  after.set_state(PortalRecord::ESTABLISHED);
  after.set_relationship(edge.relationship());
  return after;
}

PortalRecord Refused(const PortalRecord& record, ErrorReason reason) {
  PortalRecord after = record;
  after.set_state(PortalRecord::REFUSED);
  after.set_reason(reason);
  return after;
}

bool MayBecome(PortalRecord::State from, PortalRecord::State to) {
  switch (from) {
    case PortalRecord::STATE_UNSPECIFIED:
    case PortalRecord::REFUSED:
      return to == PortalRecord::RECORDED;
    case PortalRecord::RECORDED:
      return to == PortalRecord::ESTABLISHED || to == PortalRecord::REFUSED;
    default:
      return false;
  }
}

}  // namespace partnerlink::relationship::portals
