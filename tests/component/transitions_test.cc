// No illegal change of state even by SQL: for every table with a state, every pair of states that
// is not in the schema's `transitions` is refused, whoever writes; these tables say what the
// product says, and the rules in the code say the same. And what is recorded for good stays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "services/directory/subscriptions/rules.h"
#include "services/directory/transfers/rules.h"
#include "services/directory/users/rules.h"
#include "services/invitation/invitations/rules.h"
#include "services/relationship/grants/rules.h"
#include "services/relationship/partners/rules.h"
#include "services/relationship/partnerships/rules.h"
#include "services/relationship/portals/rules.h"
#include "services/relationship/relationships/rules.h"
#include "tests/support/test_database.h"

namespace partnerlink::transitions_test {
namespace {

using support::TestDatabase;
using testing::HasSubstr;
using Transitions = std::set<std::pair<std::string, std::string>>;

// A table with a state. `other` are the columns that its checks bind to the state, `insert` makes
// one row; @ stands for the state, in `insert` # for the one that is to follow.
struct Stateful {
  std::string table;
  std::string other;
  std::string insert;
};

const std::vector<Stateful> kStateful = {
    {"relationship.partners", "", R"sql(
      INSERT INTO relationship.partners (name, display_name, types, country, partner_number, state)
      VALUES ('partners/contoso', 'Contoso', '{RESELLER}', 'PL', '1', '@'))sql"},
    {"relationship.relationships",
     ", effective_end_time = CASE WHEN '@' IN ('ENDING', 'ENDED') THEN now() END",
     // When an end comes is another rule, with tests of its own.
     R"sql(
      ALTER TABLE relationship.relationships DISABLE TRIGGER end_is_kept;
      INSERT INTO relationship.relationships (partner, id, type, customer, state, origin, source,
        effective_end_time)
      VALUES ('partners/contoso', '00000000-0000-0000-0000-000000000001', 'RESELLER',
        'customers/northwind', '@', 'CREATED', 'x',
        CASE WHEN '@' IN ('ENDING', 'ENDED') THEN now() END);
      INSERT INTO relationship.attestations (partner, relationship, text_version, good_faith,
        business_purpose, per_agreement, accepts_responsibility, legal_notice, actor)
      VALUES ('partners/contoso', '00000000-0000-0000-0000-000000000001', '2026-11', true, true, true,
        true, 'GIVEN', 'x'))sql"},
    {"relationship.partnerships", ", end_time = CASE WHEN '@' = 'ENDED' THEN now() END", R"sql(
      INSERT INTO relationship.partnerships (provider, id, reseller, state, source, invitation,
        end_time)
      VALUES ('partners/tailwind', '00000000-0000-0000-0000-000000000001', 'partners/contoso', '@',
        'x', 'x', CASE WHEN '@' = 'ENDED' THEN now() END))sql"},
    // What the clock decides is past where it is to decide.
    {"relationship.grants",
     ", request_time = CASE WHEN '@' = 'CREATED' THEN NULL ELSE coalesce(request_time, now()) END,"
     " lapse_time = CASE WHEN '@' = 'CREATED' THEN NULL"
     "   ELSE coalesce(lapse_time, now() + '1 day') END,"
     " start_time = CASE WHEN '@' IN ('ACTIVE', 'EXPIRED', 'TERMINATED')"
     "   THEN coalesce(start_time, now() - '1 day'::interval) END,"
     " end_time = CASE WHEN '@' IN ('ACTIVE', 'EXPIRED', 'TERMINATED')"
     "   THEN coalesce(end_time, now() + '1 day') END",
     R"sql(
      INSERT INTO relationship.grants (partner, customer, roles, state, start_time, end_time,
        request_time, lapse_time, duration_days, auto_extend)
      VALUES ('partners/contoso', 'customers/northwind', '{user_admin}', '@',
        CASE WHEN '@' IN ('ACTIVE', 'EXPIRED', 'TERMINATED') THEN now() - '1 day'::interval END,
        CASE WHEN '@' IN ('ACTIVE', 'EXPIRED', 'TERMINATED') THEN
          CASE '#' WHEN 'EXPIRED' THEN now() ELSE now() + '1 day' END END,
        CASE WHEN '@' <> 'CREATED' THEN now() - '1 day'::interval END,
        CASE WHEN '@' <> 'CREATED' THEN
          CASE '#' WHEN 'LAPSED' THEN now() ELSE now() + '1 day' END END, 1, 0))sql"},
    {"relationship.portal_records",
     ", reason = CASE WHEN '@' = 'REFUSED' THEN 'REGION' ELSE '' END,"
     " relationship = CASE WHEN '@' = 'ESTABLISHED' THEN id END",
     R"sql(
      INSERT INTO relationship.portal_records (partner_number, portal, customer, company, roles,
        state, reason, relationship)
      VALUES ('1', 'office', 'customers/northwind', '', '{}', '@',
        CASE WHEN '@' = 'REFUSED' THEN 'REGION' ELSE '' END,
        CASE WHEN '@' = 'ESTABLISHED' THEN gen_random_uuid() END))sql"},
    {"invitation.invitations",
     ", kind = CASE WHEN '@' IN ('AWAITING_PROVIDER', 'REFUSED') THEN 'CUSTOMER_WITH_PROVIDER'"
     "   ELSE 'CUSTOMER' END,"
     " provider = CASE WHEN '@' IN ('AWAITING_PROVIDER', 'REFUSED') THEN 'partners/tailwind'"
     "   ELSE '' END,"
     " mode = CASE WHEN '@' = 'EXHAUSTED' THEN 'OPEN' ELSE 'TARGETED' END",
     R"sql(
      INSERT INTO invitation.invitations (partner, id, kind, provider, mode, state, locale,
        relationship_only, grant_roles, grant_duration_days, grant_auto_extend, agreement_version,
        max_uses, use_count, ttl, issue_time, expire_time, salt, key_id, secret_hash, subject,
        body_text, creator)
      VALUES ('partners/contoso', '00000000-0000-0000-0000-000000000001',
        CASE WHEN '@' IN ('AWAITING_PROVIDER', 'REFUSED') THEN 'CUSTOMER_WITH_PROVIDER'
          ELSE 'CUSTOMER' END,
        CASE WHEN '@' IN ('AWAITING_PROVIDER', 'REFUSED') THEN 'partners/tailwind' ELSE '' END,
        CASE WHEN '@' = 'EXHAUSTED' THEN 'OPEN' ELSE 'TARGETED' END, '@',
        'en', true, '{}', 0, 0, '2026-11', 1, 1, '1 day', now(), now(),
        decode(repeat('00', 16), 'hex'), 1, decode(repeat('00', 32), 'hex'), 'Hello', '{{link}}', 'x'))sql"},
    {"invitation.redemption_relationships",
     ", reason = CASE WHEN '@' = 'REFUSED' THEN 'REGION' ELSE '' END", R"sql(
      INSERT INTO invitation.redemption_relationships (partner, invitation, redemption, type, customer,
        edge_partner, state, reason)
      VALUES ('partners/contoso', '00000000-0000-0000-0000-000000000001',
        '00000000-0000-0000-0000-000000000002', 'RESELLER', 'customers/northwind', 'partners/contoso',
        '@', CASE WHEN '@' = 'REFUSED' THEN 'REGION' ELSE '' END))sql"},
    {"invitation.mails", "", R"sql(
      INSERT INTO invitation.mails (partner, invitation, id, generation, address_key, state)
      VALUES ('partners/contoso', '00000000-0000-0000-0000-000000000001',
        '00000000-0000-0000-0000-000000000003', 1, 'ann@contoso.example', '@'))sql"},
    {"invitation.notices", "", R"sql(
      INSERT INTO invitation.notices (id, kind, resource, partner, customer, recipient, address_key,
        locale, partner_display_name, customer_display_name, state)
      VALUES ('00000000-0000-0000-0000-000000000004', 'RELATIONSHIP_REMOVED', 'x',
        'partners/contoso', 'customers/northwind', 'x', 'ann@contoso.example', 'en', 'x', 'x', '@'))sql"},
    {"directory.offers", "", R"sql(
      INSERT INTO directory.offers (name, display_name, term_months, state)
      VALUES ('offers/mail', 'Mail', 12, '@'))sql"},
    // What the clock decides is past where it is to decide.
    {"directory.subscriptions", "", R"sql(
      INSERT INTO directory.subscriptions (customer, partner, relationship, offer, quantity,
        term_months, state, create_time, auto_renew, expire_time)
      VALUES ('customers/northwind', 'partners/contoso', '00000000-0000-0000-0000-000000000001',
        'offers/mail', 1, 12, '@', '2024-01-01T00:00:00Z', 'EXPIRED' NOT IN ('@', '#'),
        CASE WHEN 'EXPIRED' IN ('@', '#') THEN timestamptz '2025-01-01T00:00:00Z' END))sql"},
    {"directory.transfers", "", R"sql(
      INSERT INTO directory.transfers (partner, customer, subscription, relationship,
        releasing_partner, releasing_relationship, actor, state, expire_time)
      VALUES ('partners/fabrikam', 'customers/northwind', '00000000-0000-0000-0000-000000000002',
        '00000000-0000-0000-0000-000000000003', 'partners/contoso',
        '00000000-0000-0000-0000-000000000001', 'x', '@',
        CASE '#' WHEN 'EXPIRED' THEN now() ELSE now() + '1 day' END))sql"},
    {"directory.users",
     ", delete_time = CASE WHEN '@' = 'DELETED' THEN now() END,"
     " purge_time = CASE WHEN '@' = 'DELETED' THEN now() + '30 days' END",
     R"sql(
      INSERT INTO directory.users (customer, id, user_principal_name, state, delete_time, purge_time)
      VALUES ('customers/northwind', '00000000-0000-0000-0000-000000000005',
        'ann@northwind.example', '@', CASE WHEN '@' = 'DELETED' THEN now() END,
        CASE WHEN '@' = 'DELETED' THEN now() + '30 days' END))sql"},
};

// The product's state tables, as far as they are built; an empty state for what is not there yet.
const std::map<std::string, Transitions> kOfTheProduct = {
    {"relationship.partners", {{"", "ACTIVE"}, {"ACTIVE", "SUSPENDED"}, {"SUSPENDED", "ACTIVE"}}},
    {"relationship.relationships",
     {{"", "ACTIVE"},
      // Suspended and resumed.
      {"ACTIVE", "SUSPENDED"},
      {"SUSPENDED", "ACTIVE"},
      // Removed by the partner.
      {"ACTIVE", "ENDED"},
      {"SUSPENDED", "ENDED"},
      // Ended by the customer, which may take it back until the date.
      {"ACTIVE", "ENDING"},
      {"SUSPENDED", "ENDING"},
      {"ENDING", "ACTIVE"},
      {"ENDING", "SUSPENDED"},
      {"ENDING", "ENDED"}}},
    {"relationship.partnerships",
     {{"", "ACTIVE"},
      {"ACTIVE", "SUSPENDED"},
      {"SUSPENDED", "ACTIVE"},
      {"ACTIVE", "ENDED"},
      {"SUSPENDED", "ENDED"}}},
    {"relationship.grants",
     {{"", "CREATED"},
      // With an invitation, or with a customer that its partner creates.
      {"", "ACTIVE"},
      {"CREATED", "APPROVAL_PENDING"},
      {"APPROVAL_PENDING", "ACTIVE"},
      {"APPROVAL_PENDING", "DECLINED"},
      {"APPROVAL_PENDING", "WITHDRAWN"},
      {"APPROVAL_PENDING", "LAPSED"},
      {"ACTIVE", "EXPIRED"},
      {"ACTIVE", "TERMINATED"}}},
    {"relationship.portal_records",
     {{"", "RECORDED"},
      {"RECORDED", "ESTABLISHED"},
      {"RECORDED", "REFUSED"},
      // Imported again, or the partner enrolled again.
      {"REFUSED", "RECORDED"}}},
    {"invitation.invitations",
     {{"", "DRAFT"},
      {"DRAFT", "PENDING"},
      {"DRAFT", "AWAITING_PROVIDER"},
      {"AWAITING_PROVIDER", "PENDING"},
      {"AWAITING_PROVIDER", "REFUSED"},
      {"PENDING", "ACCEPTED"},
      {"PENDING", "EXHAUSTED"},
      {"PENDING", "DECLINED"},
      {"DRAFT", "REVOKED"},
      {"AWAITING_PROVIDER", "REVOKED"},
      {"PENDING", "REVOKED"},
      {"AWAITING_PROVIDER", "EXPIRED"},
      {"PENDING", "EXPIRED"},
      // Sent again.
      {"EXPIRED", "PENDING"},
      {"EXPIRED", "AWAITING_PROVIDER"},
      {"PENDING", "AWAITING_PROVIDER"}}},
    {"invitation.redemption_relationships",
     {{"", "PENDING"}, {"PENDING", "ACTIVE"}, {"PENDING", "REFUSED"}}},
    {"invitation.mails",
     {{"", "QUEUED"},
      {"", "SUPPRESSED"},
      {"QUEUED", "SENT"},
      {"QUEUED", "FAILED"},
      {"QUEUED", "SUPPRESSED"},
      {"QUEUED", "CANCELLED"},
      // The server took it while its invitation ended.
      {"CANCELLED", "SENT"}}},
    {"invitation.notices",
     {{"", "QUEUED"},
      // One of its kind waits already.
      {"", "JOINED"},
      {"", "SUPPRESSED"},
      // This deployment sends no mail.
      {"", "FAILED"},
      {"QUEUED", "SENT"},
      {"QUEUED", "FAILED"},
      {"QUEUED", "SUPPRESSED"}}},
    {"directory.offers",
     {{"", "ACTIVE"}, {"", "RETIRED"}, {"ACTIVE", "RETIRED"}, {"RETIRED", "ACTIVE"}}},
    {"directory.subscriptions",
     {{"", "ACTIVE"},
      {"ACTIVE", "SUSPENDED"},
      {"SUSPENDED", "ACTIVE"},
      {"ACTIVE", "CANCELLED"},
      {"SUSPENDED", "CANCELLED"},
      {"ACTIVE", "EXPIRED"},
      {"SUSPENDED", "EXPIRED"}}},
    {"directory.transfers",
     {{"", "REQUESTED"},
      {"REQUESTED", "ACCEPTED"},
      {"REQUESTED", "REFUSED"},
      {"REQUESTED", "CANCELLED"},
      {"REQUESTED", "EXPIRED"}}},
    {"directory.users", {{"", "ACTIVE"}, {"ACTIVE", "DELETED"}, {"DELETED", "ACTIVE"}}},
};

class TransitionsTest : public testing::Test {
 protected:
  // The states that the table's check admits.
  std::set<std::string> StatesOf(const std::string& table) {
    const std::string check = database_.Value(
        absl::StrCat("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = '",
                     table, "'::regclass AND conname LIKE '%_state_check'"));
    std::set<std::string> states;
    const std::vector<std::string> parts = absl::StrSplit(check, '\'');
    for (size_t i = 1; i < parts.size(); i += 2) states.insert(parts[i]);
    return states;
  }

