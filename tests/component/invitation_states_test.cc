// The product's table of an invitation's states, row by row through the handlers: what each action
// does in each state, and that every other pair is refused and changes nothing. Every method that
// takes an invitation's name is among the actions.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "google/api/annotations.pb.h"
#include "services/invitation/invitations/expiry.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/redemptions/handlers.h"
#include "tests/support/terms_fixture.h"

namespace partnerlink::invitation::invitation_states_test {
namespace {

using support::Anna;
using support::CallOf;
using support::IdOf;
using support::kAllTerms;
using support::TestCall;
using v1::Invitation;

constexpr char kGone[] = "gone";
constexpr char kTransition[] = "STATE_TRANSITION";
constexpr char kNotFound[] = "RESOURCE_NOT_FOUND";

// By action and state: the state behind it, or the reason of the refusal.
using Table = std::map<std::pair<std::string, std::string>, std::string>;

const std::vector<std::string> kStates = {"DRAFT",    "AWAITING_PROVIDER", "PENDING",
                                          "ACCEPTED", "EXHAUSTED",         "DECLINED",
                                          "REVOKED",  "EXPIRED",           "REFUSED"};

// Whatever is not here is refused: with STATE_TRANSITION, or as kRefusals says.
const Table kAllowed = {{{"update", "DRAFT"}, "DRAFT"},
                        {{"delete", "DRAFT"}, kGone},
                        {{"render", "DRAFT"}, "DRAFT"},
                        {{"render", "AWAITING_PROVIDER"}, "AWAITING_PROVIDER"},
                        {{"render", "PENDING"}, "PENDING"},
                        {{"issue", "DRAFT"}, "PENDING"},
                        {{"issue where the provider confirms", "DRAFT"}, "AWAITING_PROVIDER"},
                        {{"approve", "AWAITING_PROVIDER"}, "PENDING"},
                        {{"refuse", "AWAITING_PROVIDER"}, "REFUSED"},
                        {{"send", "PENDING"}, "PENDING"},
                        {{"resend", "PENDING"}, "PENDING"},
                        {{"resend", "EXPIRED"}, "PENDING"},
                        {{"resend where the provider confirms", "PENDING"}, "AWAITING_PROVIDER"},
                        {{"resend where the provider confirms", "EXPIRED"}, "AWAITING_PROVIDER"},
                        {{"extend", "PENDING"}, "PENDING"},
                        {{"accept", "PENDING"}, "ACCEPTED"},
                        {{"accept one for several", "PENDING"}, "PENDING"},
                        {{"accept one for several the last time", "PENDING"}, "EXHAUSTED"},
                        {{"accept what is received", "PENDING"}, "ACCEPTED"},
                        {{"decline", "PENDING"}, "DECLINED"},
                        {{"decline what is received", "PENDING"}, "DECLINED"},
                        {{"decline one for several", "PENDING"}, "PENDING"},
                        {{"revoke", "DRAFT"}, "REVOKED"},
                        {{"revoke", "AWAITING_PROVIDER"}, "REVOKED"},
                        {{"revoke", "PENDING"}, "REVOKED"},
                        {{"end the partnership", "DRAFT"}, "REVOKED"},
                        {{"end the partnership", "AWAITING_PROVIDER"}, "REVOKED"},
                        {{"end the partnership", "PENDING"}, "REVOKED"},
                        {{"run out", "AWAITING_PROVIDER"}, "EXPIRED"},
                        {{"run out", "PENDING"}, "EXPIRED"}};

// The action that each method stands in as.
const std::map<std::string, std::string> kActionOf = {
    {"GetInvitation", "get"},
    {"ListRedemptions", "list redemptions"},
    {"RenderInvitation", "render"},
    {"UpdateInvitation", "update"},
    {"DeleteInvitation", "delete"},
    {"IssueInvitation", "issue"},
    {"SendInvitation", "send"},
    {"ResendInvitation", "resend"},
    {"ExtendInvitation", "extend"},
    {"RevokeInvitation", "revoke"},
    {"ApproveProviderPart", "approve"},
    {"RefuseProviderPart", "refuse"},
    {"AcceptReceivedInvitation", "accept what is received"},
    {"DeclineReceivedInvitation", "decline what is received"}};

// Why the one who is asked can neither accept nor decline.
const std::map<std::string, std::string> kNotAcceptable = {
    {"DRAFT", "INVITATION_NOT_ISSUED"},  {"AWAITING_PROVIDER", "INVITATION_NOT_ISSUED"},
    {"ACCEPTED", "INVITATION_USED"},     {"EXHAUSTED", "INVITATION_EXHAUSTED"},
    {"DECLINED", "INVITATION_DECLINED"}, {"REVOKED", "INVITATION_REVOKED"},
    {"EXPIRED", "INVITATION_EXPIRED"},   {"REFUSED", "INVITATION_REVOKED"}};

// What the table lets the action come to; `allowed` is the table.
std::string Expected(const Table& allowed, const std::string& action, const std::string& state) {
  const auto row = allowed.find({action, state});
  if (row != allowed.end()) return row->second;
  // What is over, or not begun, lies in nobody's inbox.
  if (action.ends_with("what is received")) return kNotFound;
  if (action.starts_with("accept") || action.starts_with("decline")) {
    return kNotAcceptable.contains(state) ? kNotAcceptable.at(state) : kTransition;
  }
  // The clock and the partnership's end pass by what is over; it can be read for ever.
  if (action == "run out" || action == "end the partnership") return state;
  if (action == "get" || action == "list redemptions") return state;
  // A provider does not see drafts.
  if (state == "DRAFT" && (action == "approve" || action == "refuse")) return kNotFound;
  return kTransition;
}

class InvitationStatesTest : public support::TermsTest {
 protected:
  struct Action {
    std::string name;
    std::function<absl::Status(const Invitation&)> run;
    bool is_open = false;  // of mode OPEN
    int uses = 2;
    bool asks = false;      // the provider confirms from now on
    bool combined = false;  // of kind CUSTOMER_WITH_PROVIDER
  };

