// No removal without a whole attestation, by the service or by SQL; and what was attested stays for
// ever, whoever is at work.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/status/status.h"
#include "services/relationship/relationships/handlers.h"
#include "tests/component/relationship_fixture.h"

namespace partnerlink::attestation_test {
namespace {

using relationship::v1::Attestation;
using relationship::v1::RemoveRelationshipRequest;
using support::Anna;
using support::Bert;
using support::kContoso;
using support::kFabrikam;
using support::kNorthwind;
using support::kTailspin;
using support::Outcome;
using support::TestCall;
using testing::HasSubstr;

constexpr char kAttestations[] = "relationship.attestations";

class AttestationTest : public support::RelationshipTest {
 protected:
  AttestationTest() : relationship_(Relate(kNorthwind, kContoso)) {}

  std::string StateOf(const std::string& relationship) {
    return database_.Value(absl::StrCat(
        "SELECT state FROM relationship.relationships WHERE 'relationships/' || id = '",
        relationship, "'"));
  }

  // Every role of the cluster but PostgreSQL's own: logins, owners, the superuser.
  const std::vector<std::string>& Roles() {
    static std::vector<std::string> roles;
    if (!roles.empty()) return roles;
    for (const pqxx::row& row :
         database_.Run("SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY rolname")) {
      roles.push_back(row[0].as<std::string>());
    }
    EXPECT_THAT(roles, testing::IsSupersetOf({"postgres", "migrator", "auditor", "relationship",
                                              "relationship_owner", "relationship_worker"}));
    return roles;
  }

  // In a transaction of the role for each account that could help it.
  std::vector<Outcome> TryAs(const std::string& role, const std::string& sql) {
    std::vector<Outcome> outcomes;
    for (const char* account : {"", kContoso, kNorthwind, "operators"}) {
      Outcome& outcome = outcomes.emplace_back();
      try {
        pqxx::work transaction(superuser_);
        transaction.exec(absl::StrCat("SELECT set_config('partnerlink.account', '", account,
                                      "', true); SET LOCAL ROLE ", role));
        outcome.rows = transaction.exec(sql);
        transaction.commit();
      } catch (const pqxx::sql_error& error) {
        outcome = support::FailureOf(error);
      }
    }
    return outcomes;
  }

  std::string Where(const std::string& relationship) {
    return absl::StrCat(" WHERE 'relationships/' || id = '", relationship, "'");
  }

  std::string End() {
    return absl::StrCat(
        "UPDATE relationship.relationships SET state = 'ENDED',"
        " effective_end_time = now()",
        Where(relationship_));
  }

  std::string Attest(const std::string& relationship) {
    return absl::StrCat(
        "INSERT INTO relationship.attestations (partner, relationship, text_version, good_faith,"
        " business_purpose, per_agreement, accepts_responsibility, legal_notice, actor)"
        " SELECT partner, id, '2026-11', true, true, true, true, 'GIVEN', 'x'"
        " FROM relationship.relationships",
        Where(relationship));
  }

