// The walls between tenants, in the database itself: whatever a service's code does, a transaction
// of account alpha neither sees nor changes a row of beta. Goes over every table that has row-level
// security, so a new table is tested once it has fixture rows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tests/support/test_database.h"

namespace partnerlink::walls_test {
namespace {

using support::Outcome;
using support::TestDatabase;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kOurSchemas[] = "('common', 'invitation', 'relationship', 'directory')";
const std::vector<std::string> kServices = {"invitation", "relationship", "directory"};
// No tenant's: everyone reads it, as it is meant.
constexpr char kCatalogue[] = "'directory.offers'";
// What a transaction of a tenant runs as.
const std::vector<std::string> kAccounts = {"partners/alpha", "customers/alpha-c", ""};

// One row of each table for the tenant $, related to the tenant's own customer.
constexpr char kFixture[] = R"sql(
  INSERT INTO relationship.partners (name, display_name, types, country, partner_number)
    VALUES ('partners/$', 'Partner $', '{RESELLER}', 'PL', '$');
  INSERT INTO relationship.relationships (partner, id, type, customer, state, origin, source)
    VALUES ('partners/$', '#1', 'RESELLER', 'customers/$-c', 'ACTIVE', 'CREATED', '$');
  INSERT INTO relationship.attestations (partner, relationship, text_version, good_faith,
      business_purpose, per_agreement, accepts_responsibility, legal_notice, actor)
    VALUES ('partners/$', '#1', '2026-11', true, true, true, true, 'GIVEN', '$');
  INSERT INTO relationship.grants (partner, customer, roles, state, start_time, end_time,
      duration_days, auto_extend)
    VALUES ('partners/$', 'customers/$-c', '{user_admin}', 'ACTIVE', now(), now() + '1 day', 1, 0);
  INSERT INTO relationship.revocations (partner, relationship, customer, due_time)
    VALUES ('partners/$', '#1', 'customers/$-c', now());
  INSERT INTO relationship.notices (partner, id, kind, resource, customer)
    VALUES ('partners/$', '#1', 'RELATIONSHIP_REMOVED', 'relationships/#1', 'customers/$-c');
  INSERT INTO relationship.establishments (source, response) VALUES ('$', '');
  INSERT INTO relationship.customers (name, country) VALUES ('customers/$-c', 'PL');
  INSERT INTO relationship.partners (name, display_name, types, country, partner_number)
    VALUES ('partners/$-reseller', 'Reseller $', '{RESELLER}', 'PL', '$-reseller');
  INSERT INTO relationship.partnerships (provider, id, reseller, state, source, invitation)
    VALUES ('partners/$', '#9', 'partners/$-reseller', 'ACTIVE', '$', '$');
  INSERT INTO relationship.portal_records (partner_number, portal, customer, company, roles)
    VALUES ('$', 'office', 'customers/$-c', '', '{}');
  INSERT INTO relationship.portal_jobs (partner, partner_number) VALUES ('partners/$', '$');
  INSERT INTO common.suspended_accounts (account) VALUES ('partners/$');
  INSERT INTO directory.customers (name, display_name, country)
    VALUES ('customers/$-c', 'Customer $', 'PL');
  INSERT INTO directory.domains (customer, name) VALUES ('customers/$-c', '$.example');
  INSERT INTO directory.edges (partner, relationship, customer, type, state, revision)
    VALUES ('partners/$', '#1', 'customers/$-c', 'RESELLER', 'ACTIVE', 1);
  INSERT INTO directory.partner_customers (partner, customer, listed, display_name, country, types,
      create_time)
    VALUES ('partners/$', 'customers/$-c', true, 'Customer $', 'PL', '{RESELLER}', now());
  INSERT INTO directory.users (customer, id, user_principal_name)
    VALUES ('customers/$-c', '#8', 'ann@$.example');
  INSERT INTO directory.offers (name, display_name, term_months, state)
    VALUES ('offers/mail', 'Mail', 12, 'ACTIVE') ON CONFLICT DO NOTHING;
  INSERT INTO directory.subscriptions (customer, id, partner, relationship, offer, quantity,
      term_months, state, assigned)
    VALUES ('customers/$-c', '#6', 'partners/$', '#1', 'offers/mail', 1, 12, 'ACTIVE', 1);
  INSERT INTO directory.license_assignments (customer, subscription, user_id)
    VALUES ('customers/$-c', '#6', '#8');
  INSERT INTO directory.subscription_changes (customer, subscription, kind, actor, account, revision,
      new_quantity, new_state, new_auto_renew, new_partner, new_relationship)
    VALUES ('customers/$-c', '#6', 'CREATED', '$', 'partners/$', 1, 1, 'ACTIVE', true, 'partners/$',
      '#1');
  INSERT INTO directory.transfers (partner, customer, subscription, relationship, releasing_partner,
      releasing_relationship, actor, state)
    VALUES ('partners/$-reseller', 'customers/$-c', '#6', '#9', 'partners/$', '#1', '$', 'REQUESTED');
  INSERT INTO directory.imports (partner, import_id) VALUES ('partners/$', '$');
  INSERT INTO directory.import_chunks (partner, import_id, position, request_hash, answer)
    VALUES ('partners/$', '$', 0, '', '');
  INSERT INTO directory.orders (customer, id, partner, relationship, actor)
    VALUES ('customers/$-c', '#7', 'partners/$', '#1', '$');
  INSERT INTO directory.order_lines (customer, order_id, line, offer, subscription, quantity)
    VALUES ('customers/$-c', '#7', 1, 'offers/mail', '#6', 1);
  INSERT INTO invitation.invitations (partner, id, kind, mode, state, locale, relationship_only,
      grant_roles, grant_duration_days, grant_auto_extend, agreement_version, max_uses, ttl, salt,
      key_id, secret_hash, subject, body_text, creator)
    VALUES ('partners/$', '#2', 'CUSTOMER', 'TARGETED', 'DRAFT', 'en', true, '{}', 0, 0, '2026-11',
      1, '1 day', decode(repeat('00', 16), 'hex'), 1, decode(repeat('00', 32), 'hex'), 'Hello',
      '{{link}}', '$');
  INSERT INTO invitation.declines (partner, invitation, account, actor)
    VALUES ('partners/$', '#2', 'customers/$-c', '$');
  INSERT INTO invitation.mails (partner, invitation, id, generation, address_key, state)
    VALUES ('partners/$', '#2', '#9', 1, 'ann@$.example', 'QUEUED');
  INSERT INTO invitation.notices (id, kind, resource, partner, customer, recipient, address_key,
      locale, partner_display_name, customer_display_name, state)
    VALUES ('#9', 'RELATIONSHIP_REMOVED', '$', 'partners/$', 'customers/$-c', 'ann@$.example',
      'ann@$.example', 'en', '$', '$', 'QUEUED');
  INSERT INTO invitation.suppressed_addresses (address_key, reason) VALUES ('ann@$.example', '$');
  INSERT INTO invitation.redemptions (partner, invitation, id, customer, actor, agreement_version)
    VALUES ('partners/$', '#2', '#3', 'customers/$-c', '$', '2026-11');
  INSERT INTO invitation.redemption_relationships (partner, invitation, redemption, type, customer,
      edge_partner, state)
    VALUES ('partners/$', '#2', '#3', 'RESELLER', 'customers/$-c', 'partners/$', 'PENDING');
  INSERT INTO common.request_ids (account, subject, method, request_id, request_hash)
    VALUES ('partners/$', '$', '$', '#4', ''), ('customers/$-c', '$', '$', '#4', '');
  INSERT INTO common.audit_entries (account, service, method, actor, actor_account, actor_roles,
      resource, decision, request_id)
    VALUES ('partners/$', 'invitation', '$', '$', 'partners/$', '{}', '$', 'ALLOWED', '$');
  INSERT INTO common.outbox (id, root, account, actor_account, service, event, resource, payload)
    SELECT gen_random_uuid(), '#5', 'partners/$', 'partners/$', service, '$', '$', ''
    FROM unnest('{invitation,relationship,directory}'::text[]) AS service;
)sql";

std::string FixtureOf(const std::string& tenant, const std::string& digit) {
  std::string sql = kFixture;
  for (int i = 1; i <= 9; ++i) {
    sql = absl::StrReplaceAll(
        sql,
        {{absl::StrCat("#", i), absl::StrCat("00000000-0000-0000-0000-0000000000", digit, i)}});
  }
  return absl::StrReplaceAll(sql, {{"$", tenant}});
}

// A login's connection; every statement is a transaction of its own.
class Session {
 public:
  Session(const TestDatabase& database, const std::string& login)
      : connection_(database.Conninfo(login)) {}

