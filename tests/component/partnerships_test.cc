// Partnerships: how they come to be, pause and end, who may do that and see them, and what an end
// does to the invitations that rest on one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "services/relationship/partners/handlers.h"
#include "services/relationship/partnerships/handlers.h"
#include "tests/component/relationship_fixture.h"
#include "tests/support/race.h"

namespace partnerlink::partnerships_test {
namespace {

using namespace relationship::partnerships;  // NOLINT: the handlers under test
using relationship::v1::EstablishPartnershipResponse;
using relationship::v1::Partnership;
using support::AcceptedPartnership;
using support::Anna;
using support::Bert;
using support::kContoso;
using support::kFabrikam;
using support::kNorthwind;
using support::PrincipalOf;
using support::RelationshipCall;
using support::TestCall;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kTailwind[] = "partners/tailwind";

Principal Tess() { return PrincipalOf(kTailwind, {"admin_agent"}, "tess"); }
Principal Olga() { return PrincipalOf("operators", {"operator"}, "olga"); }

class PartnershipsTest : public support::RelationshipTest {
 protected:
  template <typename Request>
  static Request Naming(const std::string& name, const std::string& reason = "") {
    Request request;
    request.set_name(name);
    request.set_reason(reason);
    return request;
  }

  absl::StatusOr<Partnership> Get(const std::string& name, const Principal& reader) {
    relationship::v1::GetPartnershipRequest request;
    request.set_name(name);
    PARTNERLINK_RETURN_IF_ERROR(ValidateGetPartnership(request));
    const TestCall call = RelationshipCall("GetPartnership", reader);
    return GetPartnership(call.context, relationship_deps_, request);
  }

  absl::StatusOr<relationship::v1::ListPartnershipsResponse> List(
      const Principal& reader, const std::string& parent, const std::string& filter = "",
      int page_size = 0, const std::string& page_token = "") {
    relationship::v1::ListPartnershipsRequest request;
    request.set_parent(parent);
    request.set_filter(filter);
    request.set_page_size(page_size);
    request.set_page_token(page_token);
    PARTNERLINK_RETURN_IF_ERROR(ValidateListPartnerships(request));
    const TestCall call = RelationshipCall("ListPartnerships", reader);
    return ListPartnerships(call.context, relationship_deps_, request);
  }

  std::vector<std::string> NamesOf(const Principal& reader, const std::string& parent,
                                   const std::string& filter = "") {
    const auto page = List(reader, parent, filter);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> names;
    if (!page.ok()) return names;
    for (const Partnership& partnership : page->partnerships()) names.push_back(partnership.name());
    return names;
  }

  absl::StatusOr<Partnership> SuspendIt(const std::string& name, const Principal& principal) {
    const auto request = Naming<relationship::v1::SuspendPartnershipRequest>(name, "late payment");
    PARTNERLINK_RETURN_IF_ERROR(ValidateSuspendPartnership(request));
    const TestCall call = RelationshipCall("SuspendPartnership", principal);
    return SuspendPartnership(call.context, relationship_deps_, request);
  }

  absl::StatusOr<Partnership> ResumeIt(const std::string& name, const Principal& principal) {
    const auto request = Naming<relationship::v1::ResumePartnershipRequest>(name, "paid");
    PARTNERLINK_RETURN_IF_ERROR(ValidateResumePartnership(request));
    const TestCall call = RelationshipCall("ResumePartnership", principal);
    return ResumePartnership(call.context, relationship_deps_, request);
  }

  absl::StatusOr<Partnership> EndIt(const relationship::v1::EndPartnershipRequest& request,
                                    const Principal& principal) {
    PARTNERLINK_RETURN_IF_ERROR(ValidateEndPartnership(request));
    const TestCall call = RelationshipCall("EndPartnership", principal);
    return EndPartnership(call.context, relationship_deps_, request);
  }
  absl::StatusOr<Partnership> EndIt(const std::string& name, const Principal& principal) {
    return EndIt(Naming<relationship::v1::EndPartnershipRequest>(name, "we part"), principal);
  }

