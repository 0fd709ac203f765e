// Who calls, what identifies the call, and until when it may run. A plain struct: no gRPC in it.
// The time is the database's; `deadline` is only how long the caller waits.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace partnerlink {

// The families of accounts; kNone: the call carries no token.
enum class AccountFamily { kNone, kPartner, kCustomer, kOperator };

// The account of a token with `account: operators`.
inline constexpr std::string_view kOperators = "operators";

// Who calls, from a verified token. Empty where the method needs none, and for peers.
struct Principal {
  std::string subject;  // the token's `sub`
  std::string account;  // `partners/{id}`, `customers/{id}` or `operators`
  AccountFamily family = AccountFamily::kNone;
  std::vector<std::string> roles;
  std::string email;  // as in the token; trust it only with `email_verified`
  bool email_verified = false;

  bool HasRole(std::string_view role) const {
    return std::find(roles.begin(), roles.end(), role) != roles.end();
  }
  bool IsOperator() const { return family == AccountFamily::kOperator; }
};

// What a call leaves behind for the edge: filled in while the call runs, read when it ends.
struct CallOutcome {
  std::string root_event;    // first event of a change: becomes the consistency token
  bool is_repeated = false;  // the answer was given before, and the change may have gone on since
};

// One call. Lives as long as the call; passed by const reference everywhere.
struct CallContext {
  std::string method;  // `partnerlink.invitation.v1.InvitationService/CreateInvitation`
  Principal principal;
  std::string peer;  // the calling service of an internal call, such as `invitation`
  // From where a call without a token comes, as the gateway says; empty otherwise.
  std::string client_address;
  std::string request_id;  // `x-request-id`: names the call in logs and audit
  std::string traceparent;
  std::string operator_reason;  // metadata `partnerlink-reason`
  absl::Time deadline = absl::InfiniteFuture();
  CallOutcome* outcome = nullptr;  // never null in a served call
};

}  // namespace partnerlink
