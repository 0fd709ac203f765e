#include "services/directory/users/rules.h"

#include <gtest/gtest.h>

#include <string>

namespace partnerlink::directory::users {
namespace {

v1::User Ann() {
  v1::User user;
  user.set_user_principal_name("ann@acme.example");
  user.set_given_name("Ann");
  user.set_family_name("Żak");
  return user;
}

TEST(CheckShapeTest, EveryFieldIsChecked) {
  FieldViolations none;
  CheckShape(Ann(), "initial_admin.", none);
  EXPECT_TRUE(none.empty());
  using Spoil = void (*)(v1::User&);
  const std::pair<const char*, Spoil> table[] = {
      {"user_principal_name", [](v1::User& u) { u.clear_user_principal_name(); }},
      {"user_principal_name", [](v1::User& u) { u.set_user_principal_name("ann"); }},
      {"user_principal_name", [](v1::User& u) { u.set_user_principal_name("a\n@acme.example"); }},
      {"given_name", [](v1::User& u) { u.set_given_name(std::string(101, 'x')); }},
      {"family_name", [](v1::User& u) { u.set_family_name("a\tb"); }},
      {"display_name", [](v1::User& u) { u.set_display_name(std::string(201, 'x')); }},
      {"roles", [](v1::User& u) { u.add_roles("user_admin"); }},
      {"roles",
       [](v1::User& u) {
         u.add_roles("billing_admin");
         u.add_roles("billing_admin");
       }},
  };
  for (const auto& [field, spoil] : table) {
    v1::User user = Ann();
    spoil(user);
    FieldViolations violations;
    CheckShape(user, "initial_admin.", violations);
    EXPECT_EQ(violations.ToStatus().message().find(std::string("initial_admin.") + field), 0u)
        << field;
  }
}

TEST(NormaliseTest, AUserHasADisplayNameAndOneFormOfItsPrincipalName) {
  v1::User user = Ann();
  user.set_user_principal_name("ann@ACME.example");
  EXPECT_EQ(Normalise(user).user_principal_name(), "ann@acme.example");
  EXPECT_EQ(Normalise(user).display_name(), "Ann Żak");
  user.clear_family_name();
  EXPECT_EQ(Normalise(user).display_name(), "Ann");
  user.set_display_name("Dr. Ann");
  EXPECT_EQ(Normalise(user).display_name(), "Dr. Ann");
}

google::protobuf::FieldMask MaskOf(std::initializer_list<const char*> fields) {
  google::protobuf::FieldMask mask;
  for (const char* field : fields) mask.add_paths(field);
  return mask;
}

TEST(CheckShapeTest, OnlyTheFieldsThatAreWrittenCount) {
  v1::User user;
  user.set_given_name(std::string(101, 'x'));
  FieldViolations none;
  CheckShape(user, MaskOf({"blocked", "family_name"}), "user.", none);
  EXPECT_TRUE(none.empty());
  FieldViolations violations;
  CheckShape(user, MaskOf({"given_name"}), "user.", violations);
  EXPECT_FALSE(violations.empty());
}

// The product's table: create, soft delete, restore.
TEST(AfterTest, ADeletedUserIsOnlyRestoredAndAnActiveOneIsNot) {
  using State = v1::User;
  EXPECT_EQ(After(Action::kDelete, State::ACTIVE), State::DELETED);
  EXPECT_EQ(After(Action::kRestore, State::DELETED), State::ACTIVE);
  EXPECT_EQ(ReasonOf(CheckAction(Action::kRestore, State::ACTIVE)), common::v1::STATE_TRANSITION);
  for (const Action action : {Action::kUpdate, Action::kModifyLicenses, Action::kDelete}) {
    EXPECT_TRUE(CheckAction(action, State::ACTIVE).ok());
    EXPECT_EQ(ReasonOf(CheckAction(action, State::DELETED)), common::v1::STATE_TRANSITION);
  }
}

TEST(UpdatePathsTest, OnlyWhatACallerWritesCanBeNamed) {
  EXPECT_EQ(UpdatePaths(MaskOf({"*"}), v1::User())->paths_size(), 6);
  v1::User user = Ann();
  user.set_name("customers/acme/users/1");
  EXPECT_EQ(UpdatePaths({}, user)->paths_size(), 3);
  for (const char* field : {"licenses", "state", "name", "purge_time", "nothing"}) {
    EXPECT_EQ(ReasonOf(UpdatePaths(MaskOf({field}), user).status()), common::v1::FIELD_INVALID)
        << field;
  }
}

TEST(MergeTest, WritesWhatTheMaskNamesAndEmptiesWhatIsEmpty) {
  v1::User kept = Ann();
  kept.set_display_name("Dr. Ann");
  kept.set_blocked(true);
  kept.add_roles("global_admin");
  v1::User asked;
  asked.set_given_name("Anna");
  const v1::User merged =
      Merge(MaskOf({"given_name", "display_name", "blocked", "roles"}), asked, kept);
  EXPECT_EQ(merged.given_name(), "Anna");
  EXPECT_EQ(merged.display_name(), "Anna Żak");
  EXPECT_FALSE(merged.blocked());
  EXPECT_TRUE(merged.roles().empty());
  EXPECT_EQ(merged.user_principal_name(), kept.user_principal_name());
}

TEST(MergeTest, OnlyAnEmptiedDisplayNameIsMadeOfTheOthers) {
  v1::User kept;
  kept.set_user_principal_name("ann@acme.example");
  v1::User asked;
  asked.set_given_name("Ann");
  EXPECT_EQ(Merge(MaskOf({"given_name"}), asked, kept).display_name(), "");
  EXPECT_EQ(Merge(MaskOf({"given_name", "display_name"}), asked, kept).display_name(), "Ann");
}

TEST(NormaliseTest, ADisplayNameMadeOfTheOthersIsNotTooLong) {
  std::string hundred;
  for (int i = 0; i < 100; ++i) hundred += "ż";
  v1::User user;
  user.set_given_name(hundred);
  user.set_family_name(hundred);
  EXPECT_EQ(Normalise(user).display_name(),
            hundred + " " + hundred.substr(0, 99 * std::string("ż").size()));
}

TEST(PermissionToUpdateTest, AResetBlockAloneNeedsLess) {
  v1::User asked;
  EXPECT_EQ(PermissionToUpdate(MaskOf({"blocked"}), asked).name, "user.unblock");
  EXPECT_EQ(PermissionToUpdate(MaskOf({"blocked", "roles"}), asked).name, "user.manage");
  EXPECT_EQ(PermissionToUpdate(MaskOf({"given_name"}), asked).name, "user.manage");
  EXPECT_EQ(PermissionToUpdate({}, asked).name, "user.manage");
  asked.set_blocked(true);
  EXPECT_EQ(PermissionToUpdate(MaskOf({"blocked"}), asked).name, "user.manage");
}

TEST(LicensesOfTest, TellsNothingOfThePerson) {
  v1::User user = Ann();
  user.set_name("customers/acme/users/1");
  user.set_display_name("Ann");
  user.add_roles("global_admin");
  user.add_licenses("customers/acme/subscriptions/1");
  user.set_state(v1::User::ACTIVE);
  user.set_etag("1");
  v1::User told;
  told.set_name(user.name());
  told.add_licenses(user.licenses(0));
  told.set_state(v1::User::ACTIVE);
  told.set_etag("1");
  EXPECT_EQ(LicensesOf(user).SerializeAsString(), told.SerializeAsString());
}

}  // namespace
}  // namespace partnerlink::directory::users
