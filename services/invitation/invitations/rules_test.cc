#include "services/invitation/invitations/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/context/testing/principal.h"
#include "google/rpc/error_details.pb.h"

namespace partnerlink::invitation::invitations {
namespace {

using google::protobuf::FieldMask;
using support::PrincipalOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;
using v1::Invitation;

constexpr Action kActions[] = {
    Action::kUpdate,  Action::kDelete, Action::kRender, Action::kIssue,  Action::kAskProvider,
    Action::kApprove, Action::kRefuse, Action::kAccept, Action::kUse,    Action::kExhaust,
    Action::kDecline, Action::kRevoke, Action::kExpire, Action::kResend, Action::kAskProviderAgain,
    Action::kExtend,  Action::kSend};
constexpr Invitation::State kStates[] = {
    Invitation::DRAFT,    Invitation::AWAITING_PROVIDER, Invitation::PENDING,
    Invitation::ACCEPTED, Invitation::EXHAUSTED,         Invitation::DECLINED,
    Invitation::REVOKED,  Invitation::EXPIRED,           Invitation::REFUSED};

// The README's table, row by row; every other pair is refused.
const std::map<std::pair<Action, Invitation::State>, Invitation::State> kTable = {
    {{Action::kUpdate, Invitation::DRAFT}, Invitation::DRAFT},
    {{Action::kDelete, Invitation::DRAFT}, Invitation::DRAFT},
    {{Action::kRender, Invitation::DRAFT}, Invitation::DRAFT},
    {{Action::kRender, Invitation::AWAITING_PROVIDER}, Invitation::AWAITING_PROVIDER},
    {{Action::kRender, Invitation::PENDING}, Invitation::PENDING},
    {{Action::kIssue, Invitation::DRAFT}, Invitation::PENDING},
    {{Action::kAskProvider, Invitation::DRAFT}, Invitation::AWAITING_PROVIDER},
    {{Action::kApprove, Invitation::AWAITING_PROVIDER}, Invitation::PENDING},
    {{Action::kRefuse, Invitation::AWAITING_PROVIDER}, Invitation::REFUSED},
    {{Action::kSend, Invitation::PENDING}, Invitation::PENDING},
    {{Action::kAccept, Invitation::PENDING}, Invitation::ACCEPTED},
    {{Action::kUse, Invitation::PENDING}, Invitation::PENDING},
    {{Action::kExhaust, Invitation::PENDING}, Invitation::EXHAUSTED},
    {{Action::kDecline, Invitation::PENDING}, Invitation::DECLINED},
    {{Action::kRevoke, Invitation::DRAFT}, Invitation::REVOKED},
    {{Action::kRevoke, Invitation::AWAITING_PROVIDER}, Invitation::REVOKED},
    {{Action::kRevoke, Invitation::PENDING}, Invitation::REVOKED},
    {{Action::kExpire, Invitation::AWAITING_PROVIDER}, Invitation::EXPIRED},
    {{Action::kExpire, Invitation::PENDING}, Invitation::EXPIRED},
    {{Action::kResend, Invitation::PENDING}, Invitation::PENDING},
    {{Action::kResend, Invitation::EXPIRED}, Invitation::PENDING},
    {{Action::kAskProviderAgain, Invitation::PENDING}, Invitation::AWAITING_PROVIDER},
    {{Action::kAskProviderAgain, Invitation::EXPIRED}, Invitation::AWAITING_PROVIDER},
    {{Action::kExtend, Invitation::PENDING}, Invitation::PENDING},
};

std::vector<std::string> Fields(const absl::Status& status) {
  std::vector<std::string> fields;
  google::rpc::BadRequest bad;
  if (const auto payload = status.GetPayload("type.googleapis.com/google.rpc.BadRequest")) {
    bad.ParseFromString(std::string(*payload));
  }
  for (const auto& violation : bad.field_violations()) fields.push_back(violation.field());
  return fields;
}

absl::Status ShapeOf(const Invitation& invitation) {
  return CheckShape(invitation, FieldViolations());
}

// The one field in which the shape of `invitation` is bad.
std::string BadField(const Invitation& invitation) {
  const std::vector<std::string> fields = Fields(ShapeOf(invitation));
  return fields.size() == 1 ? fields[0] : absl::StrCat(fields.size(), " fields");
}

Principal Partner(const std::string& role, const std::string& subject = "anna") {
  return PrincipalOf("partners/contoso", {role}, subject);
}

FieldMask Mask(const std::vector<std::string>& paths) {
  FieldMask mask;
  for (const std::string& path : paths) mask.add_paths(path);
  return mask;
}

TEST(TransitionsTest, EveryPairIsAsTheTableSays) {
  for (const Action action : kActions) {
    for (const Invitation::State state : kStates) {
      SCOPED_TRACE(
          absl::StrCat("action ", static_cast<int>(action), " in ", Invitation::State_Name(state)));
      const auto row = kTable.find({action, state});
      const absl::Status status = CheckAction(action, state);
      if (row != kTable.end()) {
        EXPECT_EQ(After(action, state), row->second);
        EXPECT_TRUE(status.ok()) << status;
      } else {
        EXPECT_EQ(After(action, state), std::nullopt);
        EXPECT_EQ(ReasonOf(status), common::v1::STATE_TRANSITION);
        EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
        EXPECT_THAT(std::string(status.message()), HasSubstr(Invitation::State_Name(state)));
      }
    }
  }
}

TEST(TransitionsTest, AnUnknownStateAllowsNothing) {
  for (const Action action : kActions) {
    EXPECT_FALSE(CheckAction(action, Invitation::STATE_UNSPECIFIED).ok());
    EXPECT_FALSE(CheckAction(action, static_cast<Invitation::State>(99)).ok());
  }
}

TEST(NameTest, IsAPartnersInvitation) {
  const std::string id = "0197c1c2-89ab-7cde-8f01-23456789abcd";
  EXPECT_TRUE(CheckName("partners/contoso/invitations/" + id, FieldViolations()).ok());
  for (const std::string& name : std::vector<std::string>{
           "", "partners/contoso/invitations/", "partners/contoso/invitations/x",
           "partners//invitations/" + id, "partners/-/invitations/" + id,
           "customers/contoso/invitations/" + id, "partners/contoso/invitations/" + id + "/",
           "partners/contoso/invitations/" + id + "x", "/partners/contoso/invitations/" + id,
           "partners/contoso/invitations/0197C1C2-89AB-7CDE-8F01-23456789ABCD",
           "partners/con%2ftoso/invitations/" + id, "partners/contoso;x/invitations/" + id,
           "partners/contoso/invitations/x/invitations/" + id}) {
    EXPECT_THAT(Fields(CheckName(name, FieldViolations())), ElementsAre("name")) << name;
  }
  FieldViolations more;
  more.Add("request_id", "is not a UUID");
  EXPECT_THAT(Fields(CheckName("x", std::move(more))), ElementsAre("request_id", "name"));
}

TEST(TtlTest, ALifeIsWholeSecondsUpTo90Days) {
  const auto fields = [](int64_t seconds, int32_t nanos) {
    google::protobuf::Duration ttl;
    ttl.set_seconds(seconds);
    ttl.set_nanos(nanos);
    FieldViolations violations;
    CheckTtlShape("ttl", ttl, violations);
    return Fields(violations.ToStatus());
  };
  EXPECT_THAT(fields(1, 0), ElementsAre());
  EXPECT_THAT(fields(90 * 24 * 3600, 0), ElementsAre());
  EXPECT_THAT(fields(0, 0), ElementsAre("ttl"));
  EXPECT_THAT(fields(-1, 0), ElementsAre("ttl"));
  EXPECT_THAT(fields(1, 1), ElementsAre("ttl"));
  EXPECT_THAT(fields(90 * 24 * 3600 + 1, 0), ElementsAre("ttl"));
}

TEST(TtlTest, TheDeployersMinimumHoldsForANewLifeToo) {
  google::protobuf::Duration ttl;
  ttl.set_seconds(3599);
  EXPECT_THAT(Fields(CheckTtl("ttl", ttl, absl::Hours(1))), ElementsAre("ttl"));
  ttl.set_seconds(3600);
  EXPECT_TRUE(CheckTtl("ttl", ttl, absl::Hours(1)).ok());
}

TEST(TtlTest, AnExtensionThatMissedIsOverOrNotLater) {
  EXPECT_THAT(Fields(NotExtended(Invitation::PENDING)), ElementsAre("ttl"));
  for (const Invitation::State state : kStates) {
    if (state == Invitation::PENDING) continue;
    EXPECT_EQ(ReasonOf(NotExtended(state)), common::v1::STATE_TRANSITION);
  }
}

TEST(ShapeTest, AnEmptyInvitationIsSound) { EXPECT_TRUE(ShapeOf({}).ok()); }

TEST(ShapeTest, AFullInvitationIsSound) {
  Invitation full;
  full.set_kind(Invitation::CUSTOMER);
  full.set_mode(Invitation::TARGETED);
  full.set_max_uses(1);
  full.set_channel(common::v1::OTHER);
  full.set_locale("pl-PL");
  full.set_note("Nice to have met you.");
  full.set_subject("An invitation");
  full.set_body_text("Open {{link}} please.");
  full.mutable_ttl()->set_seconds(90 * 24 * 3600);
  auto& hint = *full.mutable_customer_hint();
  hint.set_company_name("Northwind");
  hint.set_email_address("carl@northwind.example");
  hint.set_domain("northwind.example");
  hint.set_account("customers/northwind");
  hint.set_country("PL");
  auto& grant = *full.mutable_grant_request();
  grant.add_roles("user_admin");
  grant.set_duration_days(730);
  grant.set_auto_extend(180);
  EXPECT_TRUE(ShapeOf(full).ok()) << ShapeOf(full);
}

TEST(ShapeTest, EveryFieldIsChecked) {
  using Change = void (*)(Invitation&);
  const std::pair<std::string, Change> cases[] = {
      {"kind", [](Invitation& i) { i.set_kind(static_cast<Invitation::Kind>(4)); }},
      {"mode", [](Invitation& i) { i.set_mode(static_cast<Invitation::Mode>(3)); }},
      {"mode", [](Invitation& i) { i.set_mode(static_cast<Invitation::Mode>(-1)); }},
      {"provider", [](Invitation& i) { i.set_provider("partners/distributor"); }},
      {"provider", [](Invitation& i) { i.set_kind(Invitation::CUSTOMER_WITH_PROVIDER); }},
      {"provider",
       [](Invitation& i) {
         i.set_kind(Invitation::CUSTOMER_WITH_PROVIDER);
         i.set_provider("customers/distributor");
       }},
      {"provider",
       [](Invitation& i) {
         i.set_kind(Invitation::PARTNERSHIP);
         i.set_provider("partners/distributor");
       }},
      {"grant_request",
       [](Invitation& i) {
         i.set_kind(Invitation::PARTNERSHIP);
         i.mutable_grant_request();
       }},
      {"customer_hint.account",
       [](Invitation& i) {
         i.set_kind(Invitation::PARTNERSHIP);
         i.mutable_customer_hint()->set_account("customers/northwind");
       }},
      {"customer_hint.domain",
       [](Invitation& i) {
         i.set_kind(Invitation::PARTNERSHIP);
         i.mutable_customer_hint()->set_domain("northwind.example");
       }},
      {"max_uses", [](Invitation& i) { i.set_mode(Invitation::OPEN); }},
      {"max_uses",
       [](Invitation& i) {
         i.set_mode(Invitation::OPEN);
         i.set_max_uses(100'001);
       }},
      {"customer_hint.account",
       [](Invitation& i) {
         i.set_mode(Invitation::OPEN);
         i.set_max_uses(3);
         i.mutable_customer_hint()->set_account("customers/northwind");
       }},
      {"customer_hint.domain",
       [](Invitation& i) {
         i.set_mode(Invitation::OPEN);
         i.set_max_uses(3);
         i.mutable_customer_hint()->set_domain("northwind.example");
       }},
      {"customer_hint.email_address",
       [](Invitation& i) {
         i.set_mode(Invitation::OPEN);
         i.set_max_uses(3);
         i.mutable_customer_hint()->set_email_address("carl@northwind.example");
       }},
      {"max_uses", [](Invitation& i) { i.set_max_uses(2); }},
      {"max_uses", [](Invitation& i) { i.set_max_uses(-1); }},
      {"channel", [](Invitation& i) { i.set_channel(static_cast<common::v1::Channel>(99)); }},
      {"locale", [](Invitation& i) { i.set_locale("not a tag"); }},
      {"ttl", [](Invitation& i) { i.mutable_ttl()->set_seconds(0); }},
      {"ttl", [](Invitation& i) { i.mutable_ttl()->set_seconds(-5); }},
      {"ttl", [](Invitation& i) { i.mutable_ttl()->set_seconds(90 * 24 * 3600 + 1); }},
      {"ttl",
       [](Invitation& i) {
         i.mutable_ttl()->set_seconds(60);
         i.mutable_ttl()->set_nanos(1);
       }},
      {"note", [](Invitation& i) { i.set_note("see https://evil.example"); }},
      {"note", [](Invitation& i) { i.set_note(std::string(2001, 'n')); }},
      {"subject", [](Invitation& i) { i.set_subject("a\r\nBcc: b"); }},
      {"subject", [](Invitation& i) { i.set_subject(std::string(201, 's')); }},
      {"body_text", [](Invitation& i) { i.set_body_text(std::string(10'001, 'b')); }},
      {"customer_hint.company_name",
       [](Invitation& i) { i.mutable_customer_hint()->set_company_name(std::string(201, 'c')); }},
      {"customer_hint.email_address",
       [](Invitation& i) { i.mutable_customer_hint()->set_email_address("carl"); }},
      {"customer_hint.domain",
       [](Invitation& i) { i.mutable_customer_hint()->set_domain("not a domain"); }},
      {"customer_hint.account",
       [](Invitation& i) { i.mutable_customer_hint()->set_account("partners/northwind"); }},
      {"customer_hint.account",
       [](Invitation& i) { i.mutable_customer_hint()->set_account("customers/-"); }},
      {"customer_hint.country",
       [](Invitation& i) { i.mutable_customer_hint()->set_country("pl"); }},
      {"grant_request.roles",
       [](Invitation& i) { i.mutable_grant_request()->add_roles("emperor"); }},
      {"grant_request.roles",
       [](Invitation& i) {
         i.mutable_grant_request()->add_roles("user_admin");
         i.mutable_grant_request()->add_roles("user_admin");
       }},
      {"grant_request.duration_days",
       [](Invitation& i) { i.mutable_grant_request()->set_duration_days(731); }},
      {"grant_request.duration_days",
       [](Invitation& i) { i.mutable_grant_request()->set_duration_days(-1); }},
      {"grant_request.auto_extend",
       [](Invitation& i) { i.mutable_grant_request()->set_auto_extend(90); }},
      {"grant_request.auto_extend",
       [](Invitation& i) {
         i.mutable_grant_request()->add_roles("global_admin");
         i.mutable_grant_request()->set_auto_extend(180);
       }},
      {"grant_request",
       [](Invitation& i) {
         i.set_relationship_only(true);
         i.mutable_grant_request();
       }},
  };
  for (const auto& [field, change] : cases) {
    Invitation invitation;
    change(invitation);
    EXPECT_EQ(BadField(invitation), "invitation." + field) << invitation.ShortDebugString();
    EXPECT_EQ(ReasonOf(ShapeOf(invitation)), common::v1::FIELD_INVALID) << field;
  }
}

TEST(ShapeTest, AllViolationsAreReportedAtOnce) {
  Invitation invitation;
  invitation.set_max_uses(7);
  invitation.set_locale("??");
  invitation.set_note("a\nb");
  invitation.mutable_customer_hint()->set_country("Poland");
  invitation.mutable_grant_request()->set_duration_days(1000);
  invitation.set_body_text("no link in here");  // judged once the rest is sound
  FieldViolations others;
  others.Add("request_id", "is not a UUID");
  EXPECT_THAT(Fields(CheckShape(invitation, std::move(others))),
              UnorderedElementsAre("request_id", "invitation.max_uses", "invitation.locale",
                                   "invitation.note", "invitation.customer_hint.country",
                                   "invitation.grant_request.duration_days"));
}

TEST(ShapeTest, TheBodyHoldsTheLinkOnceAndNoOther) {
  const std::pair<std::string, common::v1::ErrorReason> cases[] = {
      {"Hello.", common::v1::LINK_MISSING},
      {"{{link}} {{link}}", common::v1::LINK_DUPLICATED},
      {"{{link}} https://evil.example", common::v1::LINK_FOREIGN},
      {"Join {{link}}now", common::v1::FIELD_INVALID}};
  for (const auto& [body, reason] : cases) {
    Invitation invitation;
    invitation.set_body_text(body);
    EXPECT_EQ(ReasonOf(ShapeOf(invitation)), reason) << body;
    EXPECT_EQ(ShapeOf(invitation).code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(BadField(invitation), "invitation.body_text");
  }
}

TEST(TtlTest, IsAtLeastWhatTheDeployerAllows) {
  Invitation invitation;
  invitation.mutable_ttl()->set_seconds(3600);
  EXPECT_TRUE(CheckTtl(invitation, absl::Hours(1)).ok());
  const absl::Status status = CheckTtl(invitation, absl::Hours(1) + absl::Seconds(1));
  EXPECT_EQ(ReasonOf(status), common::v1::FIELD_INVALID);
  EXPECT_THAT(Fields(status), ElementsAre("invitation.ttl"));
}

TEST(DefaultsTest, OfAnEmptyInvitation) {
  Invitation invitation;
  FillDefaults(invitation);
  EXPECT_EQ(invitation.kind(), Invitation::CUSTOMER);
  EXPECT_EQ(invitation.mode(), Invitation::TARGETED);
  EXPECT_EQ(invitation.max_uses(), 1);
  EXPECT_EQ(invitation.locale(), "en");
  EXPECT_EQ(invitation.ttl().seconds(), 14 * 24 * 3600);
  EXPECT_EQ(invitation.grant_request().duration_days(), 730);
  EXPECT_EQ(invitation.grant_request().auto_extend(), 0);
  EXPECT_THAT(invitation.grant_request().roles(),
              UnorderedElementsAre("user_admin", "license_admin", "service_admin",
                                   "subscription_admin", "directory_reader"));
}

TEST(DefaultsTest, OfAnInvitationForSeveral) {
  Invitation invitation;
  invitation.set_mode(Invitation::OPEN);
  invitation.set_max_uses(25);
  FillDefaults(invitation);
  EXPECT_EQ(invitation.max_uses(), 25);
  EXPECT_EQ(invitation.ttl().seconds(), 90 * 24 * 3600);
}

TEST(DefaultsTest, APartnershipAsksForNoGrant) {
  Invitation invitation;
  invitation.set_kind(Invitation::PARTNERSHIP);
  FillDefaults(invitation);
  EXPECT_TRUE(invitation.relationship_only());
  EXPECT_FALSE(invitation.has_grant_request());
}

TEST(DefaultsTest, LeaveWhatTheCallerWrote) {
  Invitation invitation;
  invitation.set_locale("de");
  invitation.mutable_ttl()->set_seconds(60);
  invitation.mutable_grant_request()->add_roles("global_admin");
  invitation.mutable_grant_request()->set_duration_days(7);
  const Invitation before = invitation;
  FillDefaults(invitation);
  EXPECT_EQ(invitation.locale(), "de");
  EXPECT_EQ(invitation.ttl().seconds(), 60);
  EXPECT_EQ(invitation.grant_request().SerializeAsString(),
            before.grant_request().SerializeAsString());
  Invitation again = invitation;
  FillDefaults(again);
  EXPECT_EQ(again.SerializeAsString(), invitation.SerializeAsString());
}

TEST(DefaultsTest, RelationshipOnlyAsksForNoGrant) {
  Invitation invitation;
  invitation.set_relationship_only(true);
  FillDefaults(invitation);
  EXPECT_FALSE(invitation.has_grant_request());
}

TEST(DefaultsTest, HintsAreComparedInOneForm) {
  Invitation invitation;
  invitation.mutable_customer_hint()->set_domain("NorthWind.Example");
  invitation.mutable_customer_hint()->set_email_address("Carl@NorthWind.Example");
  FillDefaults(invitation);
  EXPECT_EQ(invitation.customer_hint().domain(), "northwind.example");
  EXPECT_EQ(EmailKey(invitation), "carl@northwind.example");
  EXPECT_EQ(EmailKeyOf("CARL@northwind.example"), EmailKey(invitation));
  EXPECT_EQ(EmailKeyOf("no address"), "");
  EXPECT_EQ(EmailKey(Invitation()), "");
}

// One to which nothing can be objected, and how those stand that it asks for.
struct Inviting {
  Inviting() {
    invitation.set_kind(Invitation::CUSTOMER);
    standing.partner_is_active = true;
    standing.partner_is_reseller = true;
    standing.same_region = true;
  }

  absl::Status Check() const { return CheckInviter(standing, "partners/contoso", invitation); }

  Invitation invitation;
  Standing standing;
};

struct InvitingWithProvider : Inviting {
  InvitingWithProvider() {
    invitation.set_kind(Invitation::CUSTOMER_WITH_PROVIDER);
    invitation.set_provider("partners/distributor");
    standing.provider_is_active = true;
    standing.partnership_is_active = true;
    standing.partnership = "partners/distributor/partnerships/1";
  }
};

TEST(InviterTest, IsActiveInTheRegionAndSomebodyElse) {
  Inviting one;
  EXPECT_TRUE(one.Check().ok());
  one.standing.partner_is_active = false;
  EXPECT_EQ(ReasonOf(one.Check()), common::v1::PARTNER_SUSPENDED);
  Inviting far;
  far.standing.same_region = false;
  EXPECT_EQ(ReasonOf(far.Check()), common::v1::REGION);
  Inviting self;
  self.invitation.mutable_customer_hint()->set_account("customers/contoso");
  EXPECT_EQ(ReasonOf(self.Check()), common::v1::SELF_RELATIONSHIP);
  self.invitation.mutable_customer_hint()->set_account("customers/contoso2");
  EXPECT_TRUE(self.Check().ok());
}

TEST(InviterTest, ResellersInviteCustomersAndProvidersResellers) {
  for (const Invitation::Kind kind :
       {Invitation::CUSTOMER, Invitation::CUSTOMER_WITH_PROVIDER, Invitation::PARTNERSHIP}) {
    for (const bool reseller : {true, false}) {
      for (const bool provider : {true, false}) {
        InvitingWithProvider one;
        one.invitation.set_kind(kind);
        if (kind != Invitation::CUSTOMER_WITH_PROVIDER) one.invitation.clear_provider();
        one.standing.partner_is_reseller = reseller;
        one.standing.partner_is_provider = provider;
        const bool may = kind == Invitation::PARTNERSHIP ? provider : reseller;
        EXPECT_EQ(one.Check().ok(), may) << Invitation::Kind_Name(kind) << reseller << provider;
        if (!may) {
          EXPECT_EQ(ReasonOf(one.Check()), common::v1::WRONG_KIND);
        }
      }
    }
  }
}

TEST(InviterTest, ACombinedInvitationRestsOnAnActivePartnership) {
  InvitingWithProvider one;
  EXPECT_TRUE(one.Check().ok()) << one.Check();
  one.standing.provider_is_active = false;
  EXPECT_EQ(ReasonOf(one.Check()), common::v1::PARTNER_SUSPENDED);
  one.standing.partnership_is_active = false;
  EXPECT_EQ(ReasonOf(one.Check()), common::v1::PARTNERSHIP_INACTIVE);
  EXPECT_THAT(std::string(one.Check().message()), HasSubstr("partners/distributor/partnerships/1"));
  one.standing.partnership = "";
  EXPECT_EQ(ReasonOf(one.Check()), common::v1::PARTNERSHIP_INACTIVE);
  EXPECT_THAT(std::string(one.Check().message()), HasSubstr("partners/distributor"));
  one.invitation.set_provider("partners/contoso");
  EXPECT_EQ(ReasonOf(one.Check()), common::v1::SELF_RELATIONSHIP);
  InvitingWithProvider of_its_customer;
  of_its_customer.invitation.mutable_customer_hint()->set_account("customers/distributor");
  EXPECT_EQ(ReasonOf(of_its_customer.Check()), common::v1::SELF_RELATIONSHIP);
  of_its_customer.invitation.mutable_customer_hint()->set_account("customers/northwind");
  EXPECT_TRUE(of_its_customer.Check().ok());
}

TEST(ReaderTest, IsThePartnerAnOperatorOrTheProviderOfWhatIsIssued) {
  Invitation invitation;
  invitation.set_state(Invitation::AWAITING_PROVIDER);
  invitation.set_provider("partners/distributor");
  const auto check = [&](const std::string& account, AccountFamily family) {
    Principal principal = Partner("admin_agent");
    principal.account = account;
    principal.family = family;
    return CheckReader(principal, "partners/contoso", invitation);
  };
  EXPECT_TRUE(check("partners/contoso", AccountFamily::kPartner).ok());
  EXPECT_TRUE(check("operators", AccountFamily::kOperator).ok());
  EXPECT_TRUE(check("partners/distributor", AccountFamily::kPartner).ok());
  EXPECT_EQ(ReasonOf(check("partners/fabrikam", AccountFamily::kPartner)),
            common::v1::RESOURCE_NOT_FOUND);
  invitation.set_state(Invitation::DRAFT);
  EXPECT_TRUE(check("partners/contoso", AccountFamily::kPartner).ok());
  EXPECT_EQ(ReasonOf(check("partners/distributor", AccountFamily::kPartner)),
            common::v1::RESOURCE_NOT_FOUND);
  invitation.set_state(Invitation::PENDING);
  invitation.clear_provider();
  EXPECT_EQ(ReasonOf(check("", AccountFamily::kNone)), common::v1::RESOURCE_NOT_FOUND);
}

TEST(EqualTest, TheOpenOneIsNamed) {
  EXPECT_TRUE(CheckNoEqual(std::nullopt).ok());
  const absl::Status status = CheckNoEqual("partners/contoso/invitations/1");
  EXPECT_EQ(ReasonOf(status), common::v1::INVITATION_EXISTS);
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(status.message()), HasSubstr("partners/contoso/invitations/1"));
}

TEST(QuotaTest, TheLastOneFitsTheNextDoesNot) {
  EXPECT_TRUE(CheckQuota("partners/contoso", 499, 500, absl::ZeroDuration()).ok());
  for (const int64_t issued : {500, 501}) {
    const absl::Status status = CheckQuota("partners/contoso", issued, 500, absl::Minutes(7));
    EXPECT_EQ(ReasonOf(status), common::v1::QUOTA_EXCEEDED);
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_TRUE(status.GetPayload("type.googleapis.com/google.rpc.RetryInfo").has_value());
    EXPECT_TRUE(status.GetPayload("type.googleapis.com/google.rpc.QuotaFailure").has_value());
  }
}

TEST(QuotaTest, WhoIsRefusedWaitsAtLeastASecondAndAtMostADay) {
  const auto told = [](absl::Duration wait) {
    const absl::Status status = CheckQuota("partners/contoso", 500, 500, wait);
    google::rpc::RetryInfo info;
    info.ParseFromString(
        std::string(*status.GetPayload("type.googleapis.com/google.rpc.RetryInfo")));
    return info.retry_delay().seconds();
  };
  EXPECT_EQ(told(absl::Minutes(7)), 420);
  EXPECT_EQ(told(absl::ZeroDuration()), 1);
  EXPECT_EQ(told(absl::Hours(25)), 24 * 3600);
}

TEST(RevokerTest, ASalesAgentRevokesItsOwnOnly) {
  Invitation invitation;
  invitation.set_creator("anna");
  for (const char* role : {"global_admin", "admin_agent"}) {
    EXPECT_TRUE(CheckRevoker(Partner(role, "bert"), invitation).ok()) << role;
  }
  EXPECT_TRUE(CheckRevoker(Partner("sales_agent", "anna"), invitation).ok());
  EXPECT_EQ(ReasonOf(CheckRevoker(Partner("sales_agent", "bert"), invitation)),
            common::v1::ROLE_MISSING);
  Principal both = Partner("sales_agent", "bert");
  both.roles.push_back("admin_agent");
  EXPECT_TRUE(CheckRevoker(both, invitation).ok());
  Principal operator_;
  operator_.subject = "olga";
  operator_.account = "operators";
  operator_.family = AccountFamily::kOperator;
  operator_.roles = {"operator"};
  EXPECT_TRUE(CheckRevoker(operator_, invitation).ok());
}

TEST(MailAddressTest, OnlyAHelpdeskAgentSeesItMasked) {
  const char* const contoso = "partners/contoso";
  EXPECT_FALSE(SeesEmailAddress(Partner("helpdesk_agent"), contoso));
  EXPECT_FALSE(SeesEmailAddress(Partner("admin_agent"), "partners/fabrikam"))
      << "a provider reads somebody else's invitation";
  for (const char* role : {"global_admin", "admin_agent", "sales_agent"}) {
    Principal principal = Partner("helpdesk_agent");
    principal.roles.push_back(role);
    EXPECT_TRUE(SeesEmailAddress(principal, contoso)) << role;
  }
  Invitation invitation;
  MaskEmailAddress(invitation);
  EXPECT_EQ(invitation.customer_hint().email_address(), "");
  for (const char* address : {"anna@contoso.example", "a@contoso.example"}) {
    invitation.mutable_customer_hint()->set_email_address(address);
    MaskEmailAddress(invitation);
    EXPECT_EQ(invitation.customer_hint().email_address(), "a***@contoso.example");
  }
}

TEST(UpdatePathsTest, WithoutAMaskThePopulatedWritableFields) {
  Invitation invitation;
  invitation.set_name("partners/contoso/invitations/1");
  invitation.set_state(Invitation::ACCEPTED);
  invitation.set_etag("r1");
  invitation.set_subject("Hello");
  invitation.mutable_ttl()->set_seconds(60);
  EXPECT_THAT(UpdatePaths({}, invitation)->paths(), UnorderedElementsAre("ttl", "subject"));
}

TEST(UpdatePathsTest, AStarMeansAllWritableFields) {
  EXPECT_THAT(
      UpdatePaths(Mask({"*"}), {})->paths(),
      UnorderedElementsAre("customer_hint", "note", "locale", "channel", "relationship_only",
                           "grant_request", "ttl", "subject", "body_text"));
}

TEST(UpdatePathsTest, OnlyWritableFieldsCanBeNamed) {
  EXPECT_TRUE(UpdatePaths(Mask({"note", "customer_hint.domain", "grant_request.roles"}), {}).ok());
  const auto* descriptor = Invitation::descriptor();
  const std::vector<std::string> writable = {
      "customer_hint", "note", "locale",  "channel",  "relationship_only",
      "grant_request", "ttl",  "subject", "body_text"};
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const std::string& field = descriptor->field(i)->name();
    const bool expected = std::count(writable.begin(), writable.end(), field) > 0;
    EXPECT_EQ(UpdatePaths(Mask({field}), {}).ok(), expected) << field;
  }
  const auto refused = UpdatePaths(Mask({"state", "nonsense", "ttl.seconds", "note"}), {});
  EXPECT_EQ(ReasonOf(refused.status()), common::v1::FIELD_INVALID);
  EXPECT_THAT(Fields(refused.status()), ElementsAre("update_mask", "update_mask", "update_mask"));
  for (const char* path : {"", "*.note", "customer_hint.nonsense", "Note", "customerHint"}) {
    EXPECT_FALSE(UpdatePaths(Mask({path}), {}).ok()) << path;
  }
}

TEST(MergeTest, WritesTheNamedFieldsOnly) {
  Invitation target;
  target.set_note("old");
  target.set_subject("old");
  target.mutable_customer_hint()->set_company_name("Old");
  target.mutable_customer_hint()->set_country("PL");
  Invitation source;
  source.set_subject("new");
  source.mutable_customer_hint()->set_country("DE");
  Merge(Mask({"note", "customer_hint.country"}), source, target);
  EXPECT_EQ(target.note(), "");  // named and empty: cleared
  EXPECT_EQ(target.subject(), "old");
  EXPECT_EQ(target.customer_hint().company_name(), "Old");
  EXPECT_EQ(target.customer_hint().country(), "DE");
  Merge(Mask({"customer_hint"}), source, target);
  EXPECT_EQ(target.customer_hint().company_name(), "");
}

TEST(MergeTest, RolesAreReplacedNotAdded) {
  Invitation target;
  target.mutable_grant_request()->add_roles("user_admin");
  Invitation source;
  source.mutable_grant_request()->add_roles("license_admin");
  Merge(Mask({"grant_request.roles"}), source, target);
  EXPECT_THAT(target.grant_request().roles(), ElementsAre("license_admin"));
}

TEST(MergeTest, RelationshipOnlyTakesBackTheGrant) {
  Invitation target;
  target.mutable_grant_request()->add_roles("user_admin");
  Invitation source;
  source.set_relationship_only(true);
  Merge(Mask({"relationship_only"}), source, target);
  EXPECT_FALSE(target.has_grant_request());
  EXPECT_TRUE(ShapeOf(target).ok());
}

// Refused, not dropped in silence: by CheckShape, which sees both.
TEST(MergeTest, AskingForRolesOfARelationshipOnlyInvitationContradictsItself) {
  for (const char* path : {"grant_request", "grant_request.roles"}) {
    Invitation target;
    target.set_relationship_only(true);
    Invitation source;
    source.mutable_grant_request()->add_roles("user_admin");
    Merge(Mask({path}), source, target);
    EXPECT_THAT(Fields(ShapeOf(target)), ElementsAre("invitation.grant_request")) << path;
  }
}

}  // namespace
}  // namespace partnerlink::invitation::invitations
