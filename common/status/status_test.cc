#include "common/status/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"

namespace partnerlink {
namespace {

using namespace common::v1;  // NOLINT: the reasons
using testing::HasSubstr;
using testing::Not;

constexpr size_t kKibibyte = 1024;

std::vector<ErrorReason> AllReasons() {
  std::vector<ErrorReason> reasons;
  const auto* descriptor = ErrorReason_descriptor();
  for (int i = 0; i < descriptor->value_count(); ++i) {
    const auto reason = static_cast<ErrorReason>(descriptor->value(i)->number());
    if (reason != ERROR_REASON_UNSPECIFIED) reasons.push_back(reason);
  }
  return reasons;
}

template <typename Detail>
Detail DetailOf(const google::rpc::Status& status) {
  Detail detail;
  for (const auto& any : status.details()) {
    if (any.Is<Detail>()) any.UnpackTo(&detail);
  }
  return detail;
}

template <typename Detail>
bool Has(const google::rpc::Status& status) {
  for (const auto& any : status.details()) {
    if (any.Is<Detail>()) return true;
  }
  return false;
}

TEST(CodeTest, EveryReasonHasTheDocumentedCode) {
  using absl::StatusCode;
  std::map<ErrorReason, StatusCode> codes;
  const auto all = [&](StatusCode code, std::initializer_list<ErrorReason> reasons) {
    for (const ErrorReason reason : reasons) codes[reason] = code;
  };
  all(StatusCode::kUnauthenticated, {TOKEN_MISSING, TOKEN_INVALID, TOKEN_EXPIRED});
  all(StatusCode::kInvalidArgument,
      {FIELD_INVALID, PAGE_TOKEN_INVALID, FILTER_INVALID, OPERATOR_REASON_MISSING, LINK_MISSING,
       LINK_DUPLICATED, LINK_FOREIGN, COMPANY_REQUIRED, RECIPIENT_MISSING, CONFIRM_MISSING,
       ATTESTATION_INCOMPLETE});
  all(StatusCode::kNotFound, {RESOURCE_NOT_FOUND, INVITATION_NOT_FOUND, METHOD_NOT_FOUND});
  all(StatusCode::kPermissionDenied, {ROLE_MISSING, PERMISSION_MISSING, RELATIONSHIP_MISSING});
  all(StatusCode::kAborted, {ETAG_MISMATCH, CONFLICT});
  all(StatusCode::kAlreadyExists,
      {INVITATION_EXISTS, RELATIONSHIP_EXISTS, PARTNERSHIP_EXISTS, CUSTOMER_EXISTS, PARTNER_EXISTS,
       OFFER_EXISTS, RENEWAL_EXISTS, USER_EXISTS, TRANSFER_EXISTS, DOMAIN_VERIFIED});
  all(StatusCode::kFailedPrecondition, {REQUEST_ID_REUSED,
                                        INVITATION_NOT_ISSUED,
                                        INVITATION_EXPIRED,
                                        INVITATION_REVOKED,
                                        INVITATION_USED,
                                        INVITATION_EXHAUSTED,
                                        INVITATION_DECLINED,
                                        WRONG_ACCOUNT,
                                        WRONG_KIND,
                                        AGREEMENT_VERSION,
                                        REGION,
                                        PARTNER_SUSPENDED,
                                        PARTNERSHIP_INACTIVE,
                                        RELATIONSHIP_INACTIVE,
                                        ACTIVE_SUBSCRIPTIONS,
                                        ATTESTATION_VERSION,
                                        OFFER_UNAVAILABLE,
                                        QUANTITY_BELOW_ASSIGNED,
                                        IMPORT_POSITION,
                                        IMPORT_CHANGED,
                                        MAIL_DISABLED,
                                        STATE_TRANSITION,
                                        SELF_RELATIONSHIP,
                                        GRANT_ROLE_FORBIDDEN,
                                        LICENSES_EXHAUSTED});
  all(StatusCode::kResourceExhausted,
      {RATE_LIMITED, QUOTA_EXCEEDED, OVERLOADED, MESSAGE_TOO_LARGE});
  all(StatusCode::kUnavailable, {DEPENDENCY_UNAVAILABLE});
  all(StatusCode::kDeadlineExceeded, {DEADLINE});
  all(StatusCode::kCancelled, {CALL_CANCELLED});
  all(StatusCode::kInternal, {INTERNAL});
  for (const ErrorReason reason : AllReasons()) {
    ASSERT_EQ(codes.count(reason), 1u) << ErrorReason_Name(reason) << " is new: document its code";
    EXPECT_EQ(CodeOf(reason), codes[reason]) << ErrorReason_Name(reason);
  }
  EXPECT_EQ(CodeOf(ERROR_REASON_UNSPECIFIED), StatusCode::kInternal);
}

TEST(RefusalTest, CarriesItsReasonToTheWireAndBack) {
  for (const ErrorReason reason : AllReasons()) {
    const absl::Status refusal = Refusal(reason, "Why.", {{"key", "value"}});
    EXPECT_EQ(ReasonOf(refusal), reason);
    const google::rpc::Status wire = ToRpcStatus(refusal);
    EXPECT_EQ(wire.code(), static_cast<int>(CodeOf(reason)));
    EXPECT_EQ(wire.message(), "Why.");
    const auto info = DetailOf<google::rpc::ErrorInfo>(wire);
    EXPECT_EQ(info.reason(), ErrorReason_Name(reason));
    EXPECT_EQ(info.domain(), "partnerlink");
    EXPECT_EQ(info.metadata().at("key"), "value");
    EXPECT_EQ(FromRpcStatus(wire), refusal);
  }
}

TEST(RefusalTest, SaysWhenToComeAgainWhereThatHelps) {
  for (const ErrorReason reason : AllReasons()) {
    const auto code = CodeOf(reason);
    EXPECT_EQ(
        Has<google::rpc::RetryInfo>(ToRpcStatus(Refusal(reason, "Why."))),
        code == absl::StatusCode::kResourceExhausted || code == absl::StatusCode::kUnavailable)
        << ErrorReason_Name(reason);
  }
  const auto retry = DetailOf<google::rpc::RetryInfo>(
      ToRpcStatus(RefusalWithRetry(RATE_LIMITED, "Why.", absl::Milliseconds(1250))));
  EXPECT_EQ(retry.retry_delay().seconds(), 1);
  EXPECT_EQ(retry.retry_delay().nanos(), 250'000'000);
}

TEST(RefusalTest, WhatIsInTheWayIsListedUpToTwentyOfIt) {
  const auto listed = [](int count) {
    std::vector<std::string> blockers;
    for (int i = 0; i < count; ++i) {
      blockers.push_back("customers/acme/subscriptions/" + std::to_string(i));
    }
    return DetailOf<google::rpc::PreconditionFailure>(
        ToRpcStatus(Blocked(ACTIVE_SUBSCRIPTIONS, "Why.", blockers)));
  };
  const google::rpc::PreconditionFailure two = listed(2);
  ASSERT_EQ(two.violations_size(), 2);
  EXPECT_EQ(two.violations(1).subject(), "customers/acme/subscriptions/1");
  EXPECT_EQ(two.violations(1).type(), "ACTIVE_SUBSCRIPTIONS");
  EXPECT_EQ(listed(25).violations_size(), 20);
}

TEST(RefusalTest, StateAndQuotaAreNamed) {
  const google::rpc::Status state = ToRpcStatus(StateTransition("issue it", "REVOKED"));
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(state).metadata().at("state"), "REVOKED");
  EXPECT_THAT(state.message(), HasSubstr("issue it"));
  const google::rpc::Status quota =
      ToRpcStatus(QuotaExceeded("partners/contoso", "500 a day", absl::Hours(1)));
  EXPECT_EQ(DetailOf<google::rpc::QuotaFailure>(quota).violations(0).subject(), "partners/contoso");
  EXPECT_EQ(DetailOf<google::rpc::RetryInfo>(quota).retry_delay().seconds(), 3600);
}

TEST(RefusalTest, WhatIsNotThereSaysNothing) {
  EXPECT_EQ(ToRpcStatus(NotFound()).SerializeAsString(),
            ToRpcStatus(NotFound()).SerializeAsString());
  EXPECT_TRUE(DetailOf<google::rpc::ErrorInfo>(ToRpcStatus(NotFound())).metadata().empty());
}

TEST(WireTest, OkIsOk) {
  EXPECT_EQ(ToRpcStatus(absl::OkStatus()).code(), 0);
  EXPECT_TRUE(FromRpcStatus(google::rpc::Status()).ok());
}

TEST(WireTest, AnErrorWithoutAReasonGivesNothingAway) {
  for (const absl::Status& error :
       {absl::InternalError("SELECT secret FROM table"), absl::NotFoundError("/etc/secret"),
        absl::UnknownError("secret"), absl::CancelledError("secret"),
        absl::UnavailableError("host=secret")}) {
    EXPECT_EQ(ReasonOf(error), std::nullopt);
    const google::rpc::Status wire = ToRpcStatus(error);
    EXPECT_EQ(wire.code(), static_cast<int>(absl::StatusCode::kInternal));
    EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(wire).reason(), "INTERNAL");
    EXPECT_THAT(wire.DebugString(), Not(HasSubstr("secret")));
  }
}

