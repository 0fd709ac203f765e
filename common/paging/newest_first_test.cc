#include "common/paging/newest_first.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"

namespace partnerlink::paging {
namespace {

using relationship::v1::Grant;
using relationship::v1::ListGrantsRequest;
using relationship::v1::ListGrantsResponse;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kBoth[] = {"partners", "customers"};
constexpr std::string_view kPartners[] = {"partners"};
constexpr char kSelect[] = "SELECT g.id FROM relationship.grants g";

const filter::Field kFields[] = {
    {.name = "customer", .type = filter::Type::kText, .sql = "g.customer"}};

ListGrantsRequest RequestOf(const std::string& parent) {
  ListGrantsRequest request;
  request.set_parent(parent);
  return request;
}

Grant GrantAt(int64_t seconds, int micros, const std::string& id) {
  Grant grant;
  grant.set_name(absl::StrCat("partners/contoso/grants/", id));
  grant.mutable_create_time()->set_seconds(seconds);
  grant.mutable_create_time()->set_nanos(micros * 1000);
  return grant;
}

class NewestFirstTest : public testing::Test {
 protected:
  NewestFirstTest() {
    context_.method = "partnerlink.relationship.v1.RelationshipService/ListGrants";
    context_.principal.account = "partners/contoso";
  }

  absl::StatusOr<NewestFirst> Open(const ListGrantsRequest& request) {
    return NewestFirst::Open(tokens_, context_, request, kBoth, kFields);
  }

