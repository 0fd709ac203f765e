// Who an invitation is not for never uses it up: the wrong kind of account, the wrong account, mail
// address, domain, role or region, the partner itself; by a link or from the inbox, accepting or
// declining. Nothing in any table changes, and the right one then accepts.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/auth/testing/temporary_folder.h"
#include "common/status/status.h"
#include "services/invitation/redemptions/handlers.h"
#include "tests/support/terms_fixture.h"

namespace partnerlink::invitation::wrong_account_test {
namespace {

using support::kAllTerms;
using support::Terms;
using v1::Invitation;

constexpr char kEmail[] = "carl@northwind.example";

class WrongAccountTest : public support::TermsTest {
 protected:
  WrongAccountTest() {
    database_.Run(
        "INSERT INTO directory.customers (name, display_name, country) VALUES"
        " ('customers/northwind', 'Northwind', 'PL'), ('customers/tailspin', 'Tailspin', 'PL');"
        "INSERT INTO directory.domains VALUES ('customers/northwind', 'northwind.example', true),"
        " ('customers/tailspin', 'northwind.example', false)");
    Enrol(database_, "partners/northwind");
    Enrol(database_, "partners/tailspin");
  }

  struct Wrong {
    std::string what;
    Principal principal;
    ErrorReason reason;
    bool may_decline = false;
  };

  static Principal AgentOf(const std::string& tenant) {
    return support::PrincipalOf("partners/" + tenant, {"admin_agent"});
  }

  Principal Of(const Terms& terms, const std::string& tenant) { return AnswererOf(terms, tenant); }

  // Whatever the invitation is bound to.
  std::vector<Wrong> WrongAnyway(const Terms& terms) {
    std::vector<Wrong> wrong = {
        {"the partner itself", Of(terms, "contoso"), common::v1::SELF_RELATIONSHIP}};
    if (terms.kind == Invitation::PARTNERSHIP) {
      wrong.push_back({"a customer", support::Customer("northwind"), common::v1::WRONG_KIND});
      wrong.push_back({"a provider only", Of(terms, "tailwind"), common::v1::WRONG_KIND});
      wrong.push_back({"its admin agent", AgentOf("tailwind"), common::v1::WRONG_KIND});
      wrong.push_back({"a reseller's agent", AgentOf("adatum"), common::v1::ROLE_MISSING});
      return wrong;
    }
    wrong.push_back({"a partner", AnswererOf({Invitation::PARTNERSHIP, terms.mode}, "adatum"),
                     common::v1::WRONG_KIND});
    wrong.push_back({"a partner's agent", AgentOf("adatum"), common::v1::WRONG_KIND});
    wrong.push_back({"billing administrator",
                     support::PrincipalOf("customers/northwind", {"billing_admin"}, "ann", kEmail),
                     common::v1::GRANT_ROLE_FORBIDDEN, true});
    if (terms.kind == Invitation::CUSTOMER_WITH_PROVIDER) {
      wrong.push_back({"the provider", Of(terms, "tailwind"), common::v1::SELF_RELATIONSHIP});
    }
    return wrong;
  }

  // A hint, and who does not fit it.
  struct Binding {
    Invitation::CustomerHint hint;
    std::vector<Wrong> wrong;
  };

  std::vector<Binding> BindingsOf(const Terms& terms) {
    std::vector<Binding> bindings(1);
    if (terms.is_open()) return bindings;
    Binding account;
    account.hint.set_account(Of(terms, "northwind").account);
    account.wrong = {
        {"another account", AnswererOf(terms, "tailspin", kEmail), common::v1::WRONG_ACCOUNT}};
    Binding email;
    email.hint.set_email_address("Carl@Northwind.example");
    Principal unverified = AnswererOf(terms, "northwind", kEmail);
    unverified.email_verified = false;
    email.wrong = {{"without an address", Of(terms, "northwind"), common::v1::WRONG_ACCOUNT},
                   {"another address", AnswererOf(terms, "northwind", "ann@northwind.example"),
                    common::v1::WRONG_ACCOUNT},
                   {"an unverified address", unverified, common::v1::WRONG_ACCOUNT}};
    bindings.push_back(account);
    bindings.push_back(email);
    if (terms.kind == Invitation::PARTNERSHIP) return bindings;
    Binding domain;
    domain.hint.set_domain("northwind.example");
    domain.wrong = {
        {"without the domain", AnswererOf(terms, "adatum", kEmail), common::v1::WRONG_ACCOUNT},
        {"an unverified domain", AnswererOf(terms, "tailspin", kEmail), common::v1::WRONG_ACCOUNT}};
    Binding all = domain;
    all.hint.set_account("customers/northwind");
    all.hint.set_email_address(kEmail);
    all.wrong.push_back({"all but the address", Of(terms, "northwind"), common::v1::WRONG_ACCOUNT});
    bindings.push_back(domain);
    bindings.push_back(all);
    return bindings;
  }

