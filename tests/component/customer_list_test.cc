// ListCustomers, CountCustomers and the exports: what is found, and that nothing is repeated or
// skipped while the list moves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/substitute.h"
#include "absl/time/clock.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "services/directory/customers/handlers.h"
#include "tests/component/relationship_fixture.h"

namespace partnerlink::customer_list_test {
namespace {

using directory::v1::CountCustomersRequest;
using directory::v1::ExportCustomersCsvRequest;
using directory::v1::ExportCustomersRequest;
using directory::v1::ListCustomersRequest;
using directory::v1::ListCustomersResponse;
using support::Anna;
using support::DirectoryCall;
using support::kContoso;
using support::kFabrikam;
using support::kNorthwind;
using support::TestCall;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

class CustomerListTest : public support::RelationshipTest {
 protected:
  // A customer of the partner, as Relationship has told of it.
  void Add(const std::string& id, const std::string& display_name,
           const std::string& partner = kContoso) {
    AddMany(partner, absl::Substitute("VALUES ('customers/$0', '$1')", id, display_name));
  }
  // The rows of a query: name and display name. Each is a second younger than the one before.
  void AddMany(const std::string& partner, const std::string& query) {
    database_.Run(absl::Substitute(
        R"sql(
        CREATE TEMPORARY TABLE new AS SELECT * FROM ($1) AS new (name, display_name);
        INSERT INTO directory.customers (name, display_name, country, create_time)
        SELECT name, display_name, 'PL', now() + row_number() OVER () * interval '1 second'
        FROM new ON CONFLICT DO NOTHING;
        INSERT INTO directory.edges (partner, relationship, customer, type, state, revision)
        SELECT '$0', gen_random_uuid(), name, 'RESELLER', 'ACTIVE', 1 FROM new;
        INSERT INTO directory.partner_customers
          (partner, customer, listed, display_name, country, types, create_time)
        SELECT '$0', c.name, true, c.display_name, c.country, '{RESELLER}', c.create_time
        FROM directory.customers c JOIN new USING (name))sql",
        partner, query));
  }