  Outcome Run(const std::string& account, const std::string& sql,
              const std::string& invitation = "") {
    Outcome outcome;
    try {
      pqxx::work transaction(connection_);
      transaction.exec_params(
          "SELECT set_config('partnerlink.account', $1, true),"
          " set_config('partnerlink.invitation', $2, true)",
          account, invitation);
      outcome.rows = transaction.exec(sql);
      transaction.commit();
    } catch (const pqxx::sql_error& error) {
      outcome = support::FailureOf(error);
    }
    return outcome;
  }

 private:
  pqxx::connection connection_;
};

struct Table {
  std::string name;     // with its schema
  std::string columns;  // those that can be written
  std::string betas;    // one row of beta, as JSON
};

class WallsTest : public testing::Test {
 protected:
  WallsTest() {
    database_.Run(FixtureOf("alpha", "a"));
    database_.Run(FixtureOf("beta", "b"));
    const pqxx::result rows = database_.Run(absl::StrCat(
        R"sql(SELECT c.oid::regclass, string_agg(quote_ident(attname), ',')
              FROM pg_class c JOIN pg_attribute ON attrelid = c.oid AND attnum > 0
              WHERE relkind IN ('r', 'p') AND relrowsecurity AND attgenerated = ''
                AND NOT attisdropped AND relnamespace::regnamespace::text IN )sql",
        kOurSchemas, " AND c.oid <> ", kCatalogue, "::regclass GROUP BY c.oid ORDER BY 1"));
    for (const pqxx::row& row : rows) {
      Table table{row[0].as<std::string>(), row[1].as<std::string>(), ""};
      const pqxx::result betas = database_.Run("SELECT to_jsonb(t) FROM " + table.name +
                                               " t WHERE " + kIsBetas + " LIMIT 1");
      if (!betas.empty()) table.betas = betas[0][0].as<std::string>();
      tables_.push_back(table);
    }
  }