  int Partnerships() { return database_.Count("SELECT count(*) FROM relationship.partnerships"); }
};

TEST_F(PartnershipsTest, AnEstablishmentLeavesARowForEachSide) {
  NewEvents();
  const int audited = AuditRows();
  const std::string name = PartnerUp(kTailwind, kContoso);
  const auto partnership = Get(name, Olga());
  ASSERT_TRUE(partnership.ok()) << partnership.status();
  EXPECT_EQ(partnership->provider(), kTailwind);
  EXPECT_EQ(partnership->reseller(), kContoso);
  EXPECT_EQ(partnership->state(), Partnership::ACTIVE);
  EXPECT_FALSE(partnership->has_end_time());
  EXPECT_THAT(NewEvents(), ElementsAre("partnership.established partners/tailwind",
                                       "partnership.established partners/contoso"));
  EXPECT_EQ(AuditRows() - audited, 2);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.outbox WHERE target = 'invitation'"), 0);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.audit_entries WHERE actor = 'anna' AND"
                            " on_behalf_of = 'partners/contoso'"),
            2);
}

TEST_F(PartnershipsTest, OneSourceHasOneEffectAndOneAnswer) {
  PartnerUp(kTailwind, kFabrikam);
  const auto request = AcceptedPartnership(kTailwind, kContoso, "s1");
  absl::Mutex mutex;
  std::vector<std::string> answers;
  support::Race(8, [&](int) {
    const auto answer = EstablishPartnership(request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    absl::MutexLock lock(&mutex);
    answers.push_back(answer.value_or(EstablishPartnershipResponse()).SerializeAsString());
  });
  EXPECT_THAT(answers, testing::Each(answers[0]));
  EXPECT_EQ(Partnerships(), 2);
}

TEST_F(PartnershipsTest, OfRacingSourcesOneEstablishesIt) {
  PartnerUp(kTailwind, kFabrikam);
  std::atomic<int> active = 0;
  std::atomic<int> refused = 0;
  support::Race(8, [&](int i) {
    const auto answer =
        EstablishPartnership(AcceptedPartnership(kTailwind, kContoso, absl::StrCat("s", i)));
    ASSERT_TRUE(answer.ok()) << answer.status();
    if (answer->state() == EstablishPartnershipResponse::ACTIVE) ++active;
    if (answer->reason() == common::v1::PARTNERSHIP_EXISTS && !answer->partnership().empty()) {
      ++refused;
    }
  });
  EXPECT_EQ(active, 1);
  EXPECT_EQ(refused, 7);
  EXPECT_EQ(Partnerships(), 2);
}

TEST_F(PartnershipsTest, WhatCannotBeIsRefusedAndTheAnswerIsKept) {
  PartnerUp(kTailwind, kFabrikam);
  const auto refusal = [&](const std::string& provider, const std::string& reseller,
                           const std::string& source) {
    const auto answer = EstablishPartnership(AcceptedPartnership(provider, reseller, source));
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? answer->reason() : common::v1::INTERNAL;
  };
  EXPECT_EQ(refusal(kFabrikam, kContoso, "s1"), common::v1::WRONG_KIND);
  EXPECT_EQ(refusal(kTailwind, "partners/nobody", "s2"), common::v1::PARTNER_SUSPENDED);
  EXPECT_EQ(refusal(kTailwind, kTailwind, "s3"), common::v1::SELF_RELATIONSHIP);
  Suspend(kContoso);
  EXPECT_EQ(refusal(kTailwind, kContoso, "s4"), common::v1::PARTNER_SUSPENDED);
  EXPECT_EQ(Partnerships(), 1);
  database_.Run("UPDATE relationship.partners SET state = 'ACTIVE'");
  EXPECT_EQ(refusal(kTailwind, kContoso, "s4"), common::v1::PARTNER_SUSPENDED) << "once for ever";
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.outbox WHERE event ="
                            " 'partnership.refused'"),
            4);
}

