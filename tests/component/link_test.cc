// Without a valid secret one learns nothing: every wrong link gets the same answer, byte for byte,
// by the same work. And looking up a good one writes nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/link/token.h"
#include "services/invitation/redemptions/handlers.h"
#include "tests/component/work_trace.h"
#include "tests/support/terms_fixture.h"

namespace partnerlink::invitation::link_test {
namespace {

using support::Customer;

class LinkTest : public support::TermsTest {
 protected:
  // Links of every kind that are none, by what is wrong with them.
  std::map<std::string, std::string> WrongTokens(const std::string& good) {
    const link::Token token = *link::ParseToken(good);
    std::map<std::string, std::string> wrong;
    link::Token changed = token;
    changed.secret[31] ^= 1;
    wrong["secret"] = link::FormatToken(changed);
    changed = token;
    changed.generation = 2;
    wrong["generation"] = link::FormatToken(changed);
    changed = token;
    changed.kind = token.kind % 3 + 1;
    wrong["kind"] = link::FormatToken(changed);
    changed = token;
    changed.invitation = *link::UuidBytes(NewUuid());
    wrong["unknown id"] = link::FormatToken(changed);
    wrong["cut"] = good.substr(0, good.size() - 1);
    wrong["longer"] = good + "A";
    wrong["text"] = "hello";
    wrong["blank"] = " ";
    wrong["version"] = "Z" + good.substr(1);
    wrong["not ASCII"] = "ąę";
    wrong["longest"] = std::string(512, 'A');
    wrong["sql"] = "' OR true --";
    return wrong;
  }

  // What a call costs.
  template <typename Call>
  static std::vector<std::string> WorkOf(const Call& call) {
    const support::WorkTrace trace;
    call();
    return trace.steps();
  }

