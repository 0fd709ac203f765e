// Invitations of each kind and mode, and who answers them: `contoso` is a reseller and a provider,
// `tailwind` its provider, which agrees unasked unless told otherwise; `adatum`, `bellows` and
// `coho` are enrolled as resellers, and are customers that nobody knows yet.
#pragma once

#include <string>

#include "tests/support/combined_fixture.h"

namespace partnerlink::support {

struct Terms {
  invitation::v1::Invitation::Kind kind;
  invitation::v1::Invitation::Mode mode;

  bool is_open() const { return mode == invitation::v1::Invitation::OPEN; }
  // Only a customer has an inbox, and only what is bound to somebody lies there.
  bool can_be_received() const {
    return !is_open() && kind != invitation::v1::Invitation::PARTNERSHIP;
  }
};

inline constexpr Terms kAllTerms[] = {
    {invitation::v1::Invitation::CUSTOMER, invitation::v1::Invitation::TARGETED},
    {invitation::v1::Invitation::CUSTOMER, invitation::v1::Invitation::OPEN},
    {invitation::v1::Invitation::CUSTOMER_WITH_PROVIDER, invitation::v1::Invitation::TARGETED},
    {invitation::v1::Invitation::CUSTOMER_WITH_PROVIDER, invitation::v1::Invitation::OPEN},
    {invitation::v1::Invitation::PARTNERSHIP, invitation::v1::Invitation::TARGETED},
    {invitation::v1::Invitation::PARTNERSHIP, invitation::v1::Invitation::OPEN}};

std::string Show(const Terms& terms);

class TermsTest : public CombinedTest {
 protected:
  TermsTest();

  // A wish for an invitation on these terms, for `max_uses` if it is for several.
  invitation::v1::Invitation On(const Terms& terms, int max_uses = 2);

  // The global administrator of the customer, or of the reseller, that answers.
  Principal AnswererOf(const Terms& terms, const std::string& tenant,
                       const std::string& email = "");

  // The link of a generation, whether there is one yet or not.
  std::string LinkOf(const invitation::v1::Invitation& invitation, int generation);

  // From the inbox, by the id of `name`.
  absl::StatusOr<invitation::v1::Redemption> AcceptReceived(const Principal& principal,
                                                            const std::string& name);
  absl::StatusOr<invitation::v1::DeclineInvitationResponse> DeclineReceived(
      const Principal& principal, const std::string& name);

  // By the provider.
  absl::StatusOr<invitation::v1::Invitation> RefusePart(const std::string& name);
};

}  // namespace partnerlink::support