  Transitions LegalOf(const std::string& table) {
    const std::string resource = database_.Value(absl::StrCat(
        "SELECT encode(tgargs, 'escape') FROM pg_trigger WHERE tgname = 'legal_transition'"
        " AND tgrelid = '",
        table, "'::regclass"));
    const std::string schema = table.substr(0, table.find('.'));
    Transitions legal;
    for (const pqxx::row& row :
         database_.Run(absl::StrCat("SELECT from_state, to_state FROM ", schema,
                                    ".transitions WHERE resource || '\\000' = '", resource, "'"))) {
      legal.emplace(row[0].as<std::string>(), row[1].as<std::string>());
    }
    return legal;
  }

  // Whether the row may be created (`from` empty) or changed so; nothing is kept.
  bool IsAllowed(pqxx::work& transaction, const Stateful& stateful, const std::string& from,
                 const std::string& to) {
    const auto with = [&](const std::string& sql, const std::string& state) {
      return absl::StrReplaceAll(sql, {{"@", state}, {"#", to}});
    };
    pqxx::subtransaction attempt(transaction);
    // Replicas write without triggers and keys: how a row comes into any state at all.
    attempt.exec("SET LOCAL session_replication_role = replica");
    if (!from.empty()) attempt.exec(with(stateful.insert, from));
    attempt.exec("SET LOCAL session_replication_role = origin");
    if (!from.empty()) {
      return Succeeds(attempt, absl::StrCat("UPDATE ", stateful.table, " SET state = '", to, "'",
                                            with(stateful.other, to)));
    }
    return Succeeds(attempt, with(stateful.insert, to));
  }

