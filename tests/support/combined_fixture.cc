#include "tests/support/combined_fixture.h"

#include "absl/strings/str_cat.h"
#include "services/invitation/invitations/handlers.h"

namespace partnerlink::support {

using namespace invitation;  // NOLINT: the service under test

void CombinedTest::MakeProvider(const std::string& consent) {
  database_.Run(absl::StrCat(R"sql(
      INSERT INTO relationship.partners (name, display_name, types, country, partner_number,
        provider_consent)
      VALUES ('partners/tailwind', 'Tailwind', '{PROVIDER}', 'PL', 'tailwind', ')sql",
                             consent, R"sql(');
      INSERT INTO relationship.partnerships (provider, id, reseller, state, source, invitation)
      VALUES ('partners/tailwind', gen_random_uuid(), 'partners/contoso', 'ACTIVE', 'x', 'x'))sql"));
}

void CombinedTest::SetConsent(const std::string& consent) {
  database_.Run(absl::StrCat("UPDATE relationship.partners SET provider_consent = '", consent,
                             "' WHERE name = 'partners/tailwind'"));
}

v1::Invitation CombinedTest::Combined() {
  v1::Invitation wish;
  wish.set_kind(v1::Invitation::CUSTOMER_WITH_PROVIDER);
  wish.set_provider(kTailwind);
  return Issued(wish);
}

absl::StatusOr<v1::Invitation> CombinedTest::Approve(const std::string& name) {
  v1::ApproveProviderPartRequest request;
  request.set_name(name);
  const TestCall call = CallOf("ApproveProviderPart", Tom());
  return invitations::ApproveProviderPart(call.context, deps_, request);
}

Principal Tom() { return PrincipalOf(kTailwind, {"admin_agent"}, "tom"); }

}  // namespace partnerlink::support