  // Every row of beta, and the transaction that wrote it last.
  std::string RowsOfBeta() {
    std::string all;
    for (const Table& table : tables_) {
      absl::StrAppend(
          &all, table.name, ": ",
          database_.Value(absl::StrCat(
              "SELECT coalesce(string_agg(t::text || xmin || xmax, ' ' ORDER BY t::text), '')"
              " FROM ",
              table.name, " t WHERE ", kIsBetas)),
          "\n");
    }
    return all;
  }

  // What the login can do with beta's rows of the table while it works for `account`.
  std::vector<std::string> Breaches(Session& session, const std::string& login,
                                    const std::string& account, const Table& table) {
    std::vector<std::string> breaches;
    const auto note = [&](const char* what) {
      breaches.push_back(absl::StrCat(login, " for '", account, "' ", what, " ", table.name));
    };
    const Outcome seen =
        session.Run(account, absl::StrCat("SELECT FROM ", table.name, " t WHERE ", kIsBetas));
    if (seen.ok() && !seen.rows.empty()) note("sees");
    if (!seen.ok() && seen.sqlstate != kNotAllowed) note("fails to read");
    if (account.empty()) {
      const Outcome any = session.Run(account, "SELECT FROM " + table.name);
      if (any.ok() && !any.rows.empty()) note("without an account sees");
    }
    for (const std::string& column : UpdatableColumns(login, table)) {
      const Outcome changed =
          session.Run(account, absl::StrCat("UPDATE ", table.name, " t SET ", column, " = ", column,
                                            " WHERE ", kIsBetas));
      if (changed.ok() ? changed.rows.affected_rows() > 0 : changed.sqlstate != kNotAllowed) {
        note("changes");
      }
    }
    const Outcome deleted =
        session.Run(account, absl::StrCat("DELETE FROM ", table.name, " t WHERE ", kIsBetas));
    if (deleted.ok() ? deleted.rows.affected_rows() > 0 : deleted.sqlstate != kNotAllowed) {
      note("deletes from");
    }
    // A copy of beta's row: the wall must stop it before the key does.
    const std::string written = WritableColumns(login, table);
    const Outcome inserted = session.Run(
        account, absl::StrCat("INSERT INTO ", table.name, " (", written, ") SELECT ", written,
                              " FROM jsonb_populate_record(NULL::", table.name, ", '",
                              absl::StrReplaceAll(table.betas, {{"'", "''"}}), "')"));
    if (inserted.sqlstate != kNotAllowed) note("writes into");
    return breaches;
  }

  std::vector<std::string> UpdatableColumns(const std::string& login, const Table& table) {
    const pqxx::result rows = database_.Run(
        absl::StrCat("SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = '", table.name,
                     "'::regclass AND attnum > 0 AND NOT attisdropped AND has_column_privilege('",
                     login, "', '", table.name, "', attnum, 'UPDATE')"));
    std::vector<std::string> columns;
    for (const pqxx::row& row : rows) columns.push_back(row[0].as<std::string>());
    return columns;
  }

  // Those that the login may write of a new row; all where it may write none.
  std::string WritableColumns(const std::string& login, const Table& table) {
    const std::string some = database_.Value(
        absl::StrCat("SELECT coalesce(string_agg(quote_ident(attname), ','), '') FROM pg_attribute"
                     " WHERE attrelid = '",
                     table.name,
                     "'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND"
                     " has_column_privilege('",
                     login, "', '", table.name, "', attnum, 'INSERT')"));
    return some.empty() ? table.columns : some;
  }