  bool Succeeds(pqxx::subtransaction& attempt, const std::string& sql) {
    try {
      attempt.exec(sql);
      attempt.abort();
      return true;
    } catch (const pqxx::foreign_key_violation&) {
      attempt.abort();
      return true;  // past the trigger
    } catch (const pqxx::sql_error& error) {
      EXPECT_THAT(error.what(), HasSubstr("illegal transition"));
      attempt.abort();
      return false;
    }
  }

  TestDatabase database_;
};

TEST_F(TransitionsTest, EveryTableWithAStateIsTested) {
  std::set<std::string> tested;
  for (const Stateful& stateful : kStateful) tested.insert(stateful.table);
  std::set<std::string> guarded;
  for (const pqxx::row& row : database_.Run(
           "SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'legal_transition'")) {
    guarded.insert(row[0].as<std::string>());
  }
  EXPECT_EQ(guarded, tested);
  // The directory's edges say what Relationship has decided; they are no state machine of their
  // own.
  std::set<std::string> with_state = {"directory.edges"};
  with_state.insert(tested.begin(), tested.end());
  std::set<std::string> found;
  for (const pqxx::row& row : database_.Run(
           "SELECT attrelid::regclass FROM pg_attribute JOIN pg_class c ON c.oid = attrelid"
           " WHERE attname = 'state' AND relkind = 'r' AND relnamespace::regnamespace::text IN"
           " ('invitation', 'relationship', 'directory', 'common')")) {
    found.insert(row[0].as<std::string>());
  }
  EXPECT_EQ(found, with_state);
}

TEST_F(TransitionsTest, TheListedOnesAreTheProducts) {
  for (const Stateful& stateful : kStateful) {
    EXPECT_EQ(LegalOf(stateful.table), kOfTheProduct.at(stateful.table)) << stateful.table;
  }
}

TEST_F(TransitionsTest, OnlyTheListedOnesAreAllowed) {
  for (const Stateful& stateful : kStateful) {
    const std::set<std::string> states = StatesOf(stateful.table);
    const auto legal = LegalOf(stateful.table);
    ASSERT_GE(states.size(), 2u) << stateful.table;
    ASSERT_FALSE(legal.empty()) << stateful.table;
    pqxx::connection connection(database_.Conninfo("postgres"));
    pqxx::work transaction(connection);
    std::set<std::string> from_states = states;
    from_states.insert("");
    for (const std::string& from : from_states) {
      for (const std::string& to : states) {
        if (from == to) continue;
        EXPECT_EQ(IsAllowed(transaction, stateful, from, to), legal.contains({from, to}))
            << stateful.table << ": '" << from << "' to '" << to << "'";
      }
    }
  }
}

// The control: without the trigger an illegal one passes.
TEST_F(TransitionsTest, ControlWithoutTheTriggerAnythingGoes) {
  for (const Stateful& stateful : kStateful) {
    database_.Run("ALTER TABLE " + stateful.table + " DISABLE TRIGGER USER");
    const std::set<std::string> states = StatesOf(stateful.table);
    const auto legal = LegalOf(stateful.table);
    pqxx::connection connection(database_.Conninfo("postgres"));
    pqxx::work transaction(connection);
    for (const std::string& to : states) {
      EXPECT_TRUE(IsAllowed(transaction, stateful, "", to)) << stateful.table << to;
    }
  }
}

TEST_F(TransitionsTest, OfInvitationsAreThoseOfTheRules) {
  using invitation::invitations::Action;
  using invitation::v1::Invitation;
  constexpr Action kChanges[] = {Action::kIssue,   Action::kAskProvider,     Action::kApprove,
                                 Action::kRefuse,  Action::kAccept,          Action::kExhaust,
                                 Action::kDecline, Action::kRevoke,          Action::kExpire,
                                 Action::kResend,  Action::kAskProviderAgain};
  Transitions ruled = {{"", "DRAFT"}};
  for (int number = 0; number < Invitation::State_ARRAYSIZE; ++number) {
    if (!Invitation::State_IsValid(number)) continue;
    const auto state = static_cast<Invitation::State>(number);
    for (const Action action : kChanges) {
      const auto next = invitation::invitations::After(action, state);
      if (next && *next != state) {
        ruled.emplace(Invitation::State_Name(state), Invitation::State_Name(*next));
      }
    }
  }
  EXPECT_EQ(LegalOf("invitation.invitations"), ruled);
}

TEST_F(TransitionsTest, OfPortalRecordsAreThoseOfTheRules) {
  using relationship::v1::PortalRecord;
  Transitions ruled;
  const auto word = [](PortalRecord::State state) {
    return state == PortalRecord::STATE_UNSPECIFIED ? "" : PortalRecord::State_Name(state);
  };
  for (int from = 0; from < PortalRecord::State_ARRAYSIZE; ++from) {
    for (int to = 1; to < PortalRecord::State_ARRAYSIZE; ++to) {
      const auto before = static_cast<PortalRecord::State>(from);
      const auto after = static_cast<PortalRecord::State>(to);
      if (relationship::portals::MayBecome(before, after)) {
        ruled.emplace(word(before), word(after));
      }
    }
  }
  EXPECT_EQ(LegalOf("relationship.portal_records"), ruled);
}

// All that the rules let one of the actions do with a state of the message.
template <typename State, typename Action, typename Names>
Transitions Ruled(std::initializer_list<Action> actions, int states,
                  const std::function<std::optional<State>(Action, State)>& after, Names name) {
  Transitions ruled = {{"", "ACTIVE"}};
  for (int number = 0; number < states; ++number) {
    const auto state = static_cast<State>(number);
    for (const Action action : actions) {
      if (const auto next = after(action, state)) ruled.emplace(name(state), name(*next));
    }
  }
  return ruled;
}

TEST_F(TransitionsTest, OfSubscriptionsAreThoseOfTheRules) {
  using directory::subscriptions::Action;
  using directory::v1::Subscription;
  Transitions ruled = Ruled<Subscription::State, Action>(
      {Action::kSuspend, Action::kReactivate, Action::kCancel, Action::kExpire},
      Subscription::State_ARRAYSIZE, directory::subscriptions::After,
      [](auto state) { return Subscription::State_Name(state); });
  EXPECT_EQ(LegalOf("directory.subscriptions"), ruled);
}

TEST_F(TransitionsTest, OfTransfersAreThoseOfTheRules) {
  using directory::transfers::Action;
  using directory::v1::Transfer;
  Transitions ruled = Ruled<Transfer::State, Action>(
      {Action::kAccept, Action::kRefuse, Action::kCancel, Action::kExpire},
      Transfer::State_ARRAYSIZE, directory::transfers::After,
      [](auto state) { return Transfer::State_Name(state); });
  // A transfer begins with being asked for.
  ruled.erase({"", "ACTIVE"});
  ruled.emplace("", "REQUESTED");
  EXPECT_EQ(LegalOf("directory.transfers"), ruled);
}

TEST_F(TransitionsTest, OfUsersAreThoseOfTheRules) {
  using directory::users::Action;
  using directory::v1::User;
  Transitions ruled = Ruled<User::State, Action>(
      {Action::kDelete, Action::kRestore}, User::State_ARRAYSIZE, directory::users::After,
      [](auto state) { return User::State_Name(state); });
  EXPECT_EQ(LegalOf("directory.users"), ruled);
}

TEST_F(TransitionsTest, OfPartnersAreThoseOfTheRules) {
  using relationship::partners::Action;
  using relationship::v1::Partner;
  EXPECT_EQ(LegalOf("relationship.partners"),
            (Ruled<Partner::State, Action>({Action::kSuspend, Action::kResume},
                                           Partner::State_ARRAYSIZE, relationship::partners::After,
                                           [](auto state) { return Partner::State_Name(state); })));
}

TEST_F(TransitionsTest, OfPartnershipsAreThoseOfTheRules) {
  using relationship::partnerships::Action;
  using relationship::v1::Partnership;
  EXPECT_EQ(LegalOf("relationship.partnerships"),
            (Ruled<Partnership::State, Action>(
                {Action::kSuspend, Action::kResume, Action::kEnd}, Partnership::State_ARRAYSIZE,
                relationship::partnerships::After,
                [](auto state) { return Partnership::State_Name(state); })));
}

TEST_F(TransitionsTest, OfGrantsAreThoseOfTheRules) {
  using relationship::grants::Action;
  using relationship::v1::Grant;
  Transitions ruled = Ruled<Grant::State, Action>(
      {Action::kRequest, Action::kWithdraw, Action::kApprove, Action::kDecline, Action::kTerminate,
       Action::kLapse, Action::kExpire},
      Grant::State_ARRAYSIZE, relationship::grants::After,
      [](auto state) { return Grant::State_Name(state); });
  ruled.emplace("", Grant::State_Name(relationship::grants::ToDraft({}).state()));
  EXPECT_EQ(LegalOf("relationship.grants"), ruled);
  EXPECT_EQ(relationship::grants::ToCreate({}, "", "").state(), Grant::ACTIVE);
}

// ENDING goes back to the state before: a rule with a fact beside the two states.
TEST_F(TransitionsTest, OfRelationshipsAreThoseOfTheRules) {
  using relationship::relationships::Action;
  using relationship::v1::Relationship;
  Transitions ruled;
  for (const auto before : {Relationship::ACTIVE, Relationship::SUSPENDED}) {
    const auto after = [&](Action action, Relationship::State state) {
      return relationship::relationships::After(action, state, before);
    };
    ruled.merge(Ruled<Relationship::State, Action>(
        {Action::kSuspend, Action::kResume, Action::kRemove, Action::kEnd, Action::kWithdrawEnd,
         Action::kFinishEnd},
        Relationship::State_ARRAYSIZE, after,
        [](auto state) { return Relationship::State_Name(state); }));
  }
  EXPECT_EQ(LegalOf("relationship.relationships"), ruled);
}

TEST_F(TransitionsTest, ARelationshipBeginsActive) {
  const relationship::v1::Relationship begun = relationship::relationships::ToEstablish({}, {});
  for (const auto& [from, to] : LegalOf("relationship.relationships")) {
    if (from.empty()) {
      EXPECT_EQ(to, relationship::v1::Relationship::State_Name(begun.state()));
    }
  }
}

TEST_F(TransitionsTest, OnlyADraftCanBeDeleted) {
  const std::map<std::string, std::string> drafts = {{"invitation.invitations", "DRAFT"},
                                                     {"relationship.grants", "CREATED"}};
  for (const Stateful& stateful : kStateful) {
    if (!drafts.contains(stateful.table)) continue;
    for (const std::string& state : StatesOf(stateful.table)) {
      pqxx::connection connection(database_.Conninfo("postgres"));
      pqxx::work transaction(connection);
      transaction.exec("SET LOCAL session_replication_role = replica");
      transaction.exec(absl::StrReplaceAll(stateful.insert, {{"@", state}}));
      transaction.exec("SET LOCAL session_replication_role = origin");
      const std::string remove = "DELETE FROM " + stateful.table;
      if (state == drafts.at(stateful.table)) {
        EXPECT_EQ(transaction.exec(remove).affected_rows(), 1u) << stateful.table;
      } else {
        EXPECT_THROW(transaction.exec(remove), pqxx::check_violation) << stateful.table << state;
      }
    }
  }
}

class AppendOnlyTest : public testing::Test {
 protected:
  AppendOnlyTest() {
    database_.Run(R"sql(
      INSERT INTO relationship.partners (name, display_name, types, country, partner_number)
        VALUES ('partners/contoso', 'Contoso', '{RESELLER}', 'PL', '1');
      INSERT INTO relationship.relationships (partner, id, type, customer, state, origin, source)
        VALUES ('partners/contoso', '00000000-0000-0000-0000-000000000001', 'RESELLER',
          'customers/northwind', 'ACTIVE', 'CREATED', 'x');
      INSERT INTO relationship.attestations (partner, relationship, text_version, good_faith,
          business_purpose, per_agreement, accepts_responsibility, legal_notice, actor)
        VALUES ('partners/contoso', '00000000-0000-0000-0000-000000000001', '2026-11', true, true,
          true, true, 'GIVEN', 'x');
      INSERT INTO directory.offers (name, display_name, term_months, state)
        VALUES ('offers/mail', 'Mail', 12, 'ACTIVE');
      INSERT INTO directory.subscriptions (customer, id, partner, relationship, offer, quantity,
          term_months, state)
        VALUES ('customers/northwind', '00000000-0000-0000-0000-000000000002', 'partners/contoso',
          '00000000-0000-0000-0000-000000000001', 'offers/mail', 1, 12, 'ACTIVE');
      INSERT INTO directory.subscription_changes (customer, subscription, kind, actor, account,
          revision, new_quantity, new_state, new_auto_renew, new_partner, new_relationship)
        VALUES ('customers/northwind', '00000000-0000-0000-0000-000000000002', 'CREATED', 'x',
          'partners/contoso', 1, 1, 'ACTIVE', true, 'partners/contoso',
          '00000000-0000-0000-0000-000000000001');
      INSERT INTO directory.orders (customer, id, partner, relationship, actor)
        VALUES ('customers/northwind', '00000000-0000-0000-0000-000000000003', 'partners/contoso',
          '00000000-0000-0000-0000-000000000001', 'x');
      INSERT INTO directory.order_lines (customer, order_id, line, offer, subscription, quantity)
        VALUES ('customers/northwind', '00000000-0000-0000-0000-000000000003', 1, 'offers/mail',
          '00000000-0000-0000-0000-000000000002', 1);
      INSERT INTO common.audit_entries (account, service, method, actor, actor_account, actor_roles,
          resource, decision, request_id)
        VALUES ('partners/contoso', 'invitation', 'x', 'x', 'x', '{}', 'x', 'ALLOWED', 'x'))sql");
  }