  std::string BytesOf(const absl::Status& status) {
    return ToRpcStatus(status).SerializeAsString();
  }
};

TEST_F(LinkTest, EveryWrongLinkGetsTheSameAnswer) {
  const v1::Invitation issued = Issued();
  const v1::Invitation draft = Draft();
  const std::string good = TokenOf(issued);
  const std::string drafts = TokenOf(draft);
  v1::DeleteInvitationRequest request;
  request.set_name(draft.name());
  const support::TestCall call = support::CallOf("DeleteInvitation", support::Anna());
  ASSERT_TRUE(invitations::DeleteInvitation(call.context, deps_, request).ok());

  auto wrong = WrongTokens(good);
  wrong["deleted draft"] = drafts;
  const std::string expected = BytesOf(Lookup("x").status());
  EXPECT_EQ(ReasonOf(Lookup("x").status()), common::v1::INVITATION_NOT_FOUND);
  for (const auto& [what, token] : wrong) {
    EXPECT_EQ(BytesOf(Lookup(token).status()), expected) << what;
    EXPECT_EQ(BytesOf(Accept(Customer("northwind"), token).status()), expected) << what;
    EXPECT_EQ(BytesOf(Decline(Customer("northwind"), token).status()), expected) << what;
  }
  EXPECT_TRUE(Lookup(good).ok());
}

TEST_F(LinkTest, OfEveryKindAndModeAWrongOneGetsItToo) {
  const std::string expected = BytesOf(Lookup("x").status());
  for (const support::Terms& terms : support::kAllTerms) {
    const v1::Invitation issued = Issued(On(terms));
    const Principal answerer = AnswererOf(terms, "adatum");
    for (const auto& [what, token] : WrongTokens(TokenOf(issued))) {
      EXPECT_EQ(BytesOf(Lookup(token).status()), expected) << Show(terms) << what;
      EXPECT_EQ(BytesOf(Accept(answerer, token).status()), expected) << Show(terms) << what;
      EXPECT_EQ(BytesOf(Decline(answerer, token).status()), expected) << Show(terms) << what;
    }
    ASSERT_TRUE(Resend(issued.name()).ok());
    EXPECT_EQ(BytesOf(Lookup(LinkOf(issued, 1)).status()), expected) << Show(terms);
  }
}

// As many statements with as many parameters, and as many MACs, whatever is wrong: the time of an
// answer tells no more than the answer.
TEST_F(LinkTest, EveryWrongLinkIsTheSameWork) {
  const v1::Invitation issued = Issued();
  const std::string good = TokenOf(issued);
  const Principal northwind = Customer("northwind");
  const auto work = [&](const std::string& token) {
    return std::vector<std::vector<std::string>>{
        WorkOf([&] { EXPECT_FALSE(Lookup(token).ok()) << token; }),
        WorkOf([&] { EXPECT_FALSE(Accept(northwind, token).ok()) << token; }),
        WorkOf([&] { EXPECT_FALSE(Decline(northwind, token).ok()) << token; })};
  };
  work("x");  // prepares the statements
  const auto expected = work("x");
  for (const auto& steps : expected) {
    EXPECT_GT(steps.size(), 2u);
    EXPECT_TRUE(std::any_of(steps.begin(), steps.end(),
                            [](const std::string& step) { return step.starts_with("MAC"); }));
  }
  auto wrong = WrongTokens(good);
  ASSERT_TRUE(Resend(issued.name()).ok());
  wrong["replaced"] = good;
  for (const auto& [what, token] : wrong) EXPECT_EQ(work(token), expected) << what;
  // The control: of a good link the work is another one.
  const std::string fresh = LinkOf(issued, 2);
  WorkOf([&] { EXPECT_TRUE(Lookup(fresh).ok()); });
  EXPECT_NE(WorkOf([&] { EXPECT_TRUE(Lookup(fresh).ok()); }), expected[0]);
}

// Where nothing can be written, a link can be looked up, whatever its invitation is and has become;
// the control is that accepting it fails.
TEST_F(LinkTest, LookingUpWritesNothing) {
  std::vector<std::string> links;
  for (const support::Terms& terms : support::kAllTerms) {
    for (const char* end :
         {"draft", "issued", "resent", "accepted", "declined", "revoked", "over"}) {
      const std::string what = end;
      const v1::Invitation made = what == "draft" ? Draft(On(terms)) : Issued(On(terms));
      links.push_back(LinkOf(made, what == "resent" ? 2 : 1));
      const Principal answerer = AnswererOf(terms, "adatum");
      absl::Status status;
      if (what == "resent") status = Resend(made.name()).status();
      if (what == "accepted") status = Accept(answerer, links.back()).status();
      if (what == "declined") status = Decline(answerer, links.back()).status();
      if (what == "revoked") status = Revoke(made.name()).status();
      if (what == "over") ExpireIn(made.name(), -1);
      ASSERT_TRUE(status.ok()) << Show(terms) << what << status;
    }
  }
  database_.Run(
      "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() ||"
      " ' SET default_transaction_read_only = on'; END $$");
  postgres::Pool pool("invitation", database_.Conninfo("invitation"), 2);
  const Deps deps = DepsWith(pool, *keys_, regions_);
  for (const std::string& link : links) {
    v1::LookupInvitationRequest request;
    request.set_token(link);
    const support::TestCall call = support::CallOf("LookupInvitation", Principal());
    const auto seen = redemptions::LookupInvitation(call.context, deps, request);
    EXPECT_TRUE(seen.ok()) << seen.status();
  }
  const support::TestCall call = support::CallOf("AcceptInvitation", Customer("adatum"));
  const auto accepted =
      redemptions::AcceptInvitation(call.context, deps, support::AcceptanceOf(links[1]));
  EXPECT_EQ(accepted.status().code(), absl::StatusCode::kInternal) << accepted.status();
}

TEST_F(LinkTest, TheAgreementIsInTheLanguageAskedForOrTheInvitations) {
  v1::Invitation wish;
  wish.set_locale("pl-PL");
  const std::string polish = TokenOf(Issued(wish));
  const std::string english = TokenOf(Issued());
  const auto agreement = [&](const std::string& token, const std::string& locale) {
    v1::LookupInvitationRequest request;
    request.set_token(token);
    request.set_locale(locale);
    const support::TestCall call = support::CallOf("LookupInvitation", Principal());
    return redemptions::LookupInvitation(call.context, deps_, request)->agreement();
  };
  const auto words = [&](const std::string& token, const std::string& locale) {
    return agreement(token, locale).text().substr(0, 7);
  };
  EXPECT_EQ(words(english, ""), "By acce");
  EXPECT_EQ(words(polish, ""), words(english, "pl"));
  EXPECT_EQ(words(polish, "pl-Latn-PL"), words(english, "PL"));
  EXPECT_NE(words(polish, ""), words(english, ""));
  EXPECT_EQ(words(polish, "de-AT"), "Mit der");
  EXPECT_EQ(words(polish, "fr-FR"), "By acce");
  EXPECT_EQ(words(polish, "en-GB"), "By acce");
  EXPECT_EQ(agreement(polish, "de").version(), agreement(polish, "en").version());

  // The nearest of several.
  database_.Run(
      R"sql(INSERT INTO invitation.agreement_texts (version, kind, locale, body, effective_time)
            VALUES ('2026-11', 'CUSTOMER', 'de-Latn-AT', 'Servus.', '2026-11-01T00:00:00Z'))sql");
  EXPECT_EQ(agreement(polish, "de-latn-at-x-1").text(), "Servus.");
  EXPECT_EQ(agreement(polish, "de-latn-at-x-1").locale(), "de-Latn-AT");
  EXPECT_EQ(agreement(polish, "fr").locale(), "en");
  EXPECT_EQ(words(polish, "de-Latn"), "Mit der");
}

TEST_F(LinkTest, OnlyWhoHasAcceptedAndMayAnswerSeesWhatCameOfIt) {
  v1::Invitation several;
  several.set_mode(v1::Invitation::OPEN);
  several.set_max_uses(3);
  for (const std::string& token : {TokenOf(Issued()), TokenOf(Issued(several))}) {
    EXPECT_FALSE(Lookup(token, Customer("northwind"))->has_redemption());
    const auto accepted = Accept(Customer("northwind"), token);
    ASSERT_TRUE(accepted.ok()) << accepted.status();
    const auto seen = Lookup(token, Customer("northwind"));
    EXPECT_EQ(seen->redemption().name(), accepted->name());
    EXPECT_EQ(seen->redemption().customer(), "customers/northwind");
    Principal nobody = Customer("northwind");
    nobody.roles.clear();
    for (const Principal& other : {Principal(), Customer("tailspin"), support::Anna(), nobody}) {
      EXPECT_FALSE(Lookup(token, other)->has_redemption()) << other.account;
    }
  }
}

TEST_F(LinkTest, AWrongLinkSaysNothingInAnyState) {
  const v1::Invitation revoked = Issued();
  const v1::Invitation used = Issued();
  const std::string revoked_token = TokenOf(revoked);
  const std::string used_token = TokenOf(used);
  ASSERT_TRUE(Revoke(revoked.name()).ok());
  ASSERT_TRUE(Accept(Customer("northwind"), used_token).ok());
  const std::string expected = BytesOf(Lookup("x").status());
  for (const std::string& good : {revoked_token, used_token}) {
    link::Token token = *link::ParseToken(good);
    token.secret[0] ^= 0x80;
    EXPECT_EQ(BytesOf(Lookup(link::FormatToken(token)).status()), expected);
    EXPECT_EQ(BytesOf(Accept(Customer("northwind"), link::FormatToken(token)).status()), expected)
        << "not even its redemption";
  }
}

TEST_F(LinkTest, AnotherLinksSecretOpensNothing) {
  link::Token first = *link::ParseToken(TokenOf(Issued()));
  const link::Token second = *link::ParseToken(TokenOf(Issued()));
  first.secret = second.secret;
  EXPECT_EQ(ReasonOf(Lookup(link::FormatToken(first)).status()), common::v1::INVITATION_NOT_FOUND);
}

TEST_F(LinkTest, AnotherPartnersInvitationIsLikeNone) {
  const v1::Invitation issued = Issued();
  const Principal mallory = support::PrincipalOf(support::kFabrikam, {"global_admin"}, "mallory");
  const std::string random = absl::StrCat(support::kContoso, "/invitations/", NewUuid());
  const auto answers = [&](const std::string& name) {
    std::vector<std::string> bytes;
    const support::TestCall call = support::CallOf("GetInvitation", mallory);
    v1::GetInvitationRequest get;
    get.set_name(name);
    bytes.push_back(BytesOf(invitations::GetInvitation(call.context, deps_, get).status()));
    v1::RenderInvitationRequest render;
    render.set_name(name);
    bytes.push_back(BytesOf(invitations::RenderInvitation(call.context, deps_, render).status()));
    v1::UpdateInvitationRequest update;
    update.mutable_invitation()->set_name(name);
    update.mutable_invitation()->set_note("mine");
    bytes.push_back(BytesOf(invitations::UpdateInvitation(call.context, deps_, update).status()));
    v1::DeleteInvitationRequest erase;
    erase.set_name(name);
    bytes.push_back(BytesOf(invitations::DeleteInvitation(call.context, deps_, erase).status()));
    v1::IssueInvitationRequest issue;
    issue.set_name(name);
    bytes.push_back(BytesOf(invitations::IssueInvitation(call.context, deps_, issue).status()));
    v1::RevokeInvitationRequest revoke;
    revoke.set_name(name);
    bytes.push_back(BytesOf(invitations::RevokeInvitation(call.context, deps_, revoke).status()));
    return bytes;
  };
  const std::vector<std::string> unknown = answers(random);
  EXPECT_EQ(answers(issued.name()), unknown);
  EXPECT_EQ(unknown, std::vector<std::string>(6, BytesOf(NotFound())));
  EXPECT_EQ(StoredState(issued.name()), "PENDING");
}

}  // namespace
}  // namespace partnerlink::invitation::link_test