TEST_F(PartnershipsTest, ItsTwoSidesAndOperatorsSeeIt) {
  const std::string name = PartnerUp(kTailwind, kContoso);
  for (const Principal& reader : {Anna(), Tess(), Olga()}) {
    EXPECT_TRUE(Get(name, reader).ok()) << reader.account;
  }
  const absl::Status nobodys =
      Get("partners/tailwind/partnerships/0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee", Anna()).status();
  EXPECT_EQ(ReasonOf(nobodys), common::v1::RESOURCE_NOT_FOUND);
  const absl::Status others = Get(name, Bert()).status();
  EXPECT_EQ(ToRpcStatus(others).SerializeAsString(), ToRpcStatus(nobodys).SerializeAsString());
  // Below the other side's name it does not exist.
  const std::string id = name.substr(name.rfind('/') + 1);
  EXPECT_EQ(ReasonOf(Get(absl::StrCat(kContoso, "/partnerships/", id), Anna()).status()),
            common::v1::RESOURCE_NOT_FOUND);
}

TEST_F(PartnershipsTest, AListHoldsThoseOfEitherSideNewestFirst) {
  const std::string first = PartnerUp(kTailwind, kContoso);
  const std::string second = PartnerUp(kTailwind, kFabrikam);
  const std::string third = PartnerUp(kContoso, kFabrikam);
  EXPECT_THAT(NamesOf(Anna(), kContoso), ElementsAre(third, first));
  EXPECT_THAT(NamesOf(Tess(), kTailwind), ElementsAre(second, first));
  EXPECT_THAT(NamesOf(Bert(), kFabrikam), ElementsAre(third, second));
  EXPECT_THAT(NamesOf(Olga(), "partners/-"), ElementsAre(third, second, first));
  EXPECT_THAT(NamesOf(Anna(), kContoso, "reseller = \"partners/contoso\""), ElementsAre(first));
  EXPECT_THAT(NamesOf(Anna(), kContoso, "state = SUSPENDED"), IsEmpty());
  EXPECT_THAT(NamesOf(Bert(), kContoso), ElementsAre(third)) << "the rows decide";
  const auto page = List(Anna(), kContoso, "", 1);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->partnerships_size(), 1);
  EXPECT_EQ(page->partnerships(0).name(), third);
  const auto next = List(Anna(), kContoso, "", 1, page->next_page_token());
  ASSERT_TRUE(next.ok()) << next.status();
  ASSERT_EQ(next->partnerships_size(), 1);
  EXPECT_EQ(next->partnerships(0).name(), first);
  EXPECT_EQ(next->next_page_token(), "");
}

TEST_F(PartnershipsTest, PartnersSeeWhoTheirPartnersAre) {
  const auto see = [&](const std::string& name) {
    relationship::v1::GetPartnerRequest request;
    request.set_name(name);
    const TestCall call = RelationshipCall("GetPartner", Anna());
    return relationship::partners::GetPartner(call.context, relationship_deps_, request);
  };
  EXPECT_EQ(ReasonOf(see(kFabrikam).status()), common::v1::RESOURCE_NOT_FOUND);
  const std::string name = PartnerUp(kTailwind, kContoso);
  const auto seen = see(kTailwind);
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(seen->country(), "PL");
  EXPECT_EQ(seen->state(), relationship::v1::Partner::STATE_UNSPECIFIED);
  EXPECT_EQ(seen->partner_number(), "");
  ASSERT_TRUE(EndIt(name, Anna()).ok());
  EXPECT_EQ(ReasonOf(see(kTailwind).status()), common::v1::RESOURCE_NOT_FOUND);
}

TEST_F(PartnershipsTest, ItsProviderAndOperatorsPauseIt) {
  const std::string name = PartnerUp(kTailwind, kContoso);
  NewEvents();
  for (const Principal& principal : {Tess(), Olga()}) {
    const auto suspended = SuspendIt(name, principal);
    ASSERT_TRUE(suspended.ok()) << suspended.status();
    EXPECT_EQ(suspended->state(), Partnership::SUSPENDED);
    EXPECT_EQ(suspended->state_cause(), "late payment");
    EXPECT_EQ(ReasonOf(SuspendIt(name, principal).status()), common::v1::STATE_TRANSITION);
    const auto resumed = ResumeIt(name, principal);
    ASSERT_TRUE(resumed.ok()) << resumed.status();
    EXPECT_EQ(resumed->state(), Partnership::ACTIVE);
    EXPECT_EQ(ReasonOf(ResumeIt(name, principal).status()), common::v1::STATE_TRANSITION);
  }
  EXPECT_EQ(NewEvents().size(), 8u);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.audit_entries WHERE cause ="
                            " 'late payment' AND actor IN ('tess', 'olga')"),
            4);
  EXPECT_EQ(ReasonOf(SuspendIt(name, Bert()).status()), common::v1::RESOURCE_NOT_FOUND);
}