  std::vector<std::string> AllBreaches(const std::vector<Table>& tables) {
    std::vector<std::string> all;
    for (const std::string& login : kServices) {
      Session session(database_, login);
      for (const std::string& account : kAccounts) {
        for (const Table& table : tables) {
          const auto breaches = Breaches(session, login, account, table);
          all.insert(all.end(), breaches.begin(), breaches.end());
        }
      }
    }
    return all;
  }

  // The tables of which the login sees rows while it works for `account`.
  std::set<std::string> Seen(const std::string& login, const std::string& account) {
    Session session(database_, login);
    std::set<std::string> seen;
    for (const Table& table : tables_) {
      const Outcome outcome = session.Run(account, "SELECT FROM " + table.name);
      if (outcome.ok() && !outcome.rows.empty()) seen.insert(table.name);
    }
    return seen;
  }

  static constexpr char kIsBetas[] = "to_jsonb(t)::text LIKE '%beta%'";
  static constexpr char kNotAllowed[] = "42501";

  TestDatabase database_;
  std::vector<Table> tables_;
};

using Names = std::set<std::string>;

TEST_F(WallsTest, EveryTableIsBehindOneOrHoldsNoTenant) {
  ASSERT_GT(tables_.size(), 10u);
  for (const Table& table : tables_) {
    EXPECT_NE(table.betas, "") << table.name << " has no fixture row: add one";
  }
  EXPECT_EQ(
      database_.Value(absl::StrCat(
          "SELECT string_agg(oid::regclass::text, ' ' ORDER BY oid::regclass::text)"
          " FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace::regnamespace::text IN ",
          kOurSchemas, " AND NOT (relrowsecurity AND relforcerowsecurity)")),
      "directory.transitions invitation.agreement_texts invitation.transitions"
      " relationship.attestation_texts relationship.transitions");
}

TEST_F(WallsTest, NoTenantReachesAnothersRows) {
  const std::string before = RowsOfBeta();
  EXPECT_THAT(AllBreaches(tables_), IsEmpty());
  EXPECT_EQ(RowsOfBeta(), before);
}

// The control: each wall, once taken away, is missed.
TEST_F(WallsTest, ControlEveryWallThatFallsIsSeen) {
  for (const Table& table : tables_) {
    const bool reachable =
        database_.Value(absl::StrCat("SELECT bool_or(has_any_column_privilege(login, '", table.name,
                                     "', 'SELECT, INSERT'))"
                                     " FROM unnest('{",
                                     absl::StrJoin(kServices, ","), "}'::text[]) AS login")) == "t";
    if (!reachable) continue;
    database_.Run("ALTER TABLE " + table.name + " DISABLE ROW LEVEL SECURITY");
    EXPECT_THAT(AllBreaches({table}), Contains(HasSubstr(table.name)));
    database_.Run("ALTER TABLE " + table.name + " ENABLE ROW LEVEL SECURITY");
  }
}

TEST_F(WallsTest, ATenantSeesItsOwnRows) {
  EXPECT_EQ(
      Seen("invitation", "partners/alpha"),
      (Names{"common.request_ids", "invitation.declines", "invitation.invitations",
             "invitation.mails", "invitation.redemption_relationships", "invitation.redemptions"}));
  EXPECT_EQ(Seen("relationship", "partners/alpha"),
            (Names{"common.audit_entries", "common.request_ids", "relationship.attestations",
                   "relationship.grants", "relationship.partners", "relationship.partnerships",
                   "relationship.portal_records", "relationship.relationships"}));
  EXPECT_EQ(Seen("relationship", "partners/alpha-reseller"),
            (Names{"relationship.partners", "relationship.partnerships"}));
  EXPECT_EQ(Seen("directory", "partners/alpha"),
            (Names{"common.request_ids", "directory.customers", "directory.domains",
                   "directory.edges", "directory.import_chunks", "directory.imports",
                   "directory.license_assignments", "directory.order_lines", "directory.orders",
                   "directory.partner_customers", "directory.subscription_changes",
                   "directory.subscriptions", "directory.transfers", "directory.users"}));
  EXPECT_EQ(Seen("directory", "partners/alpha-reseller"), (Names{"directory.transfers"}));
  EXPECT_EQ(Seen("invitation", "customers/alpha-c"),
            (Names{"common.request_ids", "invitation.declines",
                   "invitation.redemption_relationships", "invitation.redemptions"}));
  EXPECT_EQ(Seen("relationship", "customers/alpha-c"),
            (Names{"common.request_ids", "relationship.grants", "relationship.partners",
                   "relationship.relationships"}));
  EXPECT_EQ(
      Seen("directory", "customers/alpha-c"),
      (Names{"common.request_ids", "directory.customers", "directory.domains", "directory.edges",
             "directory.license_assignments", "directory.order_lines", "directory.orders",
             "directory.subscription_changes", "directory.subscriptions", "directory.users"}));
}

