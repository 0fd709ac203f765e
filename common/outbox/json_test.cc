// The audit's JSON says what protobuf's own printer says.
#include "common/outbox/json.h"

#include <gtest/gtest.h>

#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "nlohmann/json.hpp"
#include "partnerlink/directory/v1/customer.pb.h"
#include "partnerlink/invitation/v1/invitation.pb.h"

namespace partnerlink::outbox {
namespace {

using invitation::v1::Invitation;

// Both, without their spelling: order of keys, escapes, spaces.
void ExpectProtobufs(const google::protobuf::Message& message) {
  std::string expected;
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(message, &expected).ok());
  EXPECT_EQ(nlohmann::json::parse(ToJson(message)), nlohmann::json::parse(expected))
      << message.DebugString();
}

TEST(ToJsonTest, WhatIsNotSetIsLeftOut) {
  EXPECT_EQ(ToJson(Invitation()), "{}");
  Invitation invitation;
  invitation.mutable_grant_request();
  ExpectProtobufs(invitation);
}

TEST(ToJsonTest, EveryKindOfFieldIsAsProtobufPrintsIt) {
  Invitation invitation;
  invitation.set_name("partners/contoso/invitations/1");
  invitation.set_kind(Invitation::CUSTOMER);
  invitation.set_relationship_only(true);
  invitation.set_max_uses(-7);
  invitation.mutable_customer_hint()->set_company_name("Müller & Söhne 株式会社");
  for (const char* role : {"user_admin", "", "license_admin"}) {
    invitation.mutable_grant_request()->add_roles(role);
  }
  ExpectProtobufs(invitation);
  invitation.set_state(static_cast<Invitation::State>(99));
  ExpectProtobufs(invitation);
}

TEST(ToJsonTest, TextsAreEscaped) {
  Invitation invitation;
  std::string text = "\"quoted\" back\\slash </script> \x7f \u2028";
  for (char c = 1; c < ' '; ++c) text += c;
  invitation.set_body_text(text);
  ExpectProtobufs(invitation);
}

TEST(ToJsonTest, TimesHaveTheDigitsTheyNeed) {
  Invitation invitation;
  for (const int nanos : {0, 500'000'000, 123'456'000, 123'456'789}) {
    for (const int64_t seconds : {int64_t{0}, int64_t{1'764'126'000}, int64_t{-62'135'596'800}}) {
      invitation.mutable_create_time()->set_seconds(seconds);
      invitation.mutable_create_time()->set_nanos(nanos);
      invitation.mutable_ttl()->set_seconds(seconds / 1000);
      invitation.mutable_ttl()->set_nanos(seconds < 0 ? -nanos : nanos);
      ExpectProtobufs(invitation);
    }
  }
}

TEST(ToJsonTest, MapsAreObjects) {
  directory::v1::Customer customer;
  (*customer.mutable_labels())["tier"] = "gold";
  (*customer.mutable_labels())["quoted \"key\""] = "";
  ExpectProtobufs(customer);
}

TEST(ToJsonTest, TypesWithAFormOfTheirOwnAreLeftToProtobuf) {
  google::protobuf::Struct object;
  (*object.mutable_fields())["half"].set_number_value(0.5);
  ExpectProtobufs(object);
}

}  // namespace
}  // namespace partnerlink::outbox