TEST(WireTest, AReasonOfSomebodyElseIsNone) {
  google::rpc::Status wire;
  wire.set_code(5);
  wire.set_message("secret");
  google::rpc::ErrorInfo info;
  info.set_reason("SOMETHING_ELSE");
  wire.add_details()->PackFrom(info);
  EXPECT_EQ(ReasonOf(FromRpcStatus(wire)), std::nullopt);
  EXPECT_THAT(ToRpcStatus(FromRpcStatus(wire)).DebugString(), Not(HasSubstr("secret")));
}

TEST(WireTest, TheMessageHasAtMostOneKibibyteOfUtf8) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "ą";
  const google::rpc::Status wire = ToRpcStatus(Refusal(FIELD_INVALID, "x" + text));
  EXPECT_LE(wire.message().size(), kKibibyte);
  EXPECT_EQ(wire.message(), "x" + text.substr(0, 1022));
  google::rpc::Status peers = ToRpcStatus(Refusal(FIELD_INVALID, "x"));
  peers.set_message(std::string(5000, 'p'));
  EXPECT_LE(ToRpcStatus(FromRpcStatus(peers)).message().size(), kKibibyte)
      << "a peer's answer may be longer";
}

// Trailers hold 8 KiB in all, in which the message stands twice: percent-encoded and in the
// details.
size_t TrailerBytes(const google::rpc::Status& wire) {
  size_t message = 0;
  for (const char c : wire.message()) message += c >= ' ' && c <= '~' && c != '%' ? 1 : 3;
  return message + wire.ByteSizeLong();
}