  CallContext context_;
  const PageTokens tokens_{"0123456789abcdef0123456789abcdef"};
};

TEST_F(NewestFirstTest, FirstPageHasNoStart) {
  ListGrantsRequest request = RequestOf("partners/contoso");
  request.set_page_size(2);
  request.set_filter("customer = \"customers/acme\"");
  const auto list = Open(request);
  ASSERT_TRUE(list.ok()) << list.status();
  const Statement page = list->Page(kSelect, "g");
  EXPECT_EQ(page.sql,
            "SELECT g.id FROM relationship.grants g WHERE g.partner = $1 AND '' = $2 AND '' = $3"
            " AND g.customer = $5::text ORDER BY g.create_time DESC, g.id DESC LIMIT $4::int");
  EXPECT_THAT(page.parameters, ElementsAre("partners/contoso", "", "", "3", "customers/acme"));
}

// Of a time that is not called create_time.
TEST_F(NewestFirstTest, APageEndsWhereItsTimeSays) {
  ListGrantsRequest request = RequestOf("partners/contoso");
  request.set_page_size(1);
  std::vector<Grant> grants = {GrantAt(1000, 1, "a"), GrantAt(999, 1, "b")};
  for (Grant& grant : grants) {
    *grant.mutable_start_time() = grant.create_time();
    grant.clear_create_time();
  }
  ListGrantsResponse response;
  request.set_page_token(
      Open(request)->Cut(grants, *response.mutable_grants(), &Grant::start_time));
  const auto next = Open(request);
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_THAT(next->Page(kSelect, "g").parameters,
              ElementsAre("partners/contoso", "1000000001", "a", "2"));
}

TEST_F(NewestFirstTest, ATokenIsGoodForTheListItIsOf) {
  const auto open = [&](std::string_view within, std::string_view token) {
    return NewestFirst::Open(tokens_, context_, {"partners/contoso", "", token, 1, within}, kBoth,
                             {});
  };
  ListGrantsResponse response;
  const std::string token = open("one", "")->Cut<Grant>(
      {GrantAt(1000, 1, "a"), GrantAt(999, 1, "b")}, *response.mutable_grants());
  EXPECT_TRUE(open("one", token).ok());
  EXPECT_EQ(ReasonOf(open("another", token).status()), common::v1::PAGE_TOKEN_INVALID);
  EXPECT_EQ(ReasonOf(open("", token).status()), common::v1::PAGE_TOKEN_INVALID);
}

TEST_F(NewestFirstTest, CustomersRowsAreAskedForByTheirColumn) {
  const auto list = Open(RequestOf("customers/acme"));
  ASSERT_TRUE(list.ok()) << list.status();
  const Statement page = list->Page(kSelect, "g");
  EXPECT_THAT(page.sql, HasSubstr(" WHERE g.customer = $1 AND "));
  EXPECT_THAT(page.parameters, ElementsAre("customers/acme", "", "", "51"));
}

TEST_F(NewestFirstTest, EverybodysRowsHaveNoOwner) {
  const auto list = Open(RequestOf("customers/-"));
  ASSERT_TRUE(list.ok()) << list.status();
  const Statement page = list->Page(kSelect, "g");
  EXPECT_THAT(page.sql, HasSubstr(" WHERE '' = $1 AND "));
  EXPECT_EQ(page.parameters[0], "");
}

TEST_F(NewestFirstTest, NextPageStartsBehindTheLastRow) {
  ListGrantsRequest request = RequestOf("partners/contoso");
  request.set_page_size(2);
  const auto first = Open(request);
  ASSERT_TRUE(first.ok()) << first.status();
  ListGrantsResponse response;
  const std::string token = first->Cut(
      {GrantAt(30, 3, "c"), GrantAt(20, 2, "b"), GrantAt(10, 1, "a")}, *response.mutable_grants());
  ASSERT_EQ(response.grants_size(), 2);
  EXPECT_EQ(response.grants(0).name(), "partners/contoso/grants/c");
  EXPECT_EQ(response.grants(1).name(), "partners/contoso/grants/b");

  request.set_page_token(token);
  const auto second = Open(request);
  ASSERT_TRUE(second.ok()) << second.status();
  const Statement page = second->Page(kSelect, "g");
  EXPECT_THAT(page.sql, HasSubstr(" AND (g.create_time, g.id) <"));
  EXPECT_THAT(page.parameters, ElementsAre("partners/contoso", "20000002", "b", "3"));
}

TEST_F(NewestFirstTest, LastPageHasNoToken) {
  ListGrantsRequest request = RequestOf("partners/contoso");
  request.set_page_size(2);
  const auto list = Open(request);
  ASSERT_TRUE(list.ok()) << list.status();
  ListGrantsResponse full, empty;
  EXPECT_EQ(list->Cut({GrantAt(2, 0, "b"), GrantAt(1, 0, "a")}, *full.mutable_grants()), "");
  EXPECT_EQ(full.grants_size(), 2);
  EXPECT_EQ(list->Cut(std::vector<Grant>(), *empty.mutable_grants()), "");
  EXPECT_EQ(empty.grants_size(), 0);
}

TEST_F(NewestFirstTest, TokenOpensForNoOtherParentFilterOrCaller) {
  ListGrantsRequest request = RequestOf("partners/contoso");
  request.set_page_size(1);
  ListGrantsResponse response;
  request.set_page_token(
      Open(request)->Cut({GrantAt(2, 0, "b"), GrantAt(1, 0, "a")}, *response.mutable_grants()));
  ASSERT_TRUE(Open(request).ok());
  ListGrantsRequest other = request;
  other.set_parent("customers/contoso");
  EXPECT_EQ(ReasonOf(Open(other).status()), common::v1::PAGE_TOKEN_INVALID);
  other = request;
  other.set_filter("customer:*");
  EXPECT_EQ(ReasonOf(Open(other).status()), common::v1::PAGE_TOKEN_INVALID);
  context_.principal.account = "partners/fabrikam";
  EXPECT_EQ(ReasonOf(Open(request).status()), common::v1::PAGE_TOKEN_INVALID);
}

TEST_F(NewestFirstTest, EverythingWrongWithTheShapeIsSaidAtOnce) {
  ListGrantsRequest request = RequestOf("resellers/contoso");
  request.set_page_size(-1);
  for (const absl::Status& refused :
       {NewestFirst::Validate(request, kBoth, kFields), Open(request).status()}) {
    EXPECT_EQ(ReasonOf(refused), common::v1::FIELD_INVALID);
    EXPECT_EQ(refused.message(),
              "parent: is not of the form partners/{id} or customers/{id} (and 1 more)");
  }
}

TEST_F(NewestFirstTest, OnlyTheListsParentsAreTaken) {
  EXPECT_TRUE(NewestFirst::Validate(RequestOf("partners/contoso"), kPartners, kFields).ok());
  EXPECT_TRUE(NewestFirst::Validate(RequestOf("partners/-"), kPartners, kFields).ok());
  for (const char* wrong : {"customers/acme", "customers/-", "partners", "partners/",
                            "partners/a/b", "-", "", "partner/contoso"}) {
    EXPECT_EQ(ReasonOf(NewestFirst::Validate(RequestOf(wrong), kPartners, kFields)),
              common::v1::FIELD_INVALID)
        << wrong;
  }
}

TEST_F(NewestFirstTest, FilterIsCheckedWithTheShape) {
  ListGrantsRequest request = RequestOf("partners/contoso");
  request.set_filter("colour = red");
  EXPECT_EQ(ReasonOf(NewestFirst::Validate(request, kBoth, kFields)), common::v1::FILTER_INVALID);
  EXPECT_EQ(ReasonOf(Open(request).status()), common::v1::FILTER_INVALID);
}

}  // namespace
}  // namespace partnerlink::paging
