// Invitations that ask for a provider too: contoso's, with `partners/tailwind` as its provider.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "tests/support/invitation_fixture.h"

namespace partnerlink::support {

inline constexpr char kTailwind[] = "partners/tailwind";

class CombinedTest : public InvitationTest {
 protected:
  // Enrols the provider, with a partnership in force; `consent` is AUTO or CONFIRM.
  void MakeProvider(const std::string& consent);
  void SetConsent(const std::string& consent);

  // An issued invitation for both.
  invitation::v1::Invitation Combined();

  absl::StatusOr<invitation::v1::Invitation> Approve(const std::string& name);
};

// The provider's admin agent.
Principal Tom();

}  // namespace partnerlink::support