TEST_F(WallsTest, AWorkerSeesOnlyWhatItDrives) {
  const std::map<std::string, Names> driven = {
      {"invitation_worker",
       {"common.outbox", "common.request_ids", "invitation.invitations", "invitation.mails",
        "invitation.notices", "invitation.redemption_relationships", "invitation.redemptions",
        "invitation.suppressed_addresses"}},
      {"relationship_worker",
       {"common.outbox", "common.request_ids", "relationship.customers",
        "relationship.establishments", "relationship.grants", "relationship.notices",
        "relationship.partners", "relationship.partnerships", "relationship.portal_jobs",
        "relationship.portal_records", "relationship.relationships", "relationship.revocations"}},
      {"directory_worker",
       {"common.outbox", "common.request_ids", "directory.customers", "directory.domains",
        "directory.edges", "directory.license_assignments", "directory.partner_customers",
        "directory.subscriptions", "directory.transfers", "directory.users"}},
      {"auditor", {"common.audit_entries"}},
      {"rebuilder",
       {"directory.customers", "directory.domains", "directory.edges",
        "directory.partner_customers", "relationship.relationships"}}};
  for (const auto& [login, tables] : driven) {
    EXPECT_EQ(Seen(login, ""), tables) << login;
  }
  for (const std::string& service : kServices) {
    Session session(database_, service + "_worker");
    const Outcome others =
        session.Run("", "SELECT FROM common.outbox WHERE service <> '" + service + "'");
    EXPECT_TRUE(others.ok() && others.rows.empty()) << service;
    // The age of request ids, to delete the old ones, and nothing else of them.
    EXPECT_TRUE(session.Run("", "SELECT create_time FROM common.request_ids").ok());
    EXPECT_EQ(session.Run("", "SELECT response FROM common.request_ids").sqlstate, kNotAllowed);
  }
}

TEST_F(WallsTest, NoLoginHasRightsInAnotherServicesSchemaButOnItsViews) {
  const std::string rights = absl::StrCat(
      R"sql(SELECT coalesce(string_agg(login || ' ' || c.oid::regclass, ', '), '')
            FROM pg_class c, unnest('{invitation,invitation_worker,relationship,relationship_worker,
                                      directory,directory_worker,auditor}'::text[]) AS login
            WHERE relkind IN ('r', 'p', 'S', 'm')
              AND relnamespace::regnamespace::text IN ('invitation', 'relationship', 'directory')
              AND replace(login, '_worker', '') <> relnamespace::regnamespace::text
              AND (has_any_column_privilege(login, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
                   OR has_table_privilege(login, c.oid, 'DELETE, TRUNCATE, TRIGGER')))sql");
  EXPECT_EQ(database_.Value(rights), "");
}

TEST_F(WallsTest, NoLoginMayEmptyATableOrChangeReferenceData) {
  EXPECT_EQ(database_.Value(absl::StrCat(
                R"sql(SELECT coalesce(string_agg(rolname || ' ' || c.oid::regclass, ', '), '')
                FROM pg_class c, pg_roles r
                WHERE relkind IN ('r', 'p') AND rolcanlogin AND NOT rolsuper AND rolname <> 'migrator'
                  AND relnamespace::regnamespace::text IN )sql",
                kOurSchemas,
                R"sql( AND (has_table_privilege(r.oid, c.oid, 'TRUNCATE, TRIGGER, REFERENCES')
                   OR (relname IN ('transitions', 'agreement_texts', 'attestation_texts')
                       AND has_table_privilege(r.oid, c.oid, 'INSERT, UPDATE, DELETE'))))sql")),
            "");
}