  // Everything that the service has written, but for what kept no answer.
  std::string Rows() {
    std::string rows;
    for (const char* table :
         {"invitation.invitations", "invitation.redemptions", "invitation.redemption_relationships",
          "invitation.declines", "invitation.mails", "common.outbox", "common.audit_entries",
          "common.request_ids"}) {
      absl::StrAppend(&rows, database_.Value(absl::StrCat(
                                 "SELECT md5(coalesce(string_agg(t::text || xmin || ctid, ','"
                                 " ORDER BY ctid), '')) FROM ",
                                 table, " t")));
    }
    return rows;
  }

  void ExpectRefused(const Invitation& issued, const Terms& terms, const Wrong& wrong) {
    const std::string what = absl::StrCat(Show(terms), " ", wrong.what);
    const std::string link = LinkOf(issued, 1);
    EXPECT_EQ(ReasonOf(Accept(wrong.principal, link).status()), wrong.reason) << what;
    if (!wrong.may_decline) {
      EXPECT_EQ(ReasonOf(Decline(wrong.principal, link).status()), wrong.reason) << what;
    }
    if (wrong.principal.family != AccountFamily::kCustomer || wrong.may_decline) return;
    EXPECT_FALSE(AcceptReceived(wrong.principal, issued.name()).ok()) << what;
    EXPECT_FALSE(DeclineReceived(wrong.principal, issued.name()).ok()) << what;
  }
};

TEST_F(WrongAccountTest, NeverUsesAnythingUp) {
  for (const Terms& terms : kAllTerms) {
    for (const Binding& binding : BindingsOf(terms)) {
      Invitation wish = On(terms);
      *wish.mutable_customer_hint() = binding.hint;
      const Invitation issued = Issued(wish);
      const std::string before = Rows();
      // What it is bound to is checked before anything else that is wrong, but for the kind.
      if (binding.wrong.empty()) {
        for (const Wrong& wrong : WrongAnyway(terms)) ExpectRefused(issued, terms, wrong);
      }
      for (const Wrong& wrong : binding.wrong) ExpectRefused(issued, terms, wrong);
      EXPECT_EQ(Rows(), before) << Show(terms);
      // The control: of the right one the same is seen.
      const Principal right = AnswererOf(terms, "northwind", kEmail);
      const absl::Status status = Accept(right, LinkOf(issued, 1)).status();
      EXPECT_TRUE(status.ok()) << Show(terms) << status;
      EXPECT_NE(Rows(), before) << Show(terms);
    }
  }
}

TEST_F(WrongAccountTest, OfAnotherRegionNeither) {
  const auth::testing::TemporaryFolder folder;
  const region::Regions regions =
      *region::Regions::FromFile(folder.Write("regions", "PL EU\nUS AMERICA\n"));
  const Deps deps = DepsWith(pool_, *keys_, regions);
  database_.Run("UPDATE relationship.partners SET country = 'US' WHERE name = 'partners/adatum'");
  for (const Terms& terms : kAllTerms) {
    const Invitation issued = Issued(On(terms));
    const std::string before = Rows();
    const auto accept = [&](const std::string& country) {
      v1::AcceptInvitationRequest request = support::AcceptanceOf(LinkOf(issued, 1));
      request.mutable_company()->set_country(country);
      const support::TestCall call =
          support::CallOf("AcceptInvitation", AnswererOf(terms, "adatum"));
      return redemptions::AcceptInvitation(call.context, deps, request).status();
    };
    EXPECT_EQ(ReasonOf(accept("US")), common::v1::REGION) << Show(terms);
    EXPECT_EQ(Rows(), before) << Show(terms);
    // The control: at home it is accepted.
    if (terms.kind == Invitation::PARTNERSHIP) continue;
    EXPECT_TRUE(accept("PL").ok()) << Show(terms);
    EXPECT_NE(Rows(), before) << Show(terms);
  }
}

}  // namespace
}  // namespace partnerlink::invitation::wrong_account_test
