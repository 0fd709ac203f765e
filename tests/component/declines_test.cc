// Who has declined an invitation and why: what the partner, the provider, operators and the one who
// has declined see of it.
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "services/invitation/redemptions/handlers.h"
#include "tests/support/terms_fixture.h"

namespace partnerlink::invitation::declines_test {
namespace {

using support::Anna;
using support::CallOf;
using support::Customer;
using support::IdOf;
using support::kAllTerms;
using support::kContoso;
using support::kFabrikam;
using support::kTailwind;
using support::PrincipalOf;
using support::Show;
using support::Terms;
using support::TestCall;
using support::Tom;
using testing::ElementsAre;
using testing::HasSubstr;
using v1::Invitation;

constexpr char kReason[] = "not now";  // as the fixture declines

class DeclinesTest : public support::TermsTest {
 protected:
  absl::StatusOr<v1::ListDeclinesResponse> List(const Principal& reader, const std::string& parent,
                                                int page_size = 0,
                                                const std::string& page_token = "") {
    v1::ListDeclinesRequest request;
    request.set_parent(parent);
    request.set_page_size(page_size);
    request.set_page_token(page_token);
    PARTNERLINK_RETURN_IF_ERROR(redemptions::ValidateListDeclines(request));
    const TestCall call = CallOf("ListDeclines", reader);
    return redemptions::ListDeclines(call.context, deps_, request);
  }

  // Of one for several, declined by these customers, in order.
  Invitation DeclinedBy(const std::vector<std::string>& ids) {
    const Invitation issued = Issued(On({Invitation::CUSTOMER, Invitation::OPEN}));
    for (const std::string& id : ids) {
      EXPECT_TRUE(Decline(Customer(id), LinkOf(issued, 1)).ok()) << id;
    }
    return issued;
  }

  static std::vector<std::string> AccountsOf(const v1::ListDeclinesResponse& page) {
    std::vector<std::string> accounts;
    for (const auto& decline : page.declines()) accounts.push_back(decline.account());
    return accounts;
  }