TEST_F(WallsTest, ALinkOpensItsOwnRowOnly) {
  Session session(database_, "invitation");
  const std::string betas = "00000000-0000-0000-0000-0000000000b2";
  const Outcome opened =
      session.Run("customers/alpha-c", "SELECT partner FROM invitation.invitations", betas);
  ASSERT_TRUE(opened.ok());
  ASSERT_EQ(opened.rows.size(), 1u);
  EXPECT_EQ(opened.rows[0][0].as<std::string>(), "partners/beta");
  const Outcome redemptions =
      session.Run("customers/alpha-c",
                  "SELECT FROM invitation.redemptions WHERE partner = 'partners/beta'", betas);
  EXPECT_TRUE(redemptions.ok() && redemptions.rows.empty());
  const Outcome deleted =
      session.Run("customers/alpha-c", "DELETE FROM invitation.invitations", betas);
  EXPECT_TRUE(deleted.ok() && deleted.rows.affected_rows() == 0) << deleted.message;
  const Outcome moved =
      session.Run("", "SELECT FROM invitation.invitations", "00000000-0000-0000-0000-000000000000");
  EXPECT_TRUE(moved.ok() && moved.rows.empty());
}

// They set the account themselves: what they answer depends on that, not on the row they are asked
// for.
constexpr char kOpenLists[] =
    "CREATE OR REPLACE FUNCTION directory.may_see_list(of_partner text) RETURNS boolean"
    " LANGUAGE sql STABLE RETURN true";

TEST_F(WallsTest, AHotReadAnswersRowsOfItsAccountOnly) {
  struct HotRead {
    const char* login;
    const char* table;
    const char* call;  // for the account ?
    std::vector<std::string> accounts;
    // Takes the wall away where it is not the table's row-level security.
    const char* open = nullptr;
  };
  const std::vector<HotRead> reads = {
      {"invitation",
       "invitation.invitations",
       "invitation.get_invitation('?', 'partners/beta', '00000000-0000-0000-0000-0000000000b2')",
       {"partners/beta", "operators"}},
      {"invitation",
       "invitation.redemptions",
       "invitation.get_redemption('?', 'partners/beta', '00000000-0000-0000-0000-0000000000b2',"
       " '00000000-0000-0000-0000-0000000000b3')",
       {"partners/beta", "customers/beta-c", "operators"}},
      {"directory",
       "directory.partner_customers",
       "directory.list_customers('?', 'partners/beta', '', '', 10)",
       {"partners/beta", "operators"}},
      {"directory",
       "directory.partner_customers",
       "directory.search_customers('?', 'partners/beta', 'ALL', '', '', '', 10, 10)",
       {"partners/beta", "operators"},
       kOpenLists},
      {"directory",
       "directory.partner_customers",
       "directory.search_customers('?', 'partners/beta', 'WHOLE', 'Customer beta', '', '', 10, 10)",
       {"partners/beta", "operators"},
       kOpenLists},
      {"directory",
       "directory.partner_customers",
       "directory.search_customers('?', 'partners/beta', 'PART', 'omer b', '', '', 10, 10)",
       {"partners/beta", "operators"},
       kOpenLists}};
  const std::string list_wall =
      database_.Value("SELECT pg_get_functiondef('directory.may_see_list'::regproc)");
  for (const HotRead& read : reads) {
    Session session(database_, read.login);
    const auto answers = [&](const std::string& account) {
      const Outcome outcome = session.Run(
          "", absl::StrCat("SELECT FROM ", absl::StrReplaceAll(read.call, {{"?", account}})));
      EXPECT_TRUE(outcome.ok()) << outcome.message;
      return outcome.rows.size();
    };
    for (const std::string& account : read.accounts) {
      EXPECT_EQ(answers(account), 1u) << read.call << account;
    }
    for (const std::string& account : kAccounts) {
      EXPECT_EQ(answers(account), 0u) << read.call << account;
    }
    // The control: it is the wall that keeps the row back.
    database_.Run(read.open != nullptr
                      ? std::string(read.open)
                      : absl::StrCat("ALTER TABLE ", read.table, " DISABLE ROW LEVEL SECURITY"));
    EXPECT_EQ(answers("partners/alpha"), 1u) << read.call;
    database_.Run(absl::StrCat("ALTER TABLE ", read.table, " ENABLE ROW LEVEL SECURITY"));
    database_.Run(list_wall);
  }
}

// One that reads as its owner asks a wall of its own first; AHotReadAnswersRowsOfItsAccountOnly
// opens it.
TEST_F(WallsTest, AFunctionThatSetsTheAccountRunsAsItsCallerAndForNobodyElse) {
  const std::string setters = absl::StrCat(
      R"sql( FROM pg_proc p WHERE prosrc LIKE '%partnerlink.account%'
             AND pronamespace::regnamespace::text IN )sql",
      kOurSchemas);
  EXPECT_GE(database_.Count("SELECT count(*)" + setters), 1);
  EXPECT_EQ(database_.Value(absl::StrCat(
                "SELECT coalesce(string_agg(oid::regprocedure::text, ', '), '')", setters,
                R"sql( AND (prosecdef AND prosrc NOT LIKE '%IF NOT directory.may_see_list(%'
                       OR has_function_privilege('public', oid, 'EXECUTE')
                       OR NOT coalesce('search_path=pg_catalog' = ANY (proconfig), false)))sql")),
            "");
}

