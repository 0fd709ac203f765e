#include "services/directory/licenses/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "absl/strings/str_cat.h"

namespace partnerlink::directory::licenses {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using v1::ModifyLicensesRequest;
using v1::Subscription;

constexpr char kMail[] = "00000000-0000-0000-0000-000000000001";
constexpr char kPhone[] = "00000000-0000-0000-0000-000000000002";

std::string NameOf(const std::string& id) {
  return absl::StrCat("customers/acme/subscriptions/", id);
}

ModifyLicensesRequest Request(const std::vector<std::string>& assign,
                              const std::vector<std::string>& remove = {}) {
  ModifyLicensesRequest request;
  request.set_name("customers/acme/users/00000000-0000-0000-0000-00000000000a");
  for (const std::string& id : assign) request.add_assign(NameOf(id));
  for (const std::string& id : remove) request.add_remove(NameOf(id));
  return request;
}

Seats Of(const std::string& id, int32_t total, int32_t assigned, bool is_users = false,
         Subscription::State state = Subscription::ACTIVE) {
  return {NameOf(id), state, total, assigned, is_users};
}

std::string Violated(const ModifyLicensesRequest& request) {
  FieldViolations violations;
  CheckShape(request, violations);
  return std::string(violations.ToStatus().message());
}

TEST(CheckShapeTest, ASoundRequestPasses) {
  EXPECT_EQ(Violated(Request({kMail})), "");
  EXPECT_EQ(Violated(Request({}, {kMail})), "");
  EXPECT_EQ(Violated(Request({kMail}, {kPhone})), "");
}

TEST(CheckShapeTest, EachBreachIsAViolation) {
  EXPECT_THAT(Violated(Request({})), HasSubstr("assign"));
  EXPECT_THAT(Violated(Request({kMail, kMail})), HasSubstr("assign[1]"));
  EXPECT_THAT(Violated(Request({kMail}, {kMail})), HasSubstr("remove[0]"));
  EXPECT_THAT(Violated(Request({"1"})), HasSubstr("assign[0]"));
  ModifyLicensesRequest many = Request({});
  for (int i = 0; i <= kMostLicenses; ++i) many.add_remove(NameOf(kMail));
  EXPECT_THAT(Violated(many), HasSubstr("remove"));
}

TEST(MovesForTest, WhatIsSoAlreadyDoesNotMove) {
  const auto moves =
      MovesFor(Request({kMail}, {kPhone}), {Of(kMail, 1, 1, true), Of(kPhone, 1, 0)});
  ASSERT_TRUE(moves.ok()) << moves.status();
  EXPECT_TRUE(moves->empty());
}

TEST(MovesForTest, TheLastSeatIsGivenAndNoneAfterIt) {
  const auto moves =
      MovesFor(Request({kMail}, {kPhone}), {Of(kMail, 2, 1), Of(kPhone, 1, 1, true)});
  ASSERT_TRUE(moves.ok()) << moves.status();
  EXPECT_THAT(moves->given, ElementsAre(kMail));
  EXPECT_THAT(moves->taken, ElementsAre(kPhone));
  const absl::Status refused =
      MovesFor(Request({kMail, kPhone}), {Of(kMail, 2, 2), Of(kPhone, 1, 0)}).status();
  EXPECT_EQ(ReasonOf(refused), common::v1::LICENSES_EXHAUSTED);
  const std::string answer = ToRpcStatus(refused).SerializeAsString();
  EXPECT_THAT(answer, HasSubstr(NameOf(kMail)));
  EXPECT_THAT(answer, testing::Not(HasSubstr(NameOf(kPhone))));
}

TEST(MovesForTest, OnlyAnActiveSubscriptionIsGivenButAnyIsTaken) {
  for (const auto state :
       {Subscription::SUSPENDED, Subscription::CANCELLED, Subscription::EXPIRED}) {
    EXPECT_EQ(ReasonOf(MovesFor(Request({kMail}), {Of(kMail, 2, 0, false, state)}).status()),
              common::v1::STATE_TRANSITION);
    EXPECT_THAT(MovesFor(Request({}, {kMail}), {Of(kMail, 2, 1, true, state)})->taken,
                ElementsAre(kMail));
  }
}

TEST(MovesForTest, WhatTheCustomerHasNotIsNamed) {
  const absl::Status refused = MovesFor(Request({kMail}, {kPhone}), {Of(kMail, 1, 0)}).status();
  EXPECT_EQ(ReasonOf(refused), common::v1::FIELD_INVALID);
  EXPECT_THAT(ToRpcStatus(refused).SerializeAsString(), HasSubstr("remove[0]"));
  ModifyLicensesRequest foreign = Request({kMail});
  foreign.set_assign(0, absl::StrCat("customers/other/subscriptions/", kMail));
  EXPECT_EQ(ReasonOf(MovesFor(foreign, {Of(kMail, 1, 0)}).status()), common::v1::FIELD_INVALID);
}

TEST(NamedTest, AreTheUuidsOfBothLists) {
  EXPECT_THAT(Named(Request({kMail}, {kPhone})), ElementsAre(kMail, kPhone));
  EXPECT_THAT(Named(Request({})), IsEmpty());
}

}  // namespace
}  // namespace partnerlink::directory::licenses
