#include "tests/support/terms_fixture.h"

#include "absl/strings/str_cat.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/link/token.h"
#include "services/invitation/redemptions/handlers.h"

namespace partnerlink::support {

using namespace invitation;  // NOLINT: the service under test

std::string Show(const Terms& terms) {
  return absl::StrCat(v1::Invitation::Kind_Name(terms.kind), " ",
                      v1::Invitation::Mode_Name(terms.mode));
}

TermsTest::TermsTest() {
  MakeProvider("AUTO");
  for (const char* tenant : {"adatum", "bellows", "coho"}) {
    Enrol(database_, absl::StrCat("partners/", tenant));
  }
  database_.Run(
      "UPDATE relationship.partners SET types = '{RESELLER,PROVIDER}'"
      " WHERE name = 'partners/contoso'");
}

v1::Invitation TermsTest::On(const Terms& terms, int max_uses) {
  v1::Invitation wish;
  wish.set_kind(terms.kind);
  wish.set_mode(terms.mode);
  if (terms.kind == v1::Invitation::CUSTOMER_WITH_PROVIDER) wish.set_provider(kTailwind);
  if (terms.is_open()) wish.set_max_uses(max_uses);
  return wish;
}

Principal TermsTest::AnswererOf(const Terms& terms, const std::string& tenant,
                                const std::string& email) {
  const char* const family = terms.kind == v1::Invitation::PARTNERSHIP ? "partners/" : "customers/";
  return PrincipalOf(absl::StrCat(family, tenant), {"global_admin"}, "ann", email);
}

std::string TermsTest::LinkOf(const v1::Invitation& invitation, int generation) {
  const auto row = database_.Run("SELECT salt FROM invitation.invitations WHERE id = '" +
                                 IdOf(invitation.name()) + "'");
  return link::FormatToken(*keys_->Derive(keys_->current(), pqxx::binarystring(row[0][0]).str(),
                                          IdOf(invitation.name()), generation,
                                          static_cast<uint8_t>(invitation.kind())));
}

absl::StatusOr<v1::Redemption> TermsTest::AcceptReceived(const Principal& principal,
                                                         const std::string& name) {
  v1::AcceptReceivedInvitationRequest request;
  request.set_name(absl::StrCat(principal.account, "/receivedInvitations/", IdOf(name)));
  request.set_agreement_version(kAgreement);
  request.set_confirm(true);
  *request.mutable_company() = AcceptanceOf("").company();
  const TestCall call = CallOf("AcceptReceivedInvitation", principal);
  return redemptions::AcceptReceivedInvitation(call.context, deps_, request);
}

absl::StatusOr<v1::DeclineInvitationResponse> TermsTest::DeclineReceived(const Principal& principal,
                                                                         const std::string& name) {
  v1::DeclineReceivedInvitationRequest request;
  request.set_name(absl::StrCat(principal.account, "/receivedInvitations/", IdOf(name)));
  const TestCall call = CallOf("DeclineReceivedInvitation", principal);
  return redemptions::DeclineReceivedInvitation(call.context, deps_, request);
}

absl::StatusOr<v1::Invitation> TermsTest::RefusePart(const std::string& name) {
  v1::RefuseProviderPartRequest request;
  request.set_name(name);
  const TestCall call = CallOf("RefuseProviderPart", Tom());
  return invitations::RefuseProviderPart(call.context, deps_, request);
}

}  // namespace partnerlink::support