TEST_F(WallsTest, EveryoneReadsTheCatalogueAndOperatorsKeepIt) {
  Session directory(database_, "directory");
  const std::string insert =
      "INSERT INTO directory.offers (name, display_name, term_months, state)"
      " VALUES ('offers/phone', 'Phone', 1, 'ACTIVE')";
  for (const std::string& account : kAccounts) {
    EXPECT_EQ(directory.Run(account, "SELECT FROM directory.offers").rows.size(), 1u) << account;
    EXPECT_EQ(directory.Run(account, insert).sqlstate, kNotAllowed) << account;
    const Outcome changed = directory.Run(account, "UPDATE directory.offers SET state = 'RETIRED'");
    EXPECT_TRUE(changed.ok() && changed.rows.affected_rows() == 0) << account << changed.message;
  }
  EXPECT_TRUE(directory.Run("operators", insert).ok());
  EXPECT_EQ(directory.Run("operators", "UPDATE directory.offers SET state = 'RETIRED'")
                .rows.affected_rows(),
            2u);
  EXPECT_EQ(directory.Run("operators", "DELETE FROM directory.offers").sqlstate, kNotAllowed);
}

TEST_F(WallsTest, PublishedViewsShowWhatTheirPurposeNeeds) {
  Session invitation(database_, "invitation");
  Session directory(database_, "directory");
  const auto count = [](const Outcome& outcome) {
    EXPECT_TRUE(outcome.ok()) << outcome.message;
    return outcome.rows.size();
  };
  Session relationship(database_, "relationship");
  const char* customers = "SELECT FROM directory.published_customers";
  const char* subscriptions = "SELECT FROM directory.published_subscriptions";
  const char* grants = "SELECT FROM relationship.published_grants";
  EXPECT_EQ(count(invitation.Run("customers/alpha-c", customers)), 1u);
  EXPECT_EQ(count(invitation.Run("partners/alpha", customers)), 0u);
  EXPECT_EQ(count(invitation.Run("", customers)), 0u);
  EXPECT_EQ(count(directory.Run("partners/alpha", grants)), 1u);
  EXPECT_EQ(count(directory.Run("customers/alpha-c", grants)), 1u);
  EXPECT_EQ(count(directory.Run("", grants)), 0u);
  EXPECT_EQ(count(relationship.Run("partners/alpha", subscriptions)), 1u);
  EXPECT_EQ(count(relationship.Run("customers/alpha-c", subscriptions)), 1u);
  EXPECT_EQ(count(relationship.Run("", subscriptions)), 0u);
  database_.Run("UPDATE directory.subscriptions SET state = 'CANCELLED'");
  EXPECT_EQ(count(relationship.Run("partners/alpha", subscriptions)), 0u);
  EXPECT_EQ(count(invitation.Run("", "SELECT FROM relationship.published_partners")), 4u)
      << "names, countries and states of partners are open to the rules";
  const char* partnerships = "SELECT FROM relationship.published_partnerships";
  EXPECT_EQ(count(invitation.Run("customers/alpha-c", partnerships)), 2u)
      << "which partnerships are in force is open to the rules";
  database_.Run("UPDATE relationship.partnerships SET state = 'ENDED', end_time = now()");
  EXPECT_EQ(count(invitation.Run("customers/alpha-c", partnerships)), 0u);
}

// The database itself knows who may do what with a partnership.
TEST_F(WallsTest, ThePartiesOfAPartnershipChangeItAsTheyMay) {
  Session session(database_, "relationship");
  const auto change = [&](const std::string& account, const std::string& state) {
    database_.Run("UPDATE relationship.partnerships SET state = 'SUSPENDED'");
    const Outcome outcome = session.Run(
        account, absl::StrCat("UPDATE relationship.partnerships SET state = '", state,
                              "', end_time = CASE WHEN '", state, "' = 'ENDED' THEN now() END",
                              " WHERE provider = 'partners/alpha'"));
    if (!outcome.ok()) return outcome.sqlstate;
    return outcome.rows.affected_rows() > 0 ? std::string("changed") : std::string("not seen");
  };
  EXPECT_EQ(change("partners/alpha", "ACTIVE"), "changed");
  EXPECT_EQ(change("partners/alpha-reseller", "ACTIVE"), kNotAllowed);
  EXPECT_EQ(change("operators", "ACTIVE"), "changed");
  EXPECT_EQ(change("operators", "ENDED"), kNotAllowed);
  EXPECT_EQ(change("partners/beta", "ENDED"), "not seen");
  EXPECT_EQ(change("customers/alpha-c", "ENDED"), "not seen");
  EXPECT_EQ(change("partners/alpha-reseller", "ENDED"), "changed");
}

