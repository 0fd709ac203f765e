// The life of a customer's users: what each call does, refuses and leaves behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "services/directory/users/purge.h"
#include "services/directory/users/store.h"
#include "tests/component/held_transaction.h"
#include "tests/component/user_fixture.h"

namespace partnerlink::users_test {
namespace {

using directory::v1::CreateUserRequest;
using directory::v1::ListUsersRequest;
using directory::v1::User;
using support::Administrator;
using support::CreationOf;
using support::IdOf;
using support::kContoso;
using support::kFabrikam;
using support::kNorthwind;
using support::Operator;
using support::PrincipalOf;
using support::UpdateOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class UsersTest : public support::UserTest {
 protected:
  std::vector<std::string> Listed(const Principal& reader, const std::string& filter = "",
                                  bool show_deleted = false) {
    ListUsersRequest request;
    request.set_parent(kNorthwind);
    request.set_page_size(2);
    request.set_filter(filter);
    request.set_show_deleted(show_deleted);
    std::vector<std::string> names;
    do {
      const auto page = ListUsers(reader, request);
      if (!page.ok()) return {page.status().ToString()};
      for (const User& user : page->users()) names.push_back(user.given_name());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return names;
  }

  // Moves the deletion so many days into the past.
  void Age(const std::string& name, double days) {
    database_.Run(absl::Substitute(
        "UPDATE directory.users SET delete_time = delete_time - $1 * interval '1 day',"
        " purge_time = purge_time - $1 * interval '1 day' WHERE id = '$0'",
        IdOf(name), days));
  }

  std::string NewEvents() {
    return database_.Value(absl::StrCat(
        "SELECT string_agg(event || ' ' || account, ', ' ORDER BY id) FROM common.outbox"));
  }
};

TEST_F(UsersTest, AUserIsKeptAsItWasGiven) {
  CreateUserRequest request = CreationOf("ann");
  request.mutable_user()->set_user_principal_name("Ann@NORTHWIND.example");
  request.mutable_user()->set_family_name("Żak");
  request.mutable_user()->set_blocked(true);
  request.mutable_user()->add_roles("billing_admin");
  // Not for a caller to write.
  request.mutable_user()->set_state(User::DELETED);
  request.mutable_user()->add_licenses("customers/northwind/subscriptions/x");
  const auto created = CreateUser(anna_, request);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_THAT(created->name(), HasSubstr("customers/northwind/users/"));
  EXPECT_EQ(created->user_principal_name(), "Ann@northwind.example");
  EXPECT_EQ(created->display_name(), "ann Żak");
  EXPECT_TRUE(created->blocked());
  EXPECT_THAT(created->roles(), ElementsAre("billing_admin"));
  EXPECT_THAT(created->licenses(), IsEmpty());
  EXPECT_EQ(created->state(), User::ACTIVE);
  EXPECT_FALSE(created->has_delete_time());
  for (const Principal& reader : {anna_, carl_}) {
    EXPECT_EQ(GetUser(reader, created->name())->SerializeAsString(), created->SerializeAsString());
  }
  EXPECT_EQ(NewEvents(), "user.created customers/northwind");
  EXPECT_EQ(AuditRows(), 1);
}

TEST_F(UsersTest, APrincipalNameIsOneUsersAtATimeWhateverTheCase) {
  const std::string ann = Made("ann");
  EXPECT_EQ(ReasonOf(CreateUser(anna_, CreationOf("ANN")).status()), common::v1::USER_EXISTS);
  const std::string bob = Made("bob");
  User wish;
  wish.set_user_principal_name("Ann@northwind.example");
  EXPECT_EQ(ReasonOf(UpdateUser(anna_, UpdateOf(bob, {"user_principal_name"}, wish)).status()),
            common::v1::USER_EXISTS);
  EXPECT_TRUE(UpdateUser(anna_, UpdateOf(ann, {"user_principal_name"}, wish)).ok());
  // Of another customer it is another name.
  Know("customers/tailspin");
  CreateUserRequest other = CreationOf("ann");
  other.set_parent("customers/tailspin");
  EXPECT_TRUE(CreateUser(Administrator("customers/tailspin"), other).ok());
}

TEST_F(UsersTest, ValidateOnlyAndRepeatedCalls) {
  CreateUserRequest request = CreationOf("ann");
  request.set_request_id(NewUuid());
  request.set_validate_only(true);
  const auto validated = CreateUser(anna_, request);
  ASSERT_TRUE(validated.ok()) << validated.status();
  EXPECT_EQ(validated->name(), "");
  EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.users") + AuditRows() + RequestIds(),
            0);
  request.set_validate_only(false);
  const auto first = CreateUser(anna_, request);
  const auto again = CreateUser(anna_, request);
  ASSERT_TRUE(first.ok() && again.ok()) << first.status() << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  request.mutable_user()->set_given_name("Bob");
  EXPECT_EQ(ReasonOf(CreateUser(anna_, request).status()), common::v1::REQUEST_ID_REUSED);
}

TEST_F(UsersTest, OfACustomerThatTheDirectoryDoesNotKnowThereAreNone) {
  CreateUserRequest request = CreationOf("ann");
  request.set_parent("customers/unheard");
  EXPECT_EQ(ReasonOf(CreateUser(Administrator("customers/unheard"), request).status()),
            common::v1::RESOURCE_NOT_FOUND);
  EXPECT_EQ(ReasonOf(CreateUser(anna_, request).status()), common::v1::RESOURCE_NOT_FOUND);
}

TEST_F(UsersTest, AnUpdateWritesWhatItsMaskNamesAndNeedsThePresentEtag) {
  CreateUserRequest request = CreationOf("ann");
  request.mutable_user()->set_blocked(true);
  request.mutable_user()->add_roles("global_admin");
  const auto created = CreateUser(carl_, request);
  ASSERT_TRUE(created.ok()) << created.status();
  User wish;
  wish.set_given_name("not written");
  wish.set_family_name("Zhou");
  wish.set_etag(created->etag());
  const auto update = UpdateOf(created->name(), {"family_name", "display_name", "roles"}, wish);
  const auto updated = UpdateUser(anna_, update);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->given_name(), "ann");
  EXPECT_EQ(updated->display_name(), "ann Zhou");
  EXPECT_TRUE(updated->blocked());
  EXPECT_THAT(updated->roles(), IsEmpty());
  EXPECT_NE(updated->etag(), created->etag());
  EXPECT_EQ(ReasonOf(UpdateUser(anna_, update).status()), common::v1::ETAG_MISMATCH);
  EXPECT_EQ(ReasonOf(UpdateUser(anna_, UpdateOf(created->name(), {"licenses"})).status()),
            common::v1::FIELD_INVALID);
  EXPECT_EQ(
      database_.Value("SELECT coalesce(before->>'familyName', '-') || '>' || (after->>'familyName')"
                      " FROM common.audit_entries ORDER BY id DESC LIMIT 1"),
      "->Zhou");
}

TEST_F(UsersTest, AnUpdateThatChangesNothingLeavesNoTraceAndOneThatSaysNothingIsRefused) {
  const std::string ann = Made("ann");
  const auto before = GetUser(anna_, ann);
  const int traces = AuditRows() + OutboxRows();
  const auto same = UpdateUser(anna_, UpdateOf(ann, {"given_name", "blocked"}, *before));
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_EQ(same->SerializeAsString(), before->SerializeAsString());
  const absl::Status refused = UpdateUser(anna_, UpdateOf(ann, {})).status();
  EXPECT_EQ(ReasonOf(refused), common::v1::FIELD_INVALID);
  EXPECT_THAT(ToRpcStatus(refused).SerializeAsString(), HasSubstr("update_mask"));
  EXPECT_EQ(AuditRows() + OutboxRows(), traces);
}

TEST_F(UsersTest, AnotherFieldsUpdateMakesNoDisplayName) {
  CreateUserRequest request = CreationOf("ann");
  request.mutable_user()->clear_given_name();
  const auto created = CreateUser(anna_, request);
  ASSERT_TRUE(created.ok()) << created.status();
  User wish;
  wish.set_given_name("Ann");
  EXPECT_EQ(UpdateUser(anna_, UpdateOf(created->name(), {"given_name"}, wish))->display_name(), "");
  EXPECT_EQ(UpdateUser(anna_, UpdateOf(created->name(), {"display_name"}))->display_name(), "Ann");
}

// Its administration ends meanwhile, and what is left shows the user and lets nothing change.
TEST_F(UsersTest, AGrantThatEndsMeanwhileIsARefusalAndNoFault) {
  const std::string ann = Made("ann");
  User wish;
  wish.set_given_name("Anna");
  for (const bool deletes : {false, true}) {
    HoldGrant("user_admin");
    Grant(kContoso, kNorthwind, "directory_reader");
    support::HeldTransaction held(database_);
    held.Run("SELECT FROM directory.users FOR UPDATE");
    auto changing = std::async(std::launch::async, [&] {
      return deletes ? DeleteUser(anna_, ann).status()
                     : UpdateUser(anna_, UpdateOf(ann, {"given_name"}, wish)).status();
    });
    EXPECT_TRUE(held.AwaitWaiter());
    held.Run(
        "UPDATE relationship.grants SET state = 'TERMINATED'"
        " WHERE state = 'ACTIVE' AND roles = '{user_admin}'");
    held.LetGo();
    EXPECT_EQ(ReasonOf(changing.get()), common::v1::PERMISSION_MISSING) << deletes;
  }
  EXPECT_EQ(GetUser(carl_, ann)->given_name(), "ann");
}

TEST_F(UsersTest, AGrantThatEndsBeforeAUserIsThereIsARefusalAndNoFault) {
  HoldGrant("user_admin");
  MakeWritesLastUntil("BEFORE INSERT ON directory.users", EndGrantsInASecond());
  EXPECT_EQ(ReasonOf(CreateUser(anna_, CreationOf("bob")).status()),
            common::v1::PERMISSION_MISSING);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.users"), 0);
}

// Who sees a user and may not change it finds none to change.
TEST_F(UsersTest, OnlyWhoMayChangeAUserLocksIt) {
  const std::string ann = Made("ann");
  const auto finds = [&] {
    std::string found;
    const absl::Status status = postgres::TransactStatus(
        order_pool_, {.account = kContoso}, [&](postgres::Transaction& transaction) {
          using namespace directory;  // NOLINT: the service under test
          found = users::Find(transaction, kNorthwind, IdOf(ann)) ? "seen" : "not seen";
          found += users::FindLocked(transaction, kNorthwind, IdOf(ann)) ? ", locked" : "";
          return absl::OkStatus();
        });
    EXPECT_TRUE(status.ok()) << status;
    return found;
  };
  EXPECT_EQ(finds(), "seen, locked");
  HoldGrant("directory_reader");
  EXPECT_EQ(finds(), "seen");
  HoldGrant("");
  EXPECT_EQ(finds(), "not seen");
}

TEST_F(UsersTest, AHelpdeskAgentViewsAndResetsABlockAndNothingElse) {
  const std::string ann = Made("ann");
  const Principal hedy = PrincipalOf(kContoso, {"helpdesk_agent"});
  User blocked;
  blocked.set_blocked(true);
  ASSERT_TRUE(UpdateUser(anna_, UpdateOf(ann, {"blocked"}, blocked)).ok());
  EXPECT_TRUE(GetUser(hedy, ann)->blocked());
  const auto reset = UpdateUser(hedy, UpdateOf(ann, {"blocked"}));
  ASSERT_TRUE(reset.ok()) << reset.status();
  EXPECT_FALSE(reset->blocked());
  for (const auto& update : {UpdateOf(ann, {"blocked"}, blocked), UpdateOf(ann, {"given_name"}),
                             UpdateOf(ann, {"blocked", "given_name"})}) {
    EXPECT_EQ(ReasonOf(UpdateUser(hedy, update).status()), common::v1::ROLE_MISSING);
  }
  EXPECT_EQ(ReasonOf(DeleteUser(hedy, ann).status()), common::v1::ROLE_MISSING);
  HoldGrant("directory_reader");
  EXPECT_TRUE(GetUser(hedy, ann).ok());
  EXPECT_EQ(ReasonOf(UpdateUser(hedy, UpdateOf(ann, {"blocked"})).status()),
            common::v1::PERMISSION_MISSING);
}

TEST_F(UsersTest, ADeletedUserIsRestoredWithin30Days) {
  const std::string ann = Made("ann");
  const auto deleted = DeleteUser(anna_, ann);
  ASSERT_TRUE(deleted.ok()) << deleted.status();
  EXPECT_EQ(deleted->state(), User::DELETED);
  EXPECT_EQ(deleted->purge_time().seconds() - deleted->delete_time().seconds(), 30 * 86400);
  EXPECT_EQ(GetUser(carl_, ann)->state(), User::DELETED);
  EXPECT_EQ(ReasonOf(DeleteUser(anna_, ann).status()), common::v1::STATE_TRANSITION);
  EXPECT_EQ(ReasonOf(UpdateUser(anna_, UpdateOf(ann, {"given_name"})).status()),
            common::v1::STATE_TRANSITION);
  EXPECT_EQ(ReasonOf(UndeleteUser(anna_, ann, "r9").status()), common::v1::ETAG_MISMATCH);
  Age(ann, 29.99);
  const auto restored = UndeleteUser(anna_, ann);
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(restored->state(), User::ACTIVE);
  EXPECT_FALSE(restored->has_purge_time());
  EXPECT_EQ(ReasonOf(UndeleteUser(anna_, ann).status()), common::v1::STATE_TRANSITION);
  EXPECT_EQ(NewEvents(),
            "user.created customers/northwind, user.deleted customers/northwind,"
            " user.restored customers/northwind");
}

TEST_F(UsersTest, After30DaysThereIsNoSuchUserWhetherPurgedOrNot) {
  const std::string ann = Made("ann");
  const std::string bob = Made("bob");
  ASSERT_TRUE(DeleteUser(anna_, ann).ok());
  ASSERT_TRUE(DeleteUser(anna_, bob).ok());
  Age(ann, 30);
  const absl::Status unknown =
      GetUser(anna_, absl::StrCat(kNorthwind, "/users/", NewUuid())).status();
  for (int purged = 0; purged < 2; ++purged) {
    for (const absl::Status& gone :
         {GetUser(anna_, ann).status(), UndeleteUser(anna_, ann).status(),
          DeleteUser(anna_, ann).status(),
          ModifyLicenses(ann, {absl::StrCat(kNorthwind, "/subscriptions/", NewUuid())}).status()}) {
      EXPECT_EQ(ToRpcStatus(gone).SerializeAsString(), ToRpcStatus(unknown).SerializeAsString());
    }
    EXPECT_THAT(Listed(anna_, "", true), ElementsAre("bob"));
    ASSERT_TRUE(directory::users::PurgeDeleted(directory_work_).ok());
    EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.users"), 1);
  }
  EXPECT_TRUE(UndeleteUser(anna_, bob).ok());
  EXPECT_EQ(database_.Value("SELECT event || ' ' || resource FROM common.outbox"
                            " WHERE event = 'user.purged'"),
            absl::StrCat("user.purged ", ann));
  EXPECT_EQ(database_.Value("SELECT method || ' ' || (before->>'state') || (after IS NULL)"
                            " FROM common.audit_entries WHERE resource = '" +
                            ann + "' ORDER BY id DESC LIMIT 1"),
            "sweep/users DELETEDtrue");
}

TEST_F(UsersTest, TheNameOfADeletedUserIsFreeAndThenNotToBeHadBack) {
  const std::string ann = Made("ann");
  ASSERT_TRUE(DeleteUser(anna_, ann).ok());
  const std::string successor = Made("ann");
  EXPECT_EQ(ReasonOf(UndeleteUser(anna_, ann).status()), common::v1::USER_EXISTS);
  ASSERT_TRUE(DeleteUser(anna_, successor).ok());
  EXPECT_TRUE(UndeleteUser(anna_, ann).ok());
}

TEST_F(UsersTest, AListShowsTheNewestFirstAndTheDeletedWhereAskedFor) {
  const std::string ann = Made("ann");
  CreateUserRequest request = CreationOf("bob");
  request.mutable_user()->set_blocked(true);
  request.mutable_user()->add_roles("billing_admin");
  ASSERT_TRUE(CreateUser(anna_, request).ok());
  Made("cid");
  Made("dan");
  ASSERT_TRUE(DeleteUser(anna_, ann).ok());
  EXPECT_THAT(Listed(carl_), ElementsAre("dan", "cid", "bob"));
  EXPECT_THAT(Listed(anna_, "", true), ElementsAre("dan", "cid", "bob", "ann"));
  EXPECT_THAT(Listed(anna_, "state = DELETED", true), ElementsAre("ann"));
  EXPECT_THAT(Listed(anna_, "user_principal_name = \"CID@*\""), ElementsAre("cid"));
  EXPECT_THAT(Listed(anna_, "display_name = \"d*\" OR blocked = true"), ElementsAre("dan", "bob"));
  EXPECT_THAT(Listed(anna_, "roles:billing_admin"), ElementsAre("bob"));
  ListUsersRequest page;
  page.set_parent(kNorthwind);
  page.set_page_size(1);
  page.set_page_token(ListUsers(anna_, page)->next_page_token());
  page.set_show_deleted(true);
  EXPECT_EQ(ReasonOf(ListUsers(anna_, page).status()), common::v1::PAGE_TOKEN_INVALID);
}

TEST_F(UsersTest, TheCustomersRecordCountsThoseThatAreNotDeleted) {
  const std::string ann = Made("ann");
  Made("bob");
  EXPECT_EQ(GetCustomer(carl_, kNorthwind)->user_count(), 2);
  ASSERT_TRUE(DeleteUser(anna_, ann).ok());
  EXPECT_EQ(GetCustomer(carl_, kNorthwind)->user_count(), 1);
}

TEST_F(UsersTest, WhoMayNotIsToldWhy) {
  const std::string ann = Made("ann");
  const auto read = [&](const Principal& caller) {
    return ReasonOf(GetUser(caller, ann).status());
  };
  const auto write = [&](const Principal& caller) {
    return ReasonOf(UpdateUser(caller, UpdateOf(ann, {"family_name"})).status());
  };
  HoldGrant("directory_reader");
  EXPECT_EQ(read(anna_), std::nullopt);
  EXPECT_EQ(write(anna_), common::v1::PERMISSION_MISSING);
  EXPECT_EQ(ReasonOf(CreateUser(anna_, CreationOf("bob")).status()),
            common::v1::PERMISSION_MISSING);
  HoldGrant("license_admin");
  EXPECT_EQ(read(anna_), common::v1::PERMISSION_MISSING);
  HoldGrant("");
  EXPECT_EQ(read(anna_), common::v1::PERMISSION_MISSING);
  HoldGrant("global_admin");
  EXPECT_EQ(write(anna_), std::nullopt);
  EXPECT_EQ(write(PrincipalOf(kContoso, {"sales_agent"})), common::v1::ROLE_MISSING);
  EXPECT_EQ(read(PrincipalOf(kContoso, {"sales_agent"})), std::nullopt);
  EXPECT_EQ(read(PrincipalOf(kFabrikam, {"admin_agent"})), common::v1::RESOURCE_NOT_FOUND);
  EXPECT_EQ(read(PrincipalOf(kNorthwind, {"billing_admin"})), common::v1::ROLE_MISSING);
  EXPECT_EQ(read(Operator()), common::v1::ROLE_MISSING);
  EXPECT_EQ(read(Administrator("customers/tailspin")), common::v1::RESOURCE_NOT_FOUND);
  database_.Run("UPDATE relationship.partners SET state = 'SUSPENDED'");
  EXPECT_EQ(read(anna_), common::v1::PARTNER_SUSPENDED);
  EXPECT_EQ(write(anna_), common::v1::PARTNER_SUSPENDED);
}

// The walls alone, without the service's decision.
TEST_F(UsersTest, RowsAreOpenToWhomTheGrantSays) {
  const std::string ann = Made("ann");
  const auto rows = [&](const std::string& account) {
    const auto outcome =
        database_.RunAs("directory", account, {"SELECT count(*) FROM directory.users"});
    EXPECT_TRUE(outcome.ok()) << outcome.message;
    return outcome.rows[0][0].as<int>();
  };
  const auto changed = [&](const std::string& account) {
    const auto outcome = database_.RunAs(
        "directory", account, {"UPDATE directory.users SET family_name = 'x' RETURNING true"});
    EXPECT_TRUE(outcome.ok()) << outcome.message;
    return outcome.rows.size();
  };
  const auto added = [&](const std::string& account) {
    return database_
        .RunAs("directory", account,
               {absl::Substitute("INSERT INTO directory.users (customer, user_principal_name)"
                                 " VALUES ('customers/northwind', '$0@x.example')",
                                 NewUuid())})
        .sqlstate;
  };
  EXPECT_EQ(rows(kContoso), 1);
  EXPECT_EQ(rows(kNorthwind), 1);
  for (const char* stranger : {kFabrikam, "customers/tailspin", "operators", ""}) {
    EXPECT_EQ(rows(stranger), 0) << stranger;
    EXPECT_EQ(changed(stranger), 0u) << stranger;
    EXPECT_EQ(added(stranger), "42501") << stranger;
  }
  EXPECT_EQ(changed(kContoso), 1u);
  EXPECT_EQ(added(kContoso), "");
  HoldGrant("directory_reader");
  EXPECT_EQ(rows(kContoso), 2);
  EXPECT_EQ(changed(kContoso), 0u);
  EXPECT_EQ(added(kContoso), "42501");
  HoldGrant("");
  EXPECT_EQ(rows(kContoso), 0);
}

}  // namespace
}  // namespace partnerlink::users_test