  // As this role, which may be one that cannot log in.
  std::string Try(const std::string& role, const std::string& sql) {
    pqxx::connection connection(database_.Conninfo("postgres"));
    pqxx::work transaction(connection);
    transaction.exec(absl::StrCat("SET ROLE ", role));
    try {
      transaction.exec(sql);
      transaction.commit();
      return "";
    } catch (const pqxx::sql_error& error) {
      return support::FailureOf(error).sqlstate;
    }
  }

  TestDatabase database_;
};

TEST_F(AppendOnlyTest, AVersionOfTheAgreementIsWholeOrNotThere) {
  const auto text = [](const char* kind, const char* locale, const char* time) {
    return absl::StrCat(
        "INSERT INTO invitation.agreement_texts (version, kind, locale, body, effective_time) "
        "VALUES "
        "('2027-01', '",
        kind, "', '", locale, "', 'We agree.', '", time, "');");
  };
  constexpr char kNewYear[] = "2027-01-01T00:00:00Z";
  const std::string two = text("CUSTOMER", "en", kNewYear) + text("PARTNERSHIP", "en", kNewYear);
  const std::string third = text("CUSTOMER_WITH_PROVIDER", "en", kNewYear);
  EXPECT_EQ(Try("invitation_owner", two), "23514");
  EXPECT_EQ(Try("invitation_owner", two + text("CUSTOMER_WITH_PROVIDER", "de", kNewYear)), "23514");
  EXPECT_EQ(
      Try("invitation_owner", two + text("CUSTOMER_WITH_PROVIDER", "en", "2027-02-01T00:00:00Z")),
      "23514");
  EXPECT_EQ(Try("invitation_owner", two + third), "");
  EXPECT_EQ(Try("invitation_owner", text("CUSTOMER", "fr", kNewYear)), "");
  EXPECT_EQ(Try("invitation_owner", text("CUSTOMER", "it", "2027-02-01T00:00:00Z")), "23514");
}

TEST_F(AppendOnlyTest, NobodyChangesWhatIsRecordedForGood) {
  const std::vector<std::pair<std::string, std::string>> tables = {
      {"common.audit_entries", "method"},         {"relationship.attestations", "actor"},
      {"relationship.attestation_texts", "body"}, {"directory.orders", "actor"},
      {"directory.order_lines", "offer"},         {"directory.subscription_changes", "actor"},
      {"invitation.agreement_texts", "body"}};
  for (const auto& [table, column] : tables) {
    const std::string rows =
        "SELECT string_agg(t::text, ' ' ORDER BY t::text) FROM " + table + " t";
    const std::string before = database_.Value(rows);
    ASSERT_NE(before, "") << table;
    const std::string owner = database_.Value(
        "SELECT relowner::regrole FROM pg_class WHERE oid = '" + table + "'::regclass");
    EXPECT_THAT(owner, HasSubstr("_owner"));
    for (const std::string& role : {owner, std::string("migrator"), std::string("postgres")}) {
      const std::string truncated = Try(role, "TRUNCATE " + table + " CASCADE");
      EXPECT_TRUE(truncated == "23001" || truncated == "42501") << table << role << truncated;
      // Under its own walls an owner does not even see the rows: then nothing happens.
      Try(role, "UPDATE " + table + " SET " + column + " = 'forged'");
      Try(role, "DELETE FROM " + table);
      EXPECT_EQ(database_.Value(rows), before) << table << " by " << role;
    }
    EXPECT_EQ(Try("postgres", "UPDATE " + table + " SET " + column + " = 'forged'"), "23001");
    EXPECT_EQ(Try("postgres", "DELETE FROM " + table), "23001");
  }
}

}  // namespace
}  // namespace partnerlink::transitions_test