// A draft is no customer's, and neither side makes of a grant what is the other's to decide: see
// grant_states_test.cc for what they may.
TEST_F(WallsTest, ACustomerDoesNotSeeADraftOfAGrant) {
  database_.Run(
      "INSERT INTO relationship.grants (partner, customer, roles, state, duration_days, "
      "auto_extend)"
      " VALUES ('partners/alpha', 'customers/alpha-c', '{user_admin}', 'CREATED', 1, 0)");
  Session session(database_, "relationship");
  const std::string drafts = "SELECT FROM relationship.grants WHERE state = 'CREATED'";
  EXPECT_EQ(session.Run("partners/alpha", drafts).rows.size(), 1u);
  EXPECT_EQ(session.Run("customers/alpha-c", drafts).rows.size(), 0u);
  EXPECT_EQ(session.Run("operators", drafts).rows.size(), 1u);
  const Outcome published =
      session.Run("partners/alpha", "SELECT FROM relationship.published_grants");
  EXPECT_EQ(published.rows.size(), 1u) << "a draft is not in force";
  const std::string insert =
      "INSERT INTO relationship.grants (partner, customer, roles, state, duration_days, "
      "auto_extend)"
      " VALUES ('partners/alpha', 'customers/alpha-c', '{user_admin}', '$', 1, 0)";
  EXPECT_TRUE(session.Run("partners/alpha", absl::StrReplaceAll(insert, {{"$", "CREATED"}})).ok());
  EXPECT_EQ(session.Run("partners/alpha", absl::StrReplaceAll(insert, {{"$", "ACTIVE"}})).sqlstate,
            kNotAllowed);
  EXPECT_EQ(session
                .Run("partners/alpha",
                     absl::StrReplaceAll(insert, {{"$", "CREATED"}, {"alpha-c", "beta-c"}}))
                .sqlstate,
            kNotAllowed)
      << "of a customer that it does not serve";
  EXPECT_EQ(
      session.Run("customers/alpha-c", absl::StrReplaceAll(insert, {{"$", "CREATED"}})).sqlstate,
      kNotAllowed);
}

TEST_F(WallsTest, APartnerDoesNotChangeHowItStands) {
  Session session(database_, "relationship");
  const char* resume = "UPDATE relationship.partners SET state = '$' WHERE name = 'partners/alpha'";
  const auto to = [&](const char* state) { return absl::StrReplaceAll(resume, {{"$", state}}); };
  EXPECT_TRUE(session.Run("operators", to("SUSPENDED")).ok());
  EXPECT_EQ(session.Run("partners/alpha", to("ACTIVE")).sqlstate, kNotAllowed);
  const char* standing =
      "SELECT count(*) FROM common.suspended_accounts WHERE account ="
      " 'partners/alpha'";
  EXPECT_EQ(database_.Count(standing), 1);
  EXPECT_TRUE(session.Run("operators", to("ACTIVE")).ok());
  EXPECT_EQ(database_.Count(standing), 0);
}

TEST_F(WallsTest, AServiceWritesAuditAndEventsInItsOwnNameOnly) {
  for (const std::string& service : kServices) {
    for (const std::string& login : {service, service + "_worker"}) {
      Session session(database_, login);
      for (const std::string& other : kServices) {
        const Outcome event = session.Run(
            "partners/alpha",
            absl::StrCat(
                "INSERT INTO common.outbox (id, root, account, actor_account, service, event,"
                " resource, target, payload) VALUES (gen_random_uuid(), gen_random_uuid(),"
                " 'partners/alpha', 'partners/alpha', '",
                other, "', 'x', 'x', 'directory', '')"));
        EXPECT_EQ(event.ok(), other == service) << login << " as " << other << event.message;
      }
    }
  }
}

TEST_F(WallsTest, NoLoginCanGoAroundThem) {
  EXPECT_EQ(database_.Value(
                R"sql(SELECT coalesce(string_agg(rolname, ', '), '') FROM pg_roles
                      WHERE rolname <> 'postgres' AND rolname !~ '^pg_'
                        AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb
                             OR rolreplication))sql"),
            "");
  EXPECT_EQ(database_.Value(
                R"sql(SELECT coalesce(string_agg(DISTINCT m.rolname, ', '), '')
                      FROM pg_auth_members JOIN pg_roles m ON m.oid = member
                      WHERE m.rolname !~ '^pg_')sql"),
            "migrator");
}

}  // namespace
}  // namespace partnerlink::walls_test