  const std::string relationship_;
  pqxx::connection superuser_{database_.Conninfo("postgres")};
};

TEST_F(AttestationTest, WithoutEachAnswerItIsRefusedAndNothingChanges) {
  using Fault = std::function<void(RemoveRelationshipRequest&)>;
  const std::vector<std::pair<std::string, Fault>> faults = {
      {"attestation.text_version", [](auto& r) { r.mutable_attestation()->clear_text_version(); }},
      {"attestation.good_faith", [](auto& r) { r.mutable_attestation()->set_good_faith(false); }},
      {"attestation.business_purpose",
       [](auto& r) { r.mutable_attestation()->set_business_purpose(false); }},
      {"attestation.per_agreement",
       [](auto& r) { r.mutable_attestation()->set_per_agreement(false); }},
      {"attestation.accepts_responsibility",
       [](auto& r) { r.mutable_attestation()->set_accepts_responsibility(false); }},
      {"attestation.legal_notice", [](auto& r) { r.mutable_attestation()->clear_legal_notice(); }},
      {"attestation.legal_notice",
       [](auto& r) {
         r.mutable_attestation()->set_legal_notice(static_cast<Attestation::LegalNotice>(9));
       }},
      {"attestation.good_faith", [](auto& r) { r.clear_attestation(); }},
  };
  const std::string before = WholeDatabase();
  for (const auto& [field, fault] : faults) {
    RemoveRelationshipRequest request = support::RemovalOf(relationship_);
    fault(request);
    const auto removed = Remove(request, Anna());
    EXPECT_EQ(ReasonOf(removed.status()), common::v1::ATTESTATION_INCOMPLETE) << field;
    EXPECT_EQ(removed.status().code(), absl::StatusCode::kInvalidArgument) << field;
    EXPECT_THAT(ToRpcStatus(removed.status()).SerializeAsString(), HasSubstr(field));
    EXPECT_EQ(WholeDatabase(), before) << field;
  }
}

TEST_F(AttestationTest, OfAnotherVersionItIsRefusedAndNothingChanges) {
  database_.Run(
      "INSERT INTO relationship.attestation_texts VALUES"
      " ('2026-12', 'en', 'Not yet.', now() + '1 day'), ('2026-10', 'en', 'Once.', '2026-10-01')");
  const std::string before = WholeDatabase();
  for (const char* version : {"2026-10", "2026-12", "2026-11 ", "x"}) {
    RemoveRelationshipRequest request = support::RemovalOf(relationship_);
    request.mutable_attestation()->set_text_version(version);
    const auto removed = Remove(request, Anna());
    EXPECT_EQ(ReasonOf(removed.status()), common::v1::ATTESTATION_VERSION) << version;
    EXPECT_EQ(removed.status().code(), absl::StatusCode::kFailedPrecondition) << version;
    EXPECT_THAT(ToRpcStatus(removed.status()).SerializeAsString(), HasSubstr("2026-11"));
    EXPECT_EQ(WholeDatabase(), before) << version;
  }
}

TEST_F(AttestationTest, OnceANewTextIsInEffectTheOldOneIsRefused) {
  database_.Run(
      "INSERT INTO relationship.attestation_texts VALUES ('2026-12', 'en', 'Now.', now())");
  RemoveRelationshipRequest request = support::RemovalOf(relationship_);
  EXPECT_EQ(ReasonOf(Remove(request, Anna()).status()), common::v1::ATTESTATION_VERSION);
  request.mutable_attestation()->set_text_version("2026-12");
  EXPECT_TRUE(Remove(request, Anna()).ok());
}

TEST_F(AttestationTest, BySqlNobodyRemovesWithoutOne) {
  for (const std::string& role : Roles()) {
    for (const Outcome& outcome : TryAs(role, End())) {
      if (outcome.sqlstate == "23514") {
        EXPECT_THAT(outcome.message, HasSubstr("without an attestation")) << role;
      }
      EXPECT_EQ(StateOf(relationship_), "ACTIVE") << role;
    }
  }
  // Who may change the row is stopped by the rule, not by a missing right.
  EXPECT_EQ(TryAs("postgres", End())[0].sqlstate, "23514");
  EXPECT_EQ(TryAs("relationship", End())[1].sqlstate, "23514");
  database_.Run("UPDATE relationship.relationships SET state = 'SUSPENDED'");
  EXPECT_EQ(TryAs("postgres", End())[0].sqlstate, "23514");
  EXPECT_EQ(StateOf(relationship_), "SUSPENDED");
}

TEST_F(AttestationTest, NorOnThatOfAnotherRelationship) {
  const std::string other = Relate(kTailspin, kContoso);
  database_.Run(Attest(other));
  EXPECT_EQ(TryAs("postgres", End())[0].sqlstate, "23514");
  EXPECT_EQ(StateOf(relationship_), "ACTIVE");
}

// A customer ends by a date, without attesting; a partner has no such way round.
TEST_F(AttestationTest, BySqlAPartnerCannotEndInTheCustomersWay) {
  const std::string ending = absl::StrCat(
      "UPDATE relationship.relationships SET state = 'ENDING', effective_end_time = now()",
      Where(relationship_));
  const std::vector<Outcome> outcomes = TryAs("relationship", ending);
  for (size_t i = 0; i < outcomes.size(); ++i) {
    const bool is_customer = i == 2;
    EXPECT_EQ(outcomes[i].ok() && outcomes[i].rows.affected_rows() == 1, is_customer) << i;
  }
}

TEST_F(AttestationTest, BySqlNoAnswerCanBeLeftOutOrFalse) {
  const std::string whole = "true, true, true, true, 'GIVEN'";
  const std::vector<std::pair<std::string, std::string>> answers = {
      {"false, true, true, true, 'GIVEN'", "23514"},
      {"true, false, true, true, 'GIVEN'", "23514"},
      {"true, true, false, true, 'GIVEN'", "23514"},
      {"true, true, true, false, 'GIVEN'", "23514"},
      {"true, true, true, true, ''", "23514"},
      {"NULL, true, true, true, 'GIVEN'", "23502"},
      {"true, NULL, true, true, 'GIVEN'", "23502"},
      {"true, true, NULL, true, 'GIVEN'", "23502"},
      {"true, true, true, NULL, 'GIVEN'", "23502"},
      {"true, true, true, true, NULL", "23502"},
      {whole, ""}};
  for (const auto& [given, sqlstate] : answers) {
    const std::string attest = absl::StrReplaceAll(Attest(relationship_), {{whole, given}});
    EXPECT_EQ(TryAs("postgres", attest)[0].sqlstate, sqlstate) << given;
  }
}

// The control: without the trigger the same statement passes.
TEST_F(AttestationTest, ControlWithoutTheTriggerItPasses) {
  database_.Run("DROP TRIGGER removal_is_attested ON relationship.relationships");
  EXPECT_TRUE(TryAs("postgres", End())[0].ok());
  EXPECT_EQ(StateOf(relationship_), "ENDED");
}

TEST_F(AttestationTest, VersionActorTimeAndEachAnswerAreKept) {
  const std::string other = Relate(kNorthwind, kFabrikam);
  RemoveRelationshipRequest request = support::RemovalOf(relationship_);
  request.mutable_attestation()->set_legal_notice(Attestation::GIVEN);
  // Who attests, and when, is not the caller's to say.
  request.mutable_attestation()->set_actor("somebody else");
  request.mutable_attestation()->mutable_attest_time()->set_seconds(1);
  const std::string from = database_.Value("SELECT clock_timestamp()");
  const auto removed = Remove(request, Anna());
  ASSERT_TRUE(removed.ok()) << removed.status();
  ASSERT_TRUE(Remove(support::RemovalOf(other), Bert()).ok());
  const auto kept = [&](const std::string& relationship) {
    return database_.Value(absl::StrCat(
        "SELECT concat_ws(' ', partner, text_version, good_faith, business_purpose, per_agreement,"
        " accepts_responsibility, legal_notice, actor, attest_time BETWEEN '",
        from, "' AND clock_timestamp()) FROM relationship.attestations",
        absl::StrReplaceAll(Where(relationship), {{"id", "relationship"}})));
  };
  EXPECT_EQ(kept(relationship_), "partners/contoso 2026-11 t t t t GIVEN anna t");
  EXPECT_EQ(kept(other), "partners/fabrikam 2026-11 t t t t NOT_REQUIRED bert t");
  // And its partner reads it, ever after.
  relationship::v1::GetRelationshipRequest get;
  get.set_name(relationship_);
  const TestCall call = support::RelationshipCall("GetRelationship", Anna());
  const auto read =
      relationship::relationships::GetRelationship(call.context, relationship_deps_, get);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->attestation().actor(), "anna");
  EXPECT_EQ(read->attestation().legal_notice(), Attestation::GIVEN);
  EXPECT_EQ(read->attestation().text_version(), "2026-11");
  EXPECT_TRUE(read->attestation().good_faith() && read->attestation().business_purpose() &&
              read->attestation().per_agreement() && read->attestation().accepts_responsibility());
  EXPECT_EQ(read->SerializeAsString(), removed->relationship().SerializeAsString());
}

// What would change or lose a kept attestation, in every way there is short of the triggers' own.
std::vector<std::string> Forgeries() {
  std::vector<std::string> forgeries = {
      "DELETE FROM relationship.attestations",
      "TRUNCATE relationship.attestations",
      "TRUNCATE relationship.relationships CASCADE",
      "TRUNCATE relationship.partners CASCADE",
      "DELETE FROM relationship.relationships",
      "UPDATE relationship.relationships SET id = common.uuid_v7()",
      "INSERT INTO relationship.attestations SELECT * FROM relationship.attestations"
      " ON CONFLICT (partner, relationship) DO UPDATE SET actor = 'forged'"};
  for (const char* change : {"partner = 'partners/fabrikam'", "relationship = common.uuid_v7()",
                             "text_version = 'x'", "good_faith = false", "business_purpose = false",
                             "per_agreement = false", "accepts_responsibility = false",
                             "legal_notice = 'GIVEN'", "actor = 'forged'", "attest_time = now()"}) {
    forgeries.push_back(absl::StrCat("UPDATE relationship.attestations SET ", change));
  }
  return forgeries;
}

TEST_F(AttestationTest, NoRoleChangesOrDeletesOne) {
  ASSERT_TRUE(Remove(support::RemovalOf(relationship_), Anna()).ok());
  const std::string before = RowsOf(kAttestations);
  ASSERT_NE(before, "");
  for (const std::string& forgery : Forgeries()) {
    for (const std::string& role : Roles()) TryAs(role, forgery);
    ASSERT_EQ(RowsOf(kAttestations), before) << forgery;
    EXPECT_FALSE(TryAs("postgres", forgery)[0].ok()) << forgery;
  }
}

// The control: without its triggers each column gives way.
TEST_F(AttestationTest, ControlWithoutTheTriggersTheyGiveWay) {
  ASSERT_TRUE(Remove(support::RemovalOf(relationship_), Anna()).ok());
  database_.Run("ALTER TABLE relationship.attestations DISABLE TRIGGER USER");
  const std::string before = RowsOf(kAttestations);
  EXPECT_TRUE(TryAs("postgres", "UPDATE relationship.attestations SET actor = 'forged'")[0].ok());
  EXPECT_NE(RowsOf(kAttestations), before);
}

}  // namespace
}  // namespace partnerlink::attestation_test