  // The shape's check included.
  absl::StatusOr<ListCustomersResponse> ListPage(const ListCustomersRequest& request) {
    PARTNERLINK_RETURN_IF_ERROR(directory::customers::ValidateListCustomers(request));
    const TestCall call = DirectoryCall("ListCustomers", Anna());
    return directory::customers::ListCustomers(call.context, directory_deps_, request);
  }
  static ListCustomersRequest Of(const std::string& filter, const std::string& order_by = "") {
    ListCustomersRequest request;
    request.set_parent(kContoso);
    request.set_page_size(500);
    request.set_filter(filter);
    request.set_order_by(order_by);
    return request;
  }
  static std::vector<std::string> IdsOf(const ListCustomersResponse& page) {
    std::vector<std::string> ids;
    for (const auto& customer : page.customers()) ids.push_back(customer.name().substr(10));
    return ids;
  }
  std::vector<std::string> Found(const std::string& filter) {
    const auto page = ListPage(Of(filter));
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return {};
    EXPECT_FALSE(page->truncated());
    EXPECT_EQ(CountOf(filter), page->customers_size()) << filter;
    return IdsOf(*page);
  }
  int CountOf(const std::string& filter) {
    CountCustomersRequest request;
    request.set_parent(kContoso);
    request.set_filter(filter);
    const TestCall call = DirectoryCall("CountCustomers", Anna());
    const auto counted =
        directory::customers::CountCustomers(call.context, directory_deps_, request);
    EXPECT_TRUE(counted.ok()) << counted.status();
    return counted.ok() ? counted->total_count() : -1;
  }
};

TEST_F(CustomerListTest, APartOfANameIsFoundInAnyScriptCaseAndAccent) {
  Add("pol", "Zażółć Gęślą");
  Add("gre", "Η ΟΔΟΣ Αθηνών");
  Add("jap", "株式会社東京商事");
  Add("ger", "Große Straße");
  Add("rus", "ООО Ёлка и Ко");
  Add("other", "Nobody");
  EXPECT_THAT(Found("display_name:\"ZOLC ges\""), ElementsAre("pol"));
  EXPECT_THAT(Found("display_name:\"ółć\""), ElementsAre("pol"));
  EXPECT_THAT(Found("display_name:\"οδος αθ\""), ElementsAre("gre"));
  EXPECT_THAT(Found("display_name:\"京商事\""), ElementsAre("jap"));
  EXPECT_THAT(Found("display_name:\"SSE STR\""), ElementsAre("ger"));
  EXPECT_THAT(Found("display_name:\"ßestr\""), IsEmpty());
  EXPECT_THAT(Found("display_name:\"елка\""), ElementsAre("rus"));
}

TEST_F(CustomerListTest, WhatLikeTakesForAPatternIsTakenAsItIs) {
  Add("percent", "100% Pure_Name");
  Add("plain", "1000 PureXName");
  Add("slash", "back\\slash");
  EXPECT_THAT(Found("display_name:\"00% p\""), ElementsAre("percent"));
  EXPECT_THAT(Found("display_name:\"re_na\""), ElementsAre("percent"));
  EXPECT_THAT(Found("display_name:\"％ p\""), ElementsAre("percent")) << "in full width";
  EXPECT_THAT(Found("display_name:\"ck\\\\sl\""), ElementsAre("slash"));
}

TEST_F(CustomerListTest, APartHasThreeCharacters) {
  EXPECT_EQ(ReasonOf(ListPage(Of("display_name:ab")).status()), common::v1::FILTER_INVALID);
  EXPECT_EQ(ReasonOf(ListPage(Of("display_name:\"東京\"")).status()), common::v1::FILTER_INVALID);
  EXPECT_TRUE(ListPage(Of("display_name:abc")).ok());
}

TEST_F(CustomerListTest, APartGoesWithWhateverElseIsAsked) {
  Add("one", "Alpha Beta");
  Add("two", "Beta Gamma");
  Add("three", "Gamma Alpha");
  EXPECT_THAT(Found("display_name:alpha display_name:beta"), ElementsAre("one"));
  EXPECT_THAT(Found("display_name:alpha OR display_name:beta"), ElementsAre("one", "two", "three"));
  EXPECT_THAT(Found("NOT display_name:alpha"), ElementsAre("two"));
  EXPECT_THAT(Found("-(display_name:alpha display_name:beta)"), ElementsAre("two", "three"));
  EXPECT_THAT(Found("display_name:gamma country = PL (type = PROVIDER OR display_name:beta)"),
              ElementsAre("two"));
  EXPECT_THAT(Found("(display_name:gamma country = PL)"), ElementsAre("two", "three"));
}

TEST_F(CustomerListTest, AnEmptyPageSaysTooThatThereAreMore) {
  AddMany(kContoso,
          "SELECT 'customers/c' || lpad(n::text, 4, '0'), 'Common ' || lpad(n::text, 4, '0')"
          " FROM generate_series(1, 1001) AS n");
  ListCustomersRequest request = Of("display_name:common");
  const auto first = ListPage(request);
  ASSERT_TRUE(first.ok()) << first.status();
  // The thousand that are looked at now come before.
  AddMany(kContoso,
          "SELECT 'customers/a' || lpad(n::text, 4, '0'), 'A common ' || lpad(n::text, 4, '0')"
          " FROM generate_series(1, 1000) AS n");
  request.set_page_token(first->next_page_token());
  const auto second = ListPage(request);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_THAT(IdsOf(*second), IsEmpty());
  EXPECT_TRUE(second->truncated());
}

TEST_F(CustomerListTest, APageIsAMessageThatAClientTakes) {
  AddMany(kContoso,
          "SELECT 'customers/c' || lpad(n::text, 4, '0'), 'Common ' || lpad(n::text, 4, '0')"
          " FROM generate_series(1, 300) AS n");
  database_.Run(
      "UPDATE directory.partner_customers SET labels ="
      " (SELECT jsonb_object_agg('label-' || n, repeat('x', 255)) FROM generate_series(1, 60) AS "
      "n)");
  std::vector<std::string> ids;
  ListCustomersRequest request = Of("");
  do {
    const auto page = ListPage(request);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_LE(page->ByteSizeLong(), 4u << 20);
    EXPECT_GT(page->customers_size(), 100);
    for (const std::string& id : IdsOf(*page)) ids.push_back(id);
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(ids.size(), 300u);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 300u);
}

TEST_F(CustomerListTest, AmongMoreThanAThousandTheFirstAreLookedAtAndItIsSaid) {
  const auto all = [&](const std::string& order_by, const std::string& filter, bool truncated) {
    std::vector<std::string> ids;
    ListCustomersRequest request = Of(filter, order_by);
    request.set_page_size(400);
    do {
      const auto page = ListPage(request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return ids;
      EXPECT_EQ(page->truncated(), truncated);
      for (const std::string& id : IdsOf(*page)) ids.push_back(id);
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return ids;
  };
  AddMany(kContoso,
          "SELECT 'customers/c' || lpad(n::text, 4, '0'), 'Common ' || lpad(n::text, 4, '0')"
          " FROM generate_series(1, 1000) AS n");
  Add("zeta", "Zeta");
  EXPECT_EQ(all("", "display_name:common", false).size(), 1000u);
  Add("c1001", "Common 1001");
  std::vector<std::string> found = all("", "display_name:common", true);
  EXPECT_EQ(found.size(), 1000u);
  EXPECT_EQ(found.front(), "c0001");
  EXPECT_EQ(found.back(), "c1000");
  found = all("display_name desc", "display_name:common", true);
  EXPECT_EQ(found.size(), 1000u);
  EXPECT_EQ(found.front(), "c1001");
  EXPECT_EQ(found.back(), "c0002");
  EXPECT_EQ(CountOf("display_name:common"), 1001) << "a count is whole";
  EXPECT_THAT(all("", "display_name:\"mon 0999\"", false), ElementsAre("c0999"));
}

TEST_F(CustomerListTest, WhatALongNameBeginsWithAndIsIsLookedAtToItsEnd) {
  const std::string beginning(70, 'n');  // longer than what the list is sorted by
  Add("one", beginning + " one");
  Add("two", beginning + " two");
  Add("top", "n\U0010FFFD");
  const auto quoted = [](const std::string& text) { return absl::StrCat("\"", text, "\""); };
  EXPECT_THAT(Found("display_name = " + quoted(beginning + " two")), ElementsAre("two"));
  EXPECT_THAT(Found("display_name = " + quoted(beginning + " t*")), ElementsAre("two"));
  EXPECT_THAT(Found("display_name = " + quoted(beginning + "*")), ElementsAre("one", "two"));
  EXPECT_THAT(Found("display_name = n*"), ElementsAre("one", "two", "top"));
  EXPECT_THAT(Found("display_name = " + quoted(beginning)), IsEmpty());
  // With something else the statement is another one.
  EXPECT_THAT(Found("country != FR display_name = " + quoted(beginning + " t*")),
              ElementsAre("two"));
  EXPECT_THAT(Found("country != FR display_name = " + quoted(beginning + " two")),
              ElementsAre("two"));
  EXPECT_THAT(Found("country != FR display_name = n*"), ElementsAre("one", "two", "top"));
}

TEST_F(CustomerListTest, WildcardsOfSqlStandForThemselves) {
  Add("percent", "50% off");
  Add("other", "50 off");
  EXPECT_THAT(Found("display_name = \"50%*\""), ElementsAre("percent"));
  EXPECT_THAT(Found("display_name : \"50%\""), ElementsAre("percent"));
  EXPECT_THAT(Found("display_name = \"50_off*\""), IsEmpty());
  EXPECT_THAT(Found("country != FR display_name = \"50%*\""), ElementsAre("percent"));
}

TEST_F(CustomerListTest, ThePartsOfOthersNamesAreNotLookedAt) {
  Add("mine", "Common name");
  Add("theirs", "Common name", kFabrikam);
  EXPECT_THAT(Found("display_name:common"), ElementsAre("mine"));
  const std::string search =
      "SELECT directory.list_by_part_of_name('common', false, false, 10)::text";
  EXPECT_EQ(database_.RunAs("directory", kFabrikam, {search}).rows[0][0].as<std::string>(),
            "{customers/theirs}");
  EXPECT_EQ(database_.RunAs("directory", "", {search}).rows[0][0].as<std::string>(), "{}");
  EXPECT_FALSE(database_.RunAs("relationship", kContoso, {search}).ok());
}

TEST_F(CustomerListTest, IsFoundByDomainLabelAndPartner) {
  Add("one", "One");
  Add("two", "Two");
  Add("three", "Three");
  database_.Run(
      "INSERT INTO directory.domains (customer, name, verified) VALUES"
      " ('customers/one', 'acme.example', true), ('customers/two', 'acme.example', false),"
      " ('customers/two', 'two.example', false);"
      " UPDATE directory.partner_customers"
      " SET labels = '{\"tier\": \"gold\", \"account-manager\": \"ann\"}'"
      " WHERE customer = 'customers/one';"
      " UPDATE directory.partner_customers SET labels = '{\"tier\": \"tin\"}'"
      " WHERE customer = 'customers/two'");
  EXPECT_THAT(Found("domain = \"acme.example\""), ElementsAre("one", "two"));
  EXPECT_THAT(Found("domain = \"ACME.Example\""), ElementsAre("one", "two"));
  EXPECT_THAT(Found("domain:Two.Example"), ElementsAre("two"));
  EXPECT_THAT(Found("domain != \"acme.example\""), ElementsAre("three"));
  EXPECT_THAT(Found("labels.tier = gold"), ElementsAre("one"));
  EXPECT_THAT(Found("labels.tier:tin"), ElementsAre("two"));
  EXPECT_THAT(Found("labels.tier != gold"), ElementsAre("three", "two"));
  EXPECT_THAT(Found("labels:tier"), ElementsAre("one", "two"));
  EXPECT_THAT(Found("NOT labels:tier"), ElementsAre("three"));
  EXPECT_THAT(Found("labels.tier:*"), ElementsAre("one", "two"));
  EXPECT_THAT(Found("labels.\"account-manager\" = ann"), ElementsAre("one"));
  EXPECT_THAT(Found("labels.none = \"\""), ElementsAre("one", "three", "two"));
  EXPECT_THAT(Found("partner = \"partners/contoso\" domain = \"two.example\""), ElementsAre("two"));
  EXPECT_THAT(Found("partner = \"partners/fabrikam\""), IsEmpty());
  for (const char* bad : {"labels = gold", "labels.tier > gold", "labels.\"\" = x", "domain:*",
                          "domain = \"*\"", "labels.tier = g*ld", "tier = gold"}) {
    EXPECT_EQ(ReasonOf(ListPage(Of(bad)).status()), common::v1::FILTER_INVALID) << bad;
  }
}

// Customers that stay as they are among others that move, and who turns the pages meanwhile.
class MovingListTest : public CustomerListTest {
 protected:
  MovingListTest() {
    for (const char* kind : {"stays", "moves", "goes"}) {
      AddMany(kContoso,
              absl::Substitute("SELECT 'customers/$0-' || n, 'Name ' || lpad(n::text, 2, '0')"
                               " FROM generate_series(10, 49) AS n",
                               kind));
    }
  }

  // Between two pages: one comes, one moves, one goes; each to or from both ends.
  void Change(int step) {
    const int forth = 10 + step, back = 49 - step;
    Add(absl::StrCat("first-", step), absl::StrCat("A ", step));
    Add(absl::StrCat("last-", step), absl::StrCat("Z ", step));
    for (const auto& [id, name] : {std::pair(back, "A"), std::pair(forth, "Z")}) {
      database_.Run(absl::Substitute(
          "UPDATE directory.customers SET display_name = '$1' WHERE name = 'customers/moves-$0';"
          " UPDATE directory.partner_customers SET create_time = create_time + interval '$2 hour'"
          " WHERE customer = 'customers/moves-$0'",
          id, name, *name == 'A' ? -1 : 1));
      database_.Run(absl::Substitute(
          "UPDATE directory.edges SET state = 'ENDED' WHERE customer = 'customers/goes-$0';"
          " UPDATE directory.partner_customers SET listed = false"
          " WHERE customer = 'customers/goes-$0'",
          id));
    }
  }

  // Reads to the end; answers the customers that stayed and were not seen exactly once. `next`
  // answers the ids of the next page, none behind the last.
  std::vector<std::string> Misread(
      const std::function<std::optional<std::vector<std::string>>()>& next) {
    std::map<std::string, int> seen;
    for (int step = 0; step < 40; ++step) {
      const auto ids = next();
      if (!ids) break;
      for (const std::string& id : *ids) ++seen[id];
      if (step < 20) Change(step);
    }
    std::vector<std::string> misread;
    for (int n = 10; n < 50; ++n) {
      const std::string id = absl::StrCat("stays-", n);
      if (seen[id] != 1) misread.push_back(id);
    }
    return misread;
  }
};

class EachMovingListTest : public MovingListTest,
                           public testing::WithParamInterface<std::pair<const char*, const char*>> {
};

TEST_P(EachMovingListTest, WhatStaysIsSeenExactlyOnce) {
  const auto& [filter, order] = GetParam();
  ListCustomersRequest request = Of(filter, order);
  request.set_page_size(7);
  bool is_over = false;
  EXPECT_THAT(Misread([&]() -> std::optional<std::vector<std::string>> {
                if (is_over) return std::nullopt;
                const auto page = ListPage(request);
                EXPECT_TRUE(page.ok()) << page.status();
                if (!page.ok()) return std::nullopt;
                request.set_page_token(page->next_page_token());
                is_over = request.page_token().empty();
                return IdsOf(*page);
              }),
              IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(OfEachOrder, EachMovingListTest,
                         testing::Values(std::pair("", "display_name"),
                                         std::pair("", "display_name desc"),
                                         std::pair("", "create_time"),
                                         std::pair("", "create_time desc"),
                                         std::pair("country = PL", "display_name"),
                                         std::pair("display_name:name", "display_name"),
                                         std::pair("display_name:name", "create_time desc")));

TEST_F(MovingListTest, PagesThatAreCountedRepeatAndSkipSome) {
  int place = 0;
  EXPECT_THAT(Misread([&]() -> std::optional<std::vector<std::string>> {
                std::vector<std::string> ids;
                for (const pqxx::row& row : database_.Run(
                         absl::StrCat("SELECT substr(customer, 11) FROM directory.partner_customers"
                                      " WHERE listed ORDER BY sort_key, customer LIMIT 7 OFFSET ",
                                      place))) {
                  ids.push_back(row[0].as<std::string>());
                }
                place += 7;
                if (ids.empty()) return std::nullopt;
                return ids;
              }),
              testing::Not(IsEmpty()));
}

TEST_F(MovingListTest, AnExportHasWhatStaysExactlyOnce) {
  AddMany(kContoso, "SELECT 'customers/more-' || n, 'Name 30' FROM generate_series(1, 300) AS n");
  ExportCustomersRequest request;
  request.set_parent(kContoso);
  const TestCall call = DirectoryCall("ExportCustomers", Anna());
  const auto series = directory::customers::ExportCustomers(call.context, directory_deps_, request);
  EXPECT_THAT(Misread([&]() -> std::optional<std::vector<std::string>> {
                const auto answer = series(call.context);
                EXPECT_TRUE(answer.ok()) << answer.status();
                if (!answer.ok() || !*answer) return std::nullopt;
                std::vector<std::string> ids;
                for (const auto& customer : (*answer)->customers()) {
                  ids.push_back(customer.name().substr(10));
                }
                return ids;
              }),
              IsEmpty());
}

class ExportCustomersTest : public CustomerListTest {
 protected:
  // The messages of an export.
  std::vector<std::vector<std::string>> Export(const std::string& filter = "") {
    ExportCustomersRequest request;
    request.set_parent(kContoso);
    request.set_filter(filter);
    EXPECT_TRUE(directory::customers::ValidateExportCustomers(request).ok());
    const TestCall call = DirectoryCall("ExportCustomers", Anna());
    const auto series =
        directory::customers::ExportCustomers(call.context, directory_deps_, request);
    std::vector<std::vector<std::string>> messages;
    for (auto answer = series(call.context); answer.ok() && *answer;
         answer = series(call.context)) {
      std::vector<std::string>& message = messages.emplace_back();
      for (const auto& customer : (*answer)->customers()) message.push_back(customer.name());
    }
    return messages;
  }
  absl::StatusOr<std::vector<std::string>> ExportCsv(const std::string& filter = "") {
    ExportCustomersCsvRequest request;
    request.set_parent(kContoso);
    request.set_filter(filter);
    PARTNERLINK_RETURN_IF_ERROR(directory::customers::ValidateExportCustomersCsv(request));
    const TestCall call = DirectoryCall("ExportCustomersCsv", Anna());
    const auto series =
        directory::customers::ExportCustomersCsv(call.context, directory_deps_, request);
    std::vector<std::string> bodies;
    while (true) {
      PARTNERLINK_ASSIGN_OR_RETURN(const auto body, series(call.context));
      if (!body) return bodies;
      EXPECT_EQ(body->content_type(), "text/csv; charset=utf-8; header=present");
      bodies.push_back(body->data());
    }
  }
  // Of a list that has none in quotes.
  static std::vector<std::string> RowsIn(const std::vector<std::string>& bodies) {
    std::vector<std::string> rows;
    for (const std::string& body : bodies) {
      EXPECT_TRUE(body.ends_with("\r\n"));
      for (const auto row : absl::StrSplit(body, "\r\n", absl::SkipEmpty())) rows.emplace_back(row);
    }
    return rows;
  }
};

TEST_F(ExportCustomersTest, HasTheWholeListByNameInMessagesOfAHundred) {
  AddMany(kContoso,
          "SELECT 'customers/c' || lpad(n::text, 4, '0'), 'Name ' || lpad(n::text, 4, '0')"
          " FROM generate_series(1, 250) AS n");
  Add("theirs", "Name 0000", kFabrikam);
  const auto messages = Export();
  ASSERT_EQ(messages.size(), 3u);
  std::vector<std::string> all;
  for (const auto& message : messages) {
    EXPECT_LE(message.size(), 100u);
    all.insert(all.end(), message.begin(), message.end());
  }
  ASSERT_EQ(all.size(), 250u);
  EXPECT_EQ(all.front(), "customers/c0001");
  EXPECT_EQ(all.back(), "customers/c0250");
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
  EXPECT_THAT(Export("display_name:\"me 012\""), ElementsAre(testing::SizeIs(10)));
  const auto bodies = ExportCsv();
  ASSERT_TRUE(bodies.ok()) << bodies.status();
  EXPECT_EQ(bodies->size(), 3u);
  const std::vector<std::string> rows = RowsIn(*bodies);
  ASSERT_EQ(rows.size(), 251u);
  EXPECT_THAT(rows.front(), StartsWith("name,display_name,country,"));
  EXPECT_THAT(rows.back(), StartsWith("customers/c0250,Name 0250,PL,"));
}

// Of gRPC's clients most take 4 MiB at once; CSV doubles each quote.
TEST_F(ExportCustomersTest, NoMessageIsTooLargeHoweverMuchIsSaidOfEach) {
  AddMany(kContoso, "SELECT 'customers/c' || n, 'Name ' || n FROM generate_series(100, 249) AS n");
  database_.Run(R"sql(
      UPDATE directory.partner_customers SET labels = (
        SELECT jsonb_object_agg('key-' || n, repeat('"', 1000)) FROM generate_series(1, 64) AS n))sql");
  ExportCustomersRequest request;
  request.set_parent(kContoso);
  const TestCall call = DirectoryCall("ExportCustomers", Anna());
  const auto series = directory::customers::ExportCustomers(call.context, directory_deps_, request);
  std::vector<std::string> names;
  for (auto answer = series(call.context); answer.ok() && *answer; answer = series(call.context)) {
    EXPECT_LE((*answer)->ByteSizeLong(), 3u << 20);
    for (const auto& customer : (*answer)->customers()) names.push_back(customer.name());
  }
  EXPECT_EQ(names.size(), 150u);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  const auto bodies = ExportCsv();
  ASSERT_TRUE(bodies.ok()) << bodies.status();
  for (const std::string& body : *bodies) EXPECT_LE(body.size(), 3u << 20);
}

TEST_F(ExportCustomersTest, OfNobodyIsARowOfNames) {
  EXPECT_THAT(Export(), IsEmpty());
  const auto bodies = ExportCsv();
  ASSERT_TRUE(bodies.ok()) << bodies.status();
  EXPECT_THAT(RowsIn(*bodies), ElementsAre(StartsWith("name,")));
}

TEST_F(ExportCustomersTest, EndsWhereThePartnerIsSuspended) {
  AddMany(kContoso, "SELECT 'customers/c' || n, 'Name ' || n FROM generate_series(100, 249) AS n");
  ExportCustomersRequest request;
  request.set_parent(kContoso);
  const TestCall call = DirectoryCall("ExportCustomers", Anna());
  const auto series = directory::customers::ExportCustomers(call.context, directory_deps_, request);
  ASSERT_TRUE(series(call.context).ok());
  Suspend(kContoso);
  EXPECT_EQ(ReasonOf(series(call.context).status()), common::v1::PARTNER_SUSPENDED);
}

TEST_F(ExportCustomersTest, GoesOnWhereTheDatabaseIsAwayForAMoment) {
  AddMany(kContoso, "SELECT 'customers/c' || n, 'Name ' || n FROM generate_series(100, 249) AS n");
  const auto admit = [&](int connections) {
    database_.Run(absl::Substitute(
        "DO $$$$ BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT $0', current_database());"
        " END $$$$",
        connections));
  };
  ExportCustomersRequest request;
  request.set_parent(kContoso);
  const TestCall call = DirectoryCall("ExportCustomers", Anna());
  const auto series = directory::customers::ExportCustomers(call.context, directory_deps_, request);
  ASSERT_TRUE(series(call.context).ok());
  admit(0);
  database_.Run(
      "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
      " WHERE datname = current_database() AND usename = 'directory'");
  const auto begun =
      directory::customers::ExportCustomers(call.context, directory_deps_, request)(call.context);
  EXPECT_EQ(ReasonOf(begun.status()), common::v1::DEPENDENCY_UNAVAILABLE) << "said at once";
  std::thread healer([&] {
    absl::SleepFor(absl::Milliseconds(700));
    admit(-1);
  });
  const auto second = series(call.context);
  healer.join();
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ((*second)->customers_size(), 50);
}

TEST_F(ExportCustomersTest, ABadRequestIsRefused) {
  EXPECT_EQ(ReasonOf(ExportCsv("secret = 1").status()), common::v1::FILTER_INVALID);
  ExportCustomersRequest request;
  request.set_parent(kNorthwind);
  EXPECT_EQ(ReasonOf(directory::customers::ValidateExportCustomers(request)),
            common::v1::FIELD_INVALID);
}

}  // namespace
}  // namespace partnerlink::customer_list_test
