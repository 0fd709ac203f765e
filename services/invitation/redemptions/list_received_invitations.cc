// What waits for a customer, newest first: the invitations that are bound to its account, to a
// domain that is verified for it, or to the verified mail address of the person who asks.
#include <map>

#include "common/status/status.h"
#include "services/invitation/redemptions/describing.h"
#include "services/invitation/redemptions/handlers.h"
#include "services/invitation/redemptions/inbox.h"

namespace partnerlink::invitation::redemptions {
namespace {

constexpr std::string_view kCustomers[] = {"customers"};

paging::ListRequest ListOf(const v1::ListReceivedInvitationsRequest& request) {
  return {request.parent(), "", request.page_token(), request.page_size()};
}

v1::ReceivedInvitation Shown(const Received& received, const std::string& customer,
                             const Agreement& agreement) {
  v1::ReceivedInvitation shown;
  shown.set_name(ReceivedName(customer, received.invitation.id));
  *shown.mutable_invitation() = Describe(received.invitation, received.parties.partner,
                                         received.parties.provider, agreement, "");
  *shown.mutable_issue_time() = received.invitation.invitation.issue_time();
  *shown.mutable_create_time() = received.invitation.invitation.create_time();
  return shown;
}

}  // namespace

absl::Status ValidateListReceivedInvitations(const v1::ListReceivedInvitationsRequest& request) {
  return paging::NewestFirst::Validate(ListOf(request), kCustomers, {});
}

absl::StatusOr<v1::ListReceivedInvitationsResponse> ListReceivedInvitations(
    const CallContext& context, const Deps& deps,
    const v1::ListReceivedInvitationsRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(
      const auto list,
      paging::NewestFirst::Open(deps.page_tokens, context, ListOf(request), kCustomers, {}));
  return postgres::Read<v1::ListReceivedInvitationsResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction)
          -> absl::StatusOr<v1::ListReceivedInvitationsResponse> {
        std::map<std::pair<v1::Invitation::Kind, std::string>, Agreement> agreements;
        std::vector<v1::ReceivedInvitation> shown;
        for (const Received& received :
             ListReceived(transaction, list, AddresseeOf(transaction, context.principal))) {
          const v1::Invitation& invitation = received.invitation.invitation;
          const std::pair asked(invitation.kind(), invitation.locale());
          if (!agreements.contains(asked)) {
            agreements.emplace(asked, FindAgreement(transaction, asked.first, asked.second));
          }
          shown.push_back(Shown(received, context.principal.account, agreements.at(asked)));
        }
        v1::ListReceivedInvitationsResponse response;
        response.set_next_page_token(
            list.Cut(std::move(shown), *response.mutable_received_invitations()));
        return response;
      });
}

}  // namespace partnerlink::invitation::redemptions
