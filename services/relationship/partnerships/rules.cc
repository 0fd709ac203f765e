#include "services/relationship/partnerships/rules.h"

#include <algorithm>

#include "common/request/request.h"
#include "common/validation/text.h"

namespace partnerlink::relationship::partnerships {
namespace {

using v1::EstablishPartnershipRequest;
using v1::EstablishPartnershipResponse;
using v1::Partner;
using v1::Partnership;

constexpr size_t kMostNameCharacters = 300;
constexpr size_t kMostActorCharacters = 255;

std::string_view NameOf(Action action) {
  switch (action) {
    case Action::kSuspend:
      return "suspend it";
    case Action::kResume:
      return "resume it";
    case Action::kEnd:
      return "end it";
  }
  return "";
}

bool IsActive(const Partner* partner) {
  return partner != nullptr && partner->state() == Partner::ACTIVE;
}

bool Is(const Partner& partner, Partner::Type type) {
  return std::find(partner.types().begin(), partner.types().end(), type) != partner.types().end();
}

}  // namespace

std::optional<Partnership::State> After(Action action, Partnership::State state) {
  switch (action) {
    case Action::kSuspend:
      if (state == Partnership::ACTIVE) return Partnership::SUSPENDED;
      break;
    case Action::kResume:
      if (state == Partnership::SUSPENDED) return Partnership::ACTIVE;
      break;
    case Action::kEnd:
      if (state == Partnership::ACTIVE || state == Partnership::SUSPENDED) {
        return Partnership::ENDED;
      }
      break;
  }
  return std::nullopt;
}

absl::Status CheckAction(Action action, Partnership::State state) {
  if (After(action, state)) return absl::OkStatus();
  return StateTransition(NameOf(action), Partnership::State_Name(state));
}

std::string_view EventOf(Action action) {
  switch (action) {
    case Action::kSuspend:
      return "partnership.suspended";
    case Action::kResume:
      return "partnership.resumed";
    case Action::kEnd:
      return "partnership.ended";
  }
  return "";
}

absl::Status CheckParty(const Principal& caller, const Partnership& partnership) {
  const bool is_party =
      caller.account == partnership.provider() || caller.account == partnership.reseller();
  return is_party || caller.IsOperator() ? absl::OkStatus() : NotFound();
}

void CheckShape(const EstablishPartnershipRequest& request, FieldViolations& violations) {
  const auto require_text = [&](const char* field, const std::string& text) {
    const std::string problem = validation::TextProblem(text, 1, kMostNameCharacters);
    if (!problem.empty()) violations.Add(field, problem);
  };
  const auto require_partner = [&](const char* field, const std::string& name) {
    if (!request::IsAccountName(name, "partners")) {
      violations.Add(field, "is not of the form partners/{id}");
    }
  };
  require_text("source", request.source());
  require_text("invitation", request.invitation());
  require_partner("provider", request.provider());
  require_partner("reseller", request.reseller());
  // As a token's `sub` may be: every script, format characters too.
  const size_t actor_length = validation::CodePoints(request.actor());
  if (actor_length == 0 || actor_length > kMostActorCharacters ||
      validation::HasControl(request.actor())) {
    violations.Add("actor", "must have 1 to 255 characters, none of them a control character");
  }
  if (!validation::IsUuid(request.root_event())) violations.Add("root_event", "is not a UUID");
}

Partnership ToEstablish(const EstablishPartnershipRequest& request) {
  Partnership partnership;
  partnership.set_provider(request.provider());
  partnership.set_reseller(request.reseller());
  partnership.set_state(Partnership::ACTIVE);
  partnership.set_invitation(request.invitation());
  return partnership;
}

std::optional<ErrorReason> WhyNot(const Partnership& wanted, const Ground& ground) {
  if (wanted.provider() == wanted.reseller()) return common::v1::SELF_RELATIONSHIP;
  if (!IsActive(ground.provider) || !IsActive(ground.reseller)) {
    return common::v1::PARTNER_SUSPENDED;
  }
  if (!Is(*ground.provider, Partner::PROVIDER) || !Is(*ground.reseller, Partner::RESELLER)) {
    return common::v1::WRONG_KIND;
  }
  if (!ground.same_region) return common::v1::REGION;
  return std::nullopt;
}

EstablishPartnershipResponse Established(const Partnership& created) {
  EstablishPartnershipResponse response;
  response.set_state(EstablishPartnershipResponse::ACTIVE);
  response.set_partnership(created.name());
  return response;
}

EstablishPartnershipResponse Exists(const Partnership& live) {
  EstablishPartnershipResponse response = Refused(common::v1::PARTNERSHIP_EXISTS);
  response.set_partnership(live.name());
  return response;
}

EstablishPartnershipResponse Refused(ErrorReason reason) {
  EstablishPartnershipResponse response;
  response.set_state(EstablishPartnershipResponse::REFUSED);
  response.set_reason(reason);
  return response;
}

}  // namespace partnerlink::relationship::partnerships
