#include "services/relationship/grants/rules.h"

#include "common/access/grant_terms.h"

namespace partnerlink::relationship::grants {

using Terms = v1::EstablishRelationshipsRequest::GrantTerms;

absl::Status CheckReader(const Principal& reader, const v1::Grant& grant) {
  const bool is_party = reader.account == grant.partner() || reader.account == grant.customer();
  return is_party || reader.IsOperator() ? absl::OkStatus() : NotFound();
}

void CheckTerms(const Terms& terms, const std::string& path, FieldViolations& violations) {
  if (terms.roles().empty()) violations.Add(path + ".roles", "must name at least one role");
  partnerlink::access::CheckGrantTerms(terms.roles(), terms.duration_days(), terms.auto_extend(),
                                       path + ".", violations);
}

v1::Grant ToCreate(const Terms& terms, const std::string& customer, const std::string& invitation) {
  v1::Grant grant;
  grant.set_partner(terms.partner());
  grant.set_customer(customer);
  *grant.mutable_roles() = terms.roles();
  grant.set_state(v1::Grant::ACTIVE);
  grant.set_duration_days(terms.duration_days() == 0 ? partnerlink::access::kMostGrantDays
                                                     : terms.duration_days());
  grant.set_auto_extend(terms.auto_extend());
  grant.set_invitation(invitation);
  return grant;
}

}  // namespace partnerlink::relationship::grants