TEST_F(PartnershipsTest, EitherSideEndsItForGoodAndWhatTheyHaveStays) {
  for (const Principal& ender : {Anna(), Tess()}) {
    const std::string name = PartnerUp(kTailwind, kContoso);
    ASSERT_TRUE(SuspendIt(name, Tess()).ok()) << "a paused one, too";
    ASSERT_TRUE(Establish(support::AcceptedBy(absl::StrCat("customers/", ender.subject), kContoso,
                                              NewUuid()))
                    .ok());
    const std::string edges = RowsOf("relationship.relationships");
    const std::string grants = RowsOf("relationship.grants");
    const auto ended = EndIt(name, ender);
    ASSERT_TRUE(ended.ok()) << ended.status();
    EXPECT_EQ(ended->state(), Partnership::ENDED);
    EXPECT_EQ(ended->state_cause(), "we part");
    EXPECT_GT(ended->end_time().seconds(), 0);
    EXPECT_EQ(RowsOf("relationship.relationships"), edges);
    EXPECT_EQ(RowsOf("relationship.grants"), grants);
    const std::string before = WholeDatabase();
    EXPECT_EQ(ReasonOf(EndIt(name, ender).status()), common::v1::STATE_TRANSITION);
    EXPECT_EQ(ReasonOf(SuspendIt(name, Tess()).status()), common::v1::STATE_TRANSITION);
    EXPECT_EQ(ReasonOf(ResumeIt(name, Olga()).status()), common::v1::STATE_TRANSITION);
    EXPECT_EQ(ReasonOf(EndIt(name, Bert()).status()), common::v1::RESOURCE_NOT_FOUND);
    EXPECT_EQ(WholeDatabase(), before);
  }
}

TEST_F(PartnershipsTest, AnEndTakesTheEtagAndARequestIdLikeEveryChange) {
  auto request = Naming<relationship::v1::EndPartnershipRequest>(PartnerUp(kTailwind, kContoso));
  request.set_request_id(NewUuid());
  request.set_etag("stale");
  EXPECT_EQ(ReasonOf(EndIt(request, Anna()).status()), common::v1::ETAG_MISMATCH);
  request.set_etag(Get(request.name(), Anna())->etag());
  const auto first = EndIt(request, Anna());
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string before = WholeDatabase();
  EXPECT_EQ(EndIt(request, Anna())->SerializeAsString(), first->SerializeAsString());
  request.set_reason("another");
  EXPECT_EQ(ReasonOf(EndIt(request, Anna()).status()), common::v1::REQUEST_ID_REUSED);
  EXPECT_EQ(WholeDatabase(), before);
}

TEST_F(PartnershipsTest, ABadShapeIsRefused) {
  for (const char* name : {"", "partnerships/x", "partners/contoso/partnerships/x", "*"}) {
    EXPECT_EQ(ReasonOf(Get(name, Anna()).status()), common::v1::FIELD_INVALID) << name;
    EXPECT_EQ(ReasonOf(EndIt(name, Anna()).status()), common::v1::FIELD_INVALID) << name;
  }
  auto request = Naming<relationship::v1::EndPartnershipRequest>(PartnerUp(kTailwind, kContoso),
                                                                 std::string(301, 'x'));
  EXPECT_EQ(ReasonOf(EndIt(request, Anna()).status()), common::v1::FIELD_INVALID);
}

class PartnershipEndTest : public PartnershipsTest {
 protected:
  // An invitation of contoso that asks for the provider, too.
  std::string Combined(const std::string& provider, bool issued) {
    const std::string name = issued ? Issued().name() : Draft().name();
    database_.Run(
        absl::StrCat("UPDATE invitation.invitations SET"
                     " kind = 'CUSTOMER_WITH_PROVIDER', provider = '",
                     provider, "' WHERE id = '", support::IdOf(name), "'"));
    return name;
  }
};