  // `column` of what the audit holds of this method.
  std::string Audited(const std::string& column) {
    return database_.Value("SELECT " + column +
                           " FROM common.audit_entries WHERE method LIKE '%/DeclineInvitation'"
                           " ORDER BY create_time DESC LIMIT 1");
  }
};

TEST_F(DeclinesTest, EachSaysWhoWhenAndWhyWhateverWasDeclined) {
  for (const Terms& terms : kAllTerms) {
    const Invitation issued = Issued(On(terms));
    const Principal answerer = AnswererOf(terms, "bellows");
    const auto declined = Decline(answerer, LinkOf(issued, 1));
    ASSERT_TRUE(declined.ok()) << Show(terms) << declined.status();
    const auto page = List(Anna(), issued.name());
    ASSERT_TRUE(page.ok()) << Show(terms) << page.status();
    ASSERT_EQ(page->declines_size(), 1) << Show(terms);
    const v1::Decline& decline = page->declines(0);
    EXPECT_THAT(decline.name(), HasSubstr(issued.name() + "/declines/"));
    EXPECT_EQ(decline.invitation(), issued.name());
    EXPECT_EQ(decline.account(), answerer.account);
    EXPECT_EQ(decline.actor(), answerer.subject);
    EXPECT_EQ(decline.reason(), kReason);
    EXPECT_EQ(decline.decline_time().SerializeAsString(),
              declined->decline_time().SerializeAsString());
    EXPECT_EQ(page->next_page_token(), "");
    // Again it is the same one, and still one.
    const auto again = Decline(answerer, LinkOf(issued, 1));
    ASSERT_TRUE(again.ok()) << Show(terms) << again.status();
    EXPECT_EQ(again->SerializeAsString(), declined->SerializeAsString()) << Show(terms);
    EXPECT_EQ(List(Anna(), issued.name())->declines_size(), 1) << Show(terms);
  }
}

TEST_F(DeclinesTest, AuditAndEventHoldTheReason) {
  for (const Terms& terms : kAllTerms) {
    const Invitation issued = Issued(On(terms));
    const auto declined = Decline(AnswererOf(terms, "bellows"), LinkOf(issued, 1));
    ASSERT_TRUE(declined.ok()) << Show(terms) << declined.status();
    const std::string field = terms.is_open() ? "reason" : "declineReason";
    EXPECT_EQ(Audited("cause"), kReason) << Show(terms);
    EXPECT_EQ(Audited("after->>'" + field + "'"), kReason) << Show(terms);
    EXPECT_EQ(Audited("before->>'state'"), "PENDING") << Show(terms);
    const std::string name =
        terms.is_open() ? List(Anna(), issued.name())->declines(0).name() : issued.name();
    EXPECT_EQ(Audited("resource"), name) << Show(terms);
    EXPECT_EQ(database_.Count("SELECT count(*) FROM common.outbox WHERE resource = '" + name +
                              "' AND event LIKE 'invitation.declined%'"
                              " AND position('not now' IN encode(payload, 'escape')) > 0"),
              1)
        << Show(terms);
  }
}

TEST_F(DeclinesTest, TheNewestComeFirstPageByPage) {
  const Invitation first = DeclinedBy({"adventure", "bellows", "coho"});
  const Invitation second = DeclinedBy({"delta", "echo"});
  const auto page = List(Anna(), first.name(), 2);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_THAT(AccountsOf(*page), ElementsAre("customers/coho", "customers/bellows"));
  const auto next = List(Anna(), first.name(), 2, page->next_page_token());
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_THAT(AccountsOf(*next), ElementsAre("customers/adventure"));
  EXPECT_EQ(next->next_page_token(), "");
  EXPECT_EQ(ReasonOf(List(Anna(), second.name(), 2, page->next_page_token()).status()),
            common::v1::PAGE_TOKEN_INVALID);
}

TEST_F(DeclinesTest, TheProviderThatIsNamedSeesThemAndNobodyElse) {
  const Invitation combined = Combined();
  ASSERT_TRUE(Decline(Customer("northwind"), LinkOf(combined, 1)).ok());
  const Invitation plain = Issued();
  ASSERT_TRUE(Decline(Customer("northwind"), LinkOf(plain, 1)).ok());
  for (const Principal& reader : {Tom(), PrincipalOf("operators", {"operator"})}) {
    const auto seen = List(reader, combined.name());
    ASSERT_TRUE(seen.ok()) << seen.status();
    EXPECT_THAT(AccountsOf(*seen), ElementsAre("customers/northwind"));
  }
  for (const auto& [reader, name] : std::vector<std::pair<Principal, std::string>>{
           {Tom(), plain.name()},
           {PrincipalOf(kFabrikam, {"global_admin"}), combined.name()},
           {Customer("northwind"), combined.name()}}) {
    EXPECT_EQ(ReasonOf(List(reader, name).status()), common::v1::RESOURCE_NOT_FOUND)
        << reader.account;
  }
}

// The wall behind that.
TEST_F(DeclinesTest, TheDatabaseShowsAProviderOnlyWhatNamesIt) {
  ASSERT_TRUE(Decline(Customer("northwind"), LinkOf(Combined(), 1)).ok());
  ASSERT_TRUE(Decline(Customer("northwind"), LinkOf(Issued(), 1)).ok());
  pqxx::connection connection(database_.Conninfo("invitation"));
  const auto count = [&](const std::string& account) {
    pqxx::work transaction(connection);
    transaction.exec_params("SELECT set_config('partnerlink.account', $1, true)", account);
    return transaction.exec("SELECT count(*) FROM invitation.declines")[0][0].as<int>();
  };
  EXPECT_EQ(count(kTailwind), 1);
  EXPECT_EQ(count(kContoso), 2);
  EXPECT_EQ(count("customers/northwind"), 2);
  EXPECT_EQ(count(kFabrikam), 0);
  EXPECT_EQ(count("customers/tailspin"), 0);
}

TEST_F(DeclinesTest, WhoHasDeclinedIsToldSoBehindTheLink) {
  for (const Terms& terms : kAllTerms) {
    const Invitation issued = Issued(On(terms));
    const std::string link = LinkOf(issued, 1);
    const Principal answerer = AnswererOf(terms, "bellows");
    EXPECT_FALSE(Lookup(link, answerer)->has_decline()) << Show(terms);
    ASSERT_TRUE(Decline(answerer, link).ok()) << Show(terms);
    const auto own = Lookup(link, answerer);
    ASSERT_TRUE(own.ok()) << own.status();
    EXPECT_EQ(own->decline().SerializeAsString(),
              List(Anna(), issued.name())->declines(0).SerializeAsString())
        << Show(terms);
    EXPECT_FALSE(own->acceptable()) << Show(terms);
    EXPECT_EQ(own->not_acceptable_reason(), common::v1::INVITATION_DECLINED) << Show(terms);
    EXPECT_EQ(ReasonOf(Accept(answerer, link).status()), own->not_acceptable_reason())
        << Show(terms);
    Principal without_role = answerer;
    without_role.roles = {"helpdesk_agent"};
    for (const Principal& other : {Principal(), without_role, AnswererOf(terms, "coho")}) {
      const auto seen = Lookup(link, other);
      ASSERT_TRUE(seen.ok()) << seen.status();
      EXPECT_FALSE(seen->has_decline()) << Show(terms) << other.account;
      EXPECT_EQ(seen->acceptable(), terms.is_open()) << Show(terms) << other.account;
    }
  }
}

TEST_F(DeclinesTest, FromTheInboxTheSameAccountIsToldWhatBecameOfIt) {
  for (const Terms& terms : kAllTerms) {
    if (!terms.can_be_received()) continue;
    Invitation wish = On(terms);
    wish.mutable_customer_hint()->set_account("customers/bellows");
    const Invitation issued = Issued(wish);
    const Principal bellows = AnswererOf(terms, "bellows");
    const auto declined = DeclineReceived(bellows, issued.name());
    ASSERT_TRUE(declined.ok()) << Show(terms) << declined.status();
    const auto again = DeclineReceived(bellows, issued.name());
    ASSERT_TRUE(again.ok()) << Show(terms) << again.status();
    EXPECT_EQ(again->SerializeAsString(), declined->SerializeAsString());
    EXPECT_EQ(again->state(), Invitation::DECLINED);
    EXPECT_EQ(ReasonOf(AcceptReceived(bellows, issued.name()).status()),
              common::v1::INVITATION_DECLINED);
    const Invitation accepted = Issued(wish);
    ASSERT_TRUE(AcceptReceived(bellows, accepted.name()).ok());
    EXPECT_EQ(ReasonOf(DeclineReceived(bellows, accepted.name()).status()),
              common::v1::INVITATION_USED);
    for (const Invitation& one : {issued, accepted}) {
      EXPECT_EQ(ReasonOf(DeclineReceived(AnswererOf(terms, "coho"), one.name()).status()),
                common::v1::RESOURCE_NOT_FOUND);
      EXPECT_EQ(ReasonOf(AcceptReceived(AnswererOf(terms, "coho"), one.name()).status()),
                common::v1::RESOURCE_NOT_FOUND);
    }
  }
}

TEST_F(DeclinesTest, WhyElseItCannotBeAcceptedIsSaidFirst) {
  const Invitation issued = DeclinedBy({"northwind"});
  ExpireIn(issued.name(), 0);
  const auto own = Lookup(LinkOf(issued, 1), Customer("northwind"));
  ASSERT_TRUE(own.ok()) << own.status();
  EXPECT_TRUE(own->has_decline());
  EXPECT_EQ(own->not_acceptable_reason(), common::v1::INVITATION_EXPIRED);
}

TEST_F(DeclinesTest, ItsShapeIsChecked) {
  EXPECT_EQ(ReasonOf(List(Anna(), kContoso).status()), common::v1::FIELD_INVALID);
  EXPECT_EQ(ReasonOf(List(Anna(), Draft().name(), -1).status()), common::v1::FIELD_INVALID);
}

}  // namespace
}  // namespace partnerlink::invitation::declines_test