TEST(WireTest, AnyRefusalFitsTheTrailers) {
  std::string long_text;
  for (int i = 0; i < 2000; ++i) long_text += "ą";
  FieldViolations violations;
  for (int i = 0; i < 100; ++i) violations.Add(absl::StrCat("field", i, long_text), long_text);
  Metadata metadata;
  for (int i = 0; i < 4; ++i) metadata.emplace_back(absl::StrCat("key", i), long_text);
  for (const absl::Status& refusal :
       {violations.ToStatus(), Refusal(FIELD_INVALID, long_text, metadata),
        QuotaExceeded(long_text, long_text, absl::Hours(1))}) {
    const google::rpc::Status wire = ToRpcStatus(refusal);
    size_t details = 0;
    for (const auto& detail : wire.details()) details += detail.value().size();
    EXPECT_LE(details, 4 * kKibibyte);
    EXPECT_LE(TrailerBytes(wire), 8 * kKibibyte - 256) << wire.ShortDebugString().substr(0, 200);
    EXPECT_TRUE(Has<google::rpc::ErrorInfo>(wire)) << "the reason stays whatever goes";
  }
}

TEST(ViolationsTest, NoneIsOk) { EXPECT_TRUE(FieldViolations().ToStatus().ok()); }

TEST(ViolationsTest, AreAllThereInTheirOrder) {
  FieldViolations violations;
  violations.Add("a", "is bad");
  violations.Add("b", "is worse");
  const google::rpc::Status wire = ToRpcStatus(violations.ToStatus(LINK_MISSING));
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(wire).reason(), "LINK_MISSING");
  EXPECT_EQ(wire.message(), "a: is bad (and 1 more)");
  const auto bad = DetailOf<google::rpc::BadRequest>(wire);
  ASSERT_EQ(bad.field_violations_size(), 2);
  EXPECT_EQ(bad.field_violations(0).field(), "a");
  EXPECT_EQ(bad.field_violations(1).description(), "is worse");
}

TEST(ViolationsTest, AreAtMostTwenty) {
  FieldViolations violations;
  for (int i = 0; i < 30; ++i) violations.Add("field", "is bad");
  const auto bad = DetailOf<google::rpc::BadRequest>(ToRpcStatus(violations.ToStatus()));
  EXPECT_EQ(bad.field_violations_size(), 20);
}

TEST(ViolationsTest, LongOnesStillLeaveAValidDetail) {
  FieldViolations violations;
  for (int i = 0; i < 30; ++i) violations.Add(std::string(500, 'f'), std::string(500, 'd'));
  const google::rpc::Status wire = ToRpcStatus(violations.ToStatus());
  ASSERT_TRUE(Has<google::rpc::BadRequest>(wire));
  EXPECT_GT(DetailOf<google::rpc::BadRequest>(wire).field_violations_size(), 0);
}

}  // namespace
}  // namespace partnerlink