TEST_F(PartnershipEndTest, TheOpenCombinedInvitationsOfThePairAreRevokedAndNoOthers) {
  Enrol(database_, "partners/other");
  const std::string partnership = PartnerUp(kTailwind, kContoso);
  const std::vector<std::string> open = {Combined(kTailwind, false), Combined(kTailwind, true)};
  const std::string revoked = Combined(kTailwind, true);
  ASSERT_TRUE(Revoke(revoked).ok());
  const std::vector<std::pair<std::string, std::string>> others = {
      {Combined("partners/other", true), "PENDING"},
      {Issued().name(), "PENDING"},
      {Draft().name(), "DRAFT"},
      {revoked, "REVOKED"}};
  NewEvents();
  ASSERT_TRUE(EndIt(partnership, Tess()).ok());
  const std::string later = Combined(kTailwind, true);
  const std::string cause_before = database_.Value(
      "SELECT state_cause FROM invitation.invitations WHERE id = '" + support::IdOf(revoked) + "'");
  EXPECT_THAT(
      NewEvents(),
      ElementsAre("partnership.ended partners/tailwind", "partnership.ended partners/contoso",
                  "invitation.created partners/contoso", "invitation.issued partners/contoso"));
  TellInvitation();
  for (const std::string& name : open) {
    EXPECT_EQ(StoredState(name), "REVOKED");
    EXPECT_EQ(database_.Value("SELECT state_cause FROM invitation.invitations WHERE id = '" +
                              support::IdOf(name) + "'"),
              "partnership ended");
  }
  for (const auto& [name, state] : others) EXPECT_EQ(StoredState(name), state) << name;
  EXPECT_EQ(StoredState(later), "PENDING") << "made after the end";
  EXPECT_EQ(database_.Value("SELECT state_cause FROM invitation.invitations WHERE id = '" +
                            support::IdOf(revoked) + "'"),
            cause_before);
  EXPECT_THAT(NewEvents(), ElementsAre("invitation.revoked partners/contoso",
                                       "invitation.revoked partners/contoso"));
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.audit_entries WHERE cause ="
                            " 'partnership ended' AND actor = 'tess' AND account ="
                            " 'partners/contoso' AND on_behalf_of = 'partners/tailwind' AND"
                            " service = 'invitation' AND after ->> 'state' = 'REVOKED'"),
            2);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.outbox WHERE root = (SELECT root FROM"
                            " common.outbox WHERE target = 'invitation')"),
            4)
      << "a token of the answer waits for the revocations";
}

TEST_F(PartnershipEndTest, SaidAgainItFindsNothingMore) {
  const std::string partnership = PartnerUp(kTailwind, kContoso);
  Combined(kTailwind, true);
  ASSERT_TRUE(EndIt(partnership, Anna()).ok());
  TellInvitation();
  database_.Run("UPDATE common.outbox SET delivered_time = NULL WHERE target = 'invitation'");
  const std::string invitations = RowsOf("invitation.invitations");
  const int audited = AuditRows();
  TellInvitation();
  EXPECT_EQ(RowsOf("invitation.invitations"), invitations);
  EXPECT_EQ(AuditRows(), audited);
}

TEST_F(PartnershipEndTest, ManyAreRevokedInSeveralTransactions) {
  const std::string partnership = PartnerUp(kTailwind, kContoso);
  Combined(kTailwind, false);
  database_.Run(
      "INSERT INTO invitation.invitations (partner, id, kind, mode, state, locale,"
      " relationship_only, grant_roles, grant_duration_days, grant_auto_extend, agreement_version,"
      " max_uses, ttl, salt, key_id, secret_hash, subject, body_text, creator, provider)"
      " SELECT partner, gen_random_uuid(), kind, mode, state, locale, relationship_only,"
      " grant_roles, grant_duration_days, grant_auto_extend, agreement_version, max_uses, ttl, "
      "salt,"
      " key_id, secret_hash, subject, body_text, creator, provider"
      " FROM invitation.invitations, generate_series(1, 450)");
  ASSERT_TRUE(EndIt(partnership, Anna()).ok());
  TellInvitation();
  EXPECT_EQ(database_.Count("SELECT count(*) FROM invitation.invitations WHERE state = 'REVOKED'"),
            451);
  EXPECT_EQ(database_.Count("SELECT count(DISTINCT xmin::text) FROM invitation.invitations"), 3);
}

}  // namespace
}  // namespace partnerlink::partnerships_test