  template <typename Request, typename Handler>
  absl::Status Call(const char* rpc, const Principal& principal, const Request& request,
                    const Handler& handler) {
    const TestCall call = CallOf(rpc, principal);
    return handler(call.context, deps_, request).status();
  }
  template <typename Request, typename Handler>
  std::function<absl::Status(const Invitation&)> ByName(const char* rpc, const Handler& handler) {
    return [=, this](const Invitation& invitation) {
      Request request;
      request.set_name(invitation.name());
      return Call(rpc, Anna(), request, handler);
    };
  }

  absl::Status ListRedemptions(const Invitation& invitation) {
    v1::ListRedemptionsRequest request;
    request.set_parent(invitation.name());
    return Call("ListRedemptions", Anna(), request, redemptions::ListRedemptions);
  }

  absl::Status Update(const Invitation& invitation) {
    v1::UpdateInvitationRequest request;
    request.mutable_invitation()->set_name(invitation.name());
    request.mutable_invitation()->set_note("Hello.");
    return Call("UpdateInvitation", Anna(), request, invitations::UpdateInvitation);
  }

  absl::Status EndPartnership() {
    v1::ApplyPartnershipsRequest request;
    request.set_provider(support::kTailwind);
    request.set_reseller(support::kContoso);
    request.set_actor("tom");
    request.set_actor_account(support::kTailwind);
    request.set_root_event("0197c1c2-89ab-7cde-8f01-23456789abcd");
    request.mutable_end_time()->set_seconds(4'000'000'000);
    const TestCall call("partnerlink.invitation.v1.InvitationService/ApplyPartnerships",
                        Principal(), "relationship");
    return invitations::ApplyPartnerships(call.context, deps_, request).status();
  }

  // The clock has come to its end, and the sweep to it.
  absl::Status RunOut(const Invitation& invitation) {
    database_.Run(
        "UPDATE invitation.invitations SET expire_time = clock_timestamp()"
        " WHERE issue_time IS NOT NULL AND id = '" +
        IdOf(invitation.name()) + "'");
    return invitations::SweepExpired(work_pool_);
  }

  // As someone who has neither accepted nor declined.
  absl::Status AcceptIt(const Invitation& invitation) {
    return Accept(support::Customer("coho", EmailOf(invitation)), LinkOf(invitation, 1)).status();
  }
  absl::Status DeclineIt(const Invitation& invitation) {
    return Decline(support::Customer("coho", EmailOf(invitation)), LinkOf(invitation, 1)).status();
  }
  absl::Status AcceptReceivedIt(const Invitation& invitation) {
    return AcceptReceived(support::Customer("coho", EmailOf(invitation)), invitation.name())
        .status();
  }
  absl::Status DeclineReceivedIt(const Invitation& invitation) {
    return DeclineReceived(support::Customer("coho", EmailOf(invitation)), invitation.name())
        .status();
  }
  static std::string EmailOf(const Invitation& invitation) {
    return invitation.customer_hint().email_address();
  }

  std::vector<Action> Actions() {
    const auto issue =
        ByName<v1::IssueInvitationRequest>("IssueInvitation", invitations::IssueInvitation);
    const auto resend =
        ByName<v1::ResendInvitationRequest>("ResendInvitation", invitations::ResendInvitation);
    const auto accept = [this](const Invitation& it) { return AcceptIt(it); };
    const auto decline = [this](const Invitation& it) { return DeclineIt(it); };
    std::vector<Action> actions = {
        {"get", ByName<v1::GetInvitationRequest>("GetInvitation", invitations::GetInvitation)},
        {"list redemptions", [this](const Invitation& it) { return ListRedemptions(it); }},
        {"render",
         ByName<v1::RenderInvitationRequest>("RenderInvitation", invitations::RenderInvitation)},
        {"update", [this](const Invitation& it) { return Update(it); }},
        {"delete",
         ByName<v1::DeleteInvitationRequest>("DeleteInvitation", invitations::DeleteInvitation)},
        {"issue", issue},
        {"send", ByName<v1::SendInvitationRequest>("SendInvitation", invitations::SendInvitation)},
        {"resend", resend},
        {"extend",
         [this](const Invitation& it) { return Extend(it.name(), 90 * 24 * 3600).status(); }},
        {"accept", accept},
        {"accept what is received", [this](const Invitation& it) { return AcceptReceivedIt(it); }},
        {"decline", decline},
        {"decline what is received",
         [this](const Invitation& it) { return DeclineReceivedIt(it); }},
        {"revoke", [this](const Invitation& it) { return Revoke(it.name()).status(); }},
        {"run out", [this](const Invitation& it) { return RunOut(it); }}};
    actions.push_back({.name = "accept one for several", .run = accept, .is_open = true});
    actions.push_back({.name = "accept one for several the last time",
                       .run = accept,
                       .is_open = true,
                       .uses = 1});
    actions.push_back({.name = "decline one for several", .run = decline, .is_open = true});
    actions.push_back({.name = "issue where the provider confirms",
                       .run = issue,
                       .asks = true,
                       .combined = true});
    actions.push_back({.name = "resend where the provider confirms",
                       .run = resend,
                       .asks = true,
                       .combined = true});
    actions.push_back({.name = "approve",
                       .run = [this](auto& it) { return Approve(it.name()).status(); },
                       .combined = true});
    actions.push_back({.name = "refuse",
                       .run = [this](auto& it) { return RefusePart(it.name()).status(); },
                       .combined = true});
    actions.push_back({.name = "end the partnership",
                       .run = [this](auto&) { return EndPartnership(); },
                       .combined = true});
    return actions;
  }

  // One in this state, as the product brings it there. None where the mode never comes there.
  std::optional<Invitation> In(const std::string& state, const Action& action) {
    const bool awaits = state == "AWAITING_PROVIDER" || state == "REFUSED";
    const bool is_open = action.is_open || state == "EXHAUSTED";
    if (is_open && (state == "ACCEPTED" || state == "DECLINED")) return std::nullopt;
    SetConsent(awaits ? "CONFIRM" : "AUTO");
    const size_t kind = awaits || action.combined ? 2 : 0;
    Invitation wish =
        On(kAllTerms[kind + (is_open ? 1 : 0)], state == "EXHAUSTED" ? 1 : action.uses);
    if (!is_open) {
      wish.mutable_customer_hint()->set_email_address(
          absl::StrCat("ann@company", ++number_, ".example"));
    }
    Invitation made = state == "DRAFT" ? Draft(wish) : Issued(wish);
    const Principal one = support::Customer("adatum", EmailOf(made));
    absl::Status status;
    if (state == "ACCEPTED" || state == "EXHAUSTED") status = Accept(one, LinkOf(made, 1)).status();
    if (state == "DECLINED") status = Decline(one, LinkOf(made, 1)).status();
    if (state == "REVOKED") status = Revoke(made.name()).status();
    if (state == "EXPIRED") status = RunOut(made);
    if (state == "REFUSED") status = RefusePart(made.name()).status();
    EXPECT_TRUE(status.ok()) << state << status;
    EXPECT_EQ(StoredState(made.name()), state);
    return made;
  }

  std::string RowOf(const Invitation& invitation) {
    const pqxx::result rows =
        database_.Run("SELECT i::text || xmin FROM invitation.invitations i WHERE id = '" +
                      IdOf(invitation.name()) + "'");
    return rows.empty() ? kGone : rows[0][0].as<std::string>();
  }

  // What the action comes to in this state.
  std::string Outcome(const Action& action, const Invitation& invitation) {
    const std::string before = RowOf(invitation);
    const absl::Status status = action.run(invitation);
    const std::string after = RowOf(invitation);
    if (status.ok()) return after == kGone ? kGone : StoredState(invitation.name());
    EXPECT_EQ(after, before) << action.name << " is refused and changes something: " << status;
    const auto reason = ReasonOf(status);
    return reason ? common::v1::ErrorReason_Name(*reason) : std::string(status.message());
  }

  // Of every action in every state. What was refused leaves its invitation to the next action.
  Table Observed() {
    Table observed;
    for (const std::string& state : kStates) {
      std::map<std::string, Invitation> made;
      for (const Action& action : Actions()) {
        const std::string alike = absl::StrCat(action.is_open, action.uses, action.combined);
        auto invitation = made.extract(alike);
        if (invitation.empty()) {
          const auto fresh = In(state, action);
          if (!fresh) continue;
          made.emplace(alike, *fresh);
          invitation = made.extract(alike);
        }
        SetConsent(action.asks ? "CONFIRM" : "AUTO");
        const std::string outcome = Outcome(action, invitation.mapped());
        observed[{action.name, state}] = outcome;
        if (outcome == Expected({}, action.name, state)) made.insert(std::move(invitation));
      }
    }
    return observed;
  }

  int number_ = 0;
};

std::vector<std::string> Differences(const Table& observed, const Table& allowed) {
  std::vector<std::string> differences;
  for (const auto& [pair, outcome] : observed) {
    const auto& [action, state] = pair;
    const std::string expected = Expected(allowed, action, state);
    if (outcome == expected) continue;
    differences.push_back(absl::StrCat(action, " in ", state, ": ", outcome, ", not ", expected));
  }
  return differences;
}

// Those whose path names an invitation; of what is only listed below it the state decides nothing.
std::set<std::string> MethodsOfAnInvitation() {
  const auto* service = v1::Invitation::descriptor()->file()->pool()->FindServiceByName(
      "partnerlink.invitation.v1.InvitationService");
  std::set<std::string> methods;
  for (int i = 0; i < service->method_count(); ++i) {
    const auto& http = service->method(i)->options().GetExtension(google::api::http);
    const std::string paths = absl::StrCat(http.get(), http.post(), http.patch(), http.delete_());
    const std::string& name = service->method(i)->name();
    const bool is_list = absl::StartsWith(name, "List");
    if (absl::StrContains(paths, "nvitations/*") && !is_list) methods.insert(name);
  }
  return methods;
}

TEST_F(InvitationStatesTest, EveryMethodOfAnInvitationIsAnAction) {
  std::set<std::string> actions;
  for (const Action& action : Actions()) actions.insert(action.name);
  const std::set<std::string> methods = MethodsOfAnInvitation();
  EXPECT_GE(methods.size(), 13u);
  for (const std::string& method : methods) {
    ASSERT_TRUE(kActionOf.contains(method)) << method;
    EXPECT_TRUE(actions.contains(kActionOf.at(method))) << method;
  }
}

TEST_F(InvitationStatesTest, EveryActionInEveryStateIsAsTheTableSays) {
  const Table observed = Observed();
  EXPECT_EQ(Differences(observed, kAllowed), std::vector<std::string>());
  for (const auto& [pair, outcome] : kAllowed) {
    EXPECT_TRUE(observed.contains(pair)) << pair.first << " in " << pair.second;
  }
  // One for several is never ACCEPTED or DECLINED.
  EXPECT_EQ(observed.size(), Actions().size() * kStates.size() - 3 * 2);
  // The control: each row is looked at, whether it is there or not.
  for (const auto& [pair, outcome] : kAllowed) {
    Table other = kAllowed;
    other.erase(pair);
    EXPECT_EQ(Differences(observed, other).size(), 1u) << pair.first << " in " << pair.second;
  }
  Table wider = kAllowed;
  wider[{"accept", "REVOKED"}] = "ACCEPTED";
  EXPECT_EQ(Differences(observed, wider).size(), 1u);
}

}  // namespace
}  // namespace partnerlink::invitation::invitation_states_test
