// What a partner's administrator attests to remove a relationship: the newest text in effect, in
// the nearest locale there is.
#include "common/status/status.h"
#include "common/validation/text.h"
#include "services/relationship/relationships/handlers.h"
#include "services/relationship/relationships/rules.h"
#include "services/relationship/relationships/store.h"

namespace partnerlink::relationship::relationships {

absl::Status ValidateGetAttestationText(const v1::GetAttestationTextRequest& request) {
  FieldViolations violations;
  if (!request.locale().empty() && !validation::IsLanguageTag(request.locale())) {
    violations.Add("locale", "is not a BCP 47 language tag");
  }
  return violations.ToStatus();
}

absl::StatusOr<v1::AttestationText> GetAttestationText(
    const CallContext& context, const Deps& deps, const v1::GetAttestationTextRequest& request) {
  return postgres::Read<v1::AttestationText>(
      deps.pool, context, [&](postgres::Transaction& transaction) {
        return NearestTo(request.locale(), CurrentAttestationTexts(transaction));
      });
}

}  // namespace partnerlink::relationship::relationships
