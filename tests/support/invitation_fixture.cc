#include "tests/support/invitation_fixture.h"

#include "absl/strings/str_cat.h"
#include "common/auth/testing/temporary_folder.h"
#include "common/status/status.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/redemptions/handlers.h"

namespace partnerlink::support {
namespace {

using namespace invitation;  // NOLINT: the service under test

constexpr int kConnections = 8;
constexpr char kLinkKeys[] = "1:bW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW0=\n";

std::unique_ptr<link::Keys> MakeKeys() {
  const auth::testing::TemporaryFolder folder;
  return std::make_unique<link::Keys>(*link::Keys::FromFile(folder.Write("link.keys", kLinkKeys)));
}

}  // namespace

TestCall CallOf(const std::string& rpc, const Principal& principal) {
  return TestCall("partnerlink.invitation.v1.InvitationService/" + rpc, principal);
}

Principal Anna() { return PrincipalOf(kContoso, {"admin_agent"}, "anna"); }

Principal Customer(const std::string& id, const std::string& email) {
  return PrincipalOf("customers/" + id, {"global_admin"}, "carl@" + id, email);
}

void Enrol(const TestDatabase& database, const std::string& name) {
  database.Run(absl::StrCat(
      "INSERT INTO relationship.partners (name, display_name, types, country, partner_number)"
      " VALUES ('",
      name, "', 'Partner ", name, "', '{RESELLER}', 'PL', replace('", name, "', '/', '-'))"));
}

InvitationTest::InvitationTest()
    : pool_("invitation", database_.Conninfo("invitation"), kConnections),
      work_pool_("invitation_worker", database_.Conninfo("invitation_worker"), 2),
      page_tokens_(std::string(paging::kMinKeyBytes, 'p')),
      keys_(MakeKeys()),
      deps_{.pool = pool_,
            .work_pool = work_pool_,
            .page_tokens = page_tokens_,
            .keys = *keys_,
            .regions = regions_,
            .link_base = "https://partners.example/invite",
            .sign_up_url = "https://partners.example/sign-up",
            .min_ttl = absl::Seconds(1),
            .daily_issues = 500,
            .sends_mail = true} {
  Enrol(database_, kContoso);
  Enrol(database_, kFabrikam);
}

absl::StatusOr<v1::Invitation> InvitationTest::Create(const v1::CreateInvitationRequest& request) {
  const TestCall call = CallOf("CreateInvitation", Anna());
  return invitations::CreateInvitation(call.context, deps_, request);
}

v1::Invitation InvitationTest::Draft(const v1::Invitation& wish) {
  v1::CreateInvitationRequest request;
  request.set_parent(kContoso);
  *request.mutable_invitation() = wish;
  const auto draft = Create(request);
  EXPECT_TRUE(draft.ok()) << draft.status();
  return draft.value_or(v1::Invitation());
}

v1::Invitation InvitationTest::Issued(const v1::Invitation& wish) {
  v1::CreateInvitationRequest request;
  request.set_parent(kContoso);
  request.set_issue(true);
  *request.mutable_invitation() = wish;
  const auto issued = Create(request);
  EXPECT_TRUE(issued.ok()) << issued.status();
  return issued.value_or(v1::Invitation());
}

std::string InvitationTest::TokenOf(const v1::Invitation& invitation) {
  v1::RenderInvitationRequest request;
  request.set_name(invitation.name());
  const TestCall call = CallOf("RenderInvitation", Anna());
  const auto mail = invitations::RenderInvitation(call.context, deps_, request);
  EXPECT_TRUE(mail.ok()) << mail.status();
  return mail.ok() ? mail->link().substr(mail->link().find('#') + 1) : "";
}

v1::AcceptInvitationRequest AcceptanceOf(const std::string& token) {
  v1::AcceptInvitationRequest request;
  request.set_token(token);
  request.set_agreement_version(kAgreement);
  request.set_confirm(true);
  request.mutable_company()->set_display_name("Northwind");
  request.mutable_company()->set_country("PL");
  return request;
}

absl::StatusOr<v1::Redemption> InvitationTest::Accept(const Principal& principal,
                                                      const std::string& token,
                                                      const std::string& request_id) {
  v1::AcceptInvitationRequest request = AcceptanceOf(token);
  request.set_request_id(request_id);
  const TestCall call = CallOf("AcceptInvitation", principal);
  return redemptions::AcceptInvitation(call.context, deps_, request);
}

absl::StatusOr<v1::LookupInvitationResponse> InvitationTest::Lookup(const std::string& token,
                                                                    const Principal& principal) {
  v1::LookupInvitationRequest request;
  request.set_token(token);
  const TestCall call = CallOf("LookupInvitation", principal);
  return redemptions::LookupInvitation(call.context, deps_, request);
}

absl::StatusOr<v1::DeclineInvitationResponse> InvitationTest::Decline(
    const Principal& principal, const std::string& token, const std::string& request_id) {
  v1::DeclineInvitationRequest request;
  request.set_token(token);
  request.set_reason("not now");
  request.set_request_id(request_id);
  const TestCall call = CallOf("DeclineInvitation", principal);
  return redemptions::DeclineInvitation(call.context, deps_, request);
}

absl::StatusOr<v1::Invitation> InvitationTest::Revoke(const std::string& name,
                                                      const std::string& request_id) {
  v1::RevokeInvitationRequest request;
  request.set_name(name);
  request.set_reason("changed our mind");
  request.set_request_id(request_id);
  const TestCall call = CallOf("RevokeInvitation", Anna());
  return invitations::RevokeInvitation(call.context, deps_, request);
}

absl::StatusOr<v1::Invitation> InvitationTest::Resend(const v1::ResendInvitationRequest& request,
                                                      const Principal& principal) {
  PARTNERLINK_RETURN_IF_ERROR(invitations::ValidateResendInvitation(request));
  const TestCall call = CallOf("ResendInvitation", principal);
  return invitations::ResendInvitation(call.context, deps_, request);
}

absl::StatusOr<v1::Invitation> InvitationTest::Resend(const std::string& name,
                                                      int64_t ttl_seconds) {
  v1::ResendInvitationRequest request;
  request.set_name(name);
  if (ttl_seconds != 0) request.mutable_ttl()->set_seconds(ttl_seconds);
  return Resend(request);
}

absl::StatusOr<v1::Invitation> InvitationTest::Extend(const std::string& name,
                                                      int64_t ttl_seconds) {
  v1::ExtendInvitationRequest request;
  request.set_name(name);
  request.mutable_ttl()->set_seconds(ttl_seconds);
  PARTNERLINK_RETURN_IF_ERROR(invitations::ValidateExtendInvitation(request));
  const TestCall call = CallOf("ExtendInvitation", Anna());
  return invitations::ExtendInvitation(call.context, deps_, request);
}

std::string InvitationTest::StoredState(const std::string& name) {
  return database_.Value(
      absl::StrCat("SELECT state FROM invitation.invitations WHERE id = '", IdOf(name), "'"));
}

void InvitationTest::ExpireIn(const std::string& name, int milliseconds) {
  database_.Run(
      absl::StrCat("UPDATE invitation.invitations SET expire_time = clock_timestamp() + interval '",
                   milliseconds, " milliseconds' WHERE id = '", IdOf(name), "'"));
}

std::string IdOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }

}  // namespace partnerlink::support
