// What a transaction does when the database is slow, busy, gone or full of rivals.
#include "common/postgres/transact.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/postgres/text_array.h"
#include "common/status/status.h"
#include "tests/support/race.h"
#include "tests/support/test_database.h"

namespace partnerlink::postgres::transact_test {
namespace {

using testing::AllOf;
using testing::Each;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Le;

class TransactTest : public testing::Test {
 protected:
  TransactTest() : pool_("relationship_worker", database_.Conninfo("relationship_worker"), 4) {
    database_.Run(
        "INSERT INTO relationship.partners (name, display_name, types, country, partner_number)"
        " VALUES ('partners/contoso', 'Contoso', '{RESELLER}', 'PL', '1')");
  }

  static Scope Within(absl::Duration left) { return {"", absl::Now() + left}; }

  absl::Status Run(const std::string& sql, absl::Duration left = absl::Seconds(5)) {
    return TransactStatus(pool_, Within(left), [&](Transaction& transaction) {
      transaction.Run(sql);
      return absl::OkStatus();
    });
  }

  absl::StatusOr<std::string> Value(const Scope& scope, const std::string& sql) {
    return Transact<std::string>(pool_, scope,
                                 [&](Transaction& transaction) -> absl::StatusOr<std::string> {
                                   return transaction.Run(sql)[0][0].as<std::string>();
                                 });
  }
  std::string Value(const std::string& sql) {
    return Value(Within(absl::Seconds(5)), sql).value_or("failed");
  }

  static std::string Raise(const std::string& sqlstate) {
    return absl::StrCat("DO $$ BEGIN RAISE EXCEPTION 'raised' USING ERRCODE = '", sqlstate,
                        "'; END $$");
  }

  support::TestDatabase database_;
  Pool pool_;
};

TEST_F(TransactTest, AStatementEndsBeforeTheDeadline) {
  const absl::Time start = absl::Now();
  const absl::Status status = Run("SELECT pg_sleep(10)", absl::Milliseconds(600));
  EXPECT_EQ(ReasonOf(status), common::v1::DEADLINE) << status;
  EXPECT_THAT(absl::Now() - start, AllOf(Ge(absl::Milliseconds(300)), Le(absl::Milliseconds(700))));
  EXPECT_TRUE(Run("SELECT 1").ok()) << "the connection is good";
}

TEST_F(TransactTest, NothingStartsWithoutTimeLeft) {
  for (const absl::Duration left :
       {absl::Seconds(-1), absl::ZeroDuration(), absl::Milliseconds(150)}) {
    bool started = false;
    const absl::Status status = TransactStatus(pool_, Within(left), [&](Transaction&) {
      started = true;
      return absl::OkStatus();
    });
    EXPECT_EQ(ReasonOf(status), common::v1::DEADLINE);
    EXPECT_FALSE(started);
  }
}

TEST_F(TransactTest, WaitingForAConnectionEndsAtTheDeadline) {
  std::vector<std::unique_ptr<Pool::Lease>> all;
  for (int i = 0; i < 4; ++i) all.push_back(pool_.Borrow(absl::InfiniteFuture()));
  const absl::Time start = absl::Now();
  EXPECT_EQ(ReasonOf(Run("SELECT 1", absl::Milliseconds(400))), common::v1::DEADLINE);
  EXPECT_LE(absl::Now() - start, absl::Milliseconds(500));
  all.pop_back();
  EXPECT_TRUE(Run("SELECT 1").ok());
}

TEST_F(TransactTest, ThePoolOpensNoMoreThanItsSize) {
  absl::Mutex mutex;
  std::set<std::string> backends;
  support::Race(16, [&](int) {
    const std::string backend = Value("SELECT pg_backend_pid() FROM pg_sleep(0.02)");
    absl::MutexLock lock(&mutex);
    backends.insert(backend);
  });
  EXPECT_LE(backends.size(), 4u);
}

TEST_F(TransactTest, ABusyRowIsAConflictSoon) {
  pqxx::connection holder(database_.Conninfo("postgres"));
  pqxx::work lock(holder);
  lock.exec("SELECT FROM relationship.partners FOR UPDATE");
  const absl::Time start = absl::Now();
  const absl::Status status = Run("SELECT FROM relationship.partners FOR SHARE");
  EXPECT_EQ(ReasonOf(status), common::v1::CONFLICT) << status;
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_THAT(absl::Now() - start, AllOf(Ge(absl::Milliseconds(450)), Le(absl::Milliseconds(900))));
}

TEST_F(TransactTest, WhatMaySucceedAnotherTimeIsTriedThreeTimes) {
  for (const std::string sqlstate : {"40001", "40P01", "23505"}) {
    int attempts = 0;
    const auto fail = [&](int failures) {
      attempts = 0;
      return TransactStatus(pool_, Within(absl::Seconds(5)), [&](Transaction& transaction) {
        if (++attempts <= failures) transaction.Run(Raise(sqlstate));
        return absl::OkStatus();
      });
    };
    EXPECT_TRUE(fail(2).ok()) << sqlstate << fail(2);
    EXPECT_EQ(attempts, 3) << sqlstate;
    const absl::Status lost = fail(100);
    EXPECT_EQ(ReasonOf(lost), common::v1::CONFLICT) << sqlstate << lost;
    EXPECT_EQ(attempts, 3) << sqlstate;
  }
}

// A wall that has closed since the body looked: it looks again.
TEST_F(TransactTest, WhatIsNotAllowedIsDecidedAnew) {
  int attempts = 0;
  const auto fail = [&](int failures) {
    attempts = 0;
    return TransactStatus(pool_, Within(absl::Seconds(5)), [&](Transaction& transaction) {
      if (++attempts <= failures) transaction.Run(Raise("42501"));
      return absl::OkStatus();
    });
  };
  EXPECT_TRUE(fail(1).ok());
  EXPECT_EQ(attempts, 2);
  const absl::Status contradicted = fail(100);
  EXPECT_EQ(contradicted.code(), absl::StatusCode::kInternal) << contradicted;
  EXPECT_EQ(attempts, 3);
}

TEST_F(TransactTest, ARepetitionStartsFromNothing) {
  int attempts = 0;
  const absl::Status status =
      TransactStatus(pool_, Within(absl::Seconds(5)), [&](Transaction& transaction) {
        transaction.Run(
            absl::StrCat("INSERT INTO relationship.establishments (source, response) VALUES ('",
                         attempts, "', '')"));
        if (++attempts < 3) transaction.Run(Raise("40001"));
        return absl::OkStatus();
      });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(database_.Value("SELECT string_agg(source, ' ') FROM relationship.establishments"),
            "2");
}

TEST_F(TransactTest, ARefusalRollsBack) {
  const absl::Status status =
      TransactStatus(pool_, Within(absl::Seconds(5)), [&](Transaction& transaction) {
        transaction.Run(
            "INSERT INTO relationship.establishments (source, response) VALUES ('x', '')");
        return NotFound();
      });
  EXPECT_EQ(ReasonOf(status), common::v1::RESOURCE_NOT_FOUND);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.establishments"), 0);
}

TEST_F(TransactTest, AnUnexpectedErrorHasNoReasonAndHarmsNothing) {
  for (const std::string& sql :
       {std::string("SELECT 1 / 0"), std::string("SELECT FROM nowhere"), std::string("nonsense"),
        std::string("DELETE FROM common.audit_entries"), Raise("XX000"), Raise("P0001")}) {
    const absl::Status status = Run(sql);
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal) << sql << status;
    EXPECT_EQ(ReasonOf(status), std::nullopt) << sql;
    EXPECT_TRUE(Run("SELECT 1").ok()) << sql;
  }
  const absl::Status thrown =
      TransactStatus(pool_, Within(absl::Seconds(5)),
                     [](Transaction&) -> absl::Status { throw std::runtime_error("a bug"); });
  EXPECT_EQ(thrown.code(), absl::StatusCode::kInternal);
  EXPECT_TRUE(Run("SELECT 1").ok());
}

TEST_F(TransactTest, AConnectionKilledUnderAStatementIsTriedOnceMore) {
  int attempts = 0;
  const absl::Status status =
      TransactStatus(pool_, Within(absl::Seconds(5)), [&](Transaction& transaction) {
        ++attempts;
        transaction.Run("SELECT pg_terminate_backend(pg_backend_pid())");
        return absl::OkStatus();
      });
  EXPECT_EQ(ReasonOf(status), common::v1::DEPENDENCY_UNAVAILABLE) << status;
  EXPECT_EQ(attempts, 2);
  EXPECT_TRUE(Run("SELECT 1").ok());
}

// After a restart or a fail-over every idle connection is dead: no call may suffer.
TEST_F(TransactTest, AfterAllConnectionsDiedTheNextCallSucceeds) {
  support::Race(4, [&](int) { EXPECT_EQ(Value("SELECT pg_sleep(0.1)"), ""); });
  database_.Run(
      "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
      " WHERE datname = current_database() AND pid <> pg_backend_pid()");
  const absl::Status status = Run("SELECT 1");
  EXPECT_TRUE(status.ok()) << status;
}

TEST_F(TransactTest, ACancelledStatementIsUnavailable) {
  std::atomic<bool> done = false;
  absl::Status status;
  std::thread call([&] {
    status = Run("SELECT pg_sleep(4)");
    done = true;
  });
  while (!done &&
         database_
             .Run("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname ="
                  " current_database() AND query LIKE '%pg_sleep(4)%' AND pid <> pg_backend_pid()"
                  " AND state = 'active'")
             .empty()) {
    std::this_thread::yield();
  }
  call.join();
  EXPECT_EQ(ReasonOf(status), common::v1::DEPENDENCY_UNAVAILABLE) << status;
}

TEST_F(TransactTest, NoDatabaseIsUnavailable) {
  Pool nowhere("nowhere", "host=/nonexistent user=invitation dbname=x", 1);
  for (int i = 0; i < 3; ++i) {
    const absl::Status status = TransactStatus(nowhere, Within(absl::Seconds(5)),
                                               [](Transaction&) { return absl::OkStatus(); });
    EXPECT_EQ(ReasonOf(status), common::v1::DEPENDENCY_UNAVAILABLE) << status;
  }
}

TEST_F(TransactTest, TheAccountIsTheTransactionsAlone) {
  Pool one("relationship", database_.Conninfo("relationship"), 1);
  const auto account = [&](const std::string& own) {
    return Transact<std::string>(one, Scope{own, absl::Now() + absl::Seconds(5)},
                                 [](Transaction& transaction) -> absl::StatusOr<std::string> {
                                   return transaction
                                       .Run("SELECT coalesce(common.account(), 'none')")[0][0]
                                       .as<std::string>();
                                 })
        .value_or("failed");
  };
  EXPECT_EQ(account("partners/contoso"), "partners/contoso");
  EXPECT_EQ(account(""), "none");
  EXPECT_EQ(account("o'brien\\'; --"), "o'brien\\'; --");
  auto lease = one.Borrow(absl::InfiniteFuture());
  pqxx::nontransaction bare((*lease)->get());
  EXPECT_EQ(bare.exec("SELECT coalesce(common.account(), 'none')")[0][0].as<std::string>(), "none")
      << "nothing stays on the connection";
}

TEST_F(TransactTest, ALinkOpensItsRowForOneTransactionOnly) {
  Pool one("invitation", database_.Conninfo("invitation"), 1);
  const auto seen = [&](bool open) {
    return Transact<std::string>(
               one, Within(absl::Seconds(5)),
               [&](Transaction& transaction) -> absl::StatusOr<std::string> {
                 if (open) transaction.SeeInvitation("00000000-0000-0000-0000-000000000001");
                 return transaction
                     .Run(
                         "SELECT coalesce(nullif(current_setting('partnerlink.invitation', true), "
                         "''),"
                         " 'none')")[0][0]
                     .as<std::string>();
               })
        .value_or("failed");
  };
  EXPECT_NE(seen(true), "none");
  EXPECT_EQ(seen(false), "none");
}

TEST_F(TransactTest, ThePoolsLimitsAreSetInTheTransaction) {
  const auto timeout = [&](absl::Duration left) {
    return std::stoi(
        *Value(Within(left), "SELECT setting FROM pg_settings WHERE name = 'statement_timeout'"));
  };
  EXPECT_THAT(timeout(absl::Seconds(3)), AllOf(Ge(2500), Le(2800)));
  EXPECT_THAT(timeout(absl::Hours(1)), AllOf(Ge(29000), Le(30000)));
  EXPECT_EQ(Value("SELECT setting FROM pg_settings WHERE name = 'lock_timeout'"), "500");
  EXPECT_EQ(Value("SELECT setting FROM pg_settings WHERE name = 'transaction_isolation'"),
            "read committed");
}

TEST_F(TransactTest, AReadWritesNothing) {
  CallContext context;
  context.deadline = absl::Now() + absl::Seconds(5);
  const auto status =
      Read<int>(pool_, context, [](Transaction& transaction) -> absl::StatusOr<int> {
        transaction.Run(
            "INSERT INTO relationship.establishments (source, response) VALUES ('x', '')");
        return 1;
      }).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.establishments"), 0);
}

// Reads by one statement, which calls a function of an account.
class OneStatementTest : public TransactTest {
 protected:
  OneStatementTest() {
    database_.Run(R"sql(
        CREATE FUNCTION relationship.run(account text, statement text) RETURNS text
        LANGUAGE plpgsql SET search_path = pg_catalog AS $$
        DECLARE
          answer text;
        BEGIN
          PERFORM set_config('partnerlink.account', account, true);
          EXECUTE statement INTO answer;
          RETURN answer;
        END $$)sql");
  }

  absl::StatusOr<std::string> Ask(const std::string& statement,
                                  absl::Duration left = absl::Seconds(10)) {
    CallContext context;
    context.principal.account = "partners/contoso";
    context.deadline = absl::Now() + left;
    attempts_ = 0;
    return ReadInOneStatement<std::string>(
        one_, context, [&](Transaction& transaction) -> absl::StatusOr<std::string> {
          ++attempts_;
          return transaction.RunForAccount("SELECT relationship.run($1, $2)", statement)[0][0]
              .as<std::string>();
        });
  }

  static constexpr char kAccount[] = "SELECT coalesce(common.account(), 'none')";
  // Only BEGIN makes it read only.
  static constexpr char kInTransaction[] = "SELECT current_setting('transaction_read_only')";

  Pool one_{"relationship", database_.Conninfo("relationship"), 1};
  int attempts_ = 0;
};

TEST_F(OneStatementTest, TheStatementIsTheTransactionAndTheAccountGoesWithIt) {
  EXPECT_EQ(*Ask(kInTransaction), "off");
  EXPECT_EQ(*Ask(kAccount), "partners/contoso");
  auto lease = one_.Borrow(absl::InfiniteFuture());
  pqxx::nontransaction bare((*lease)->get());
  EXPECT_EQ(bare.exec(kAccount)[0][0].as<std::string>(), "none") << "nothing stays behind";
}

TEST_F(OneStatementTest, WhatRunsAheadIsATransactionOfItsOwnWhereTimeAllows) {
  for (const absl::Duration left : {absl::Seconds(10), absl::Seconds(2)}) {
    std::vector<std::string> transactions;
    const Scope scope{"partners/contoso", absl::Now() + left};
    const absl::Status status = TransactStatus(one_, scope, [&](Transaction& transaction) {
      constexpr char kRun[] = "SELECT relationship.run($1, $2)";
      constexpr char kBoth[] = "SELECT txid_current() || coalesce(common.account(), 'none')";
      const auto note = [&](const pqxx::result& rows) {
        transactions.push_back(rows[0][0].as<std::string>());
      };
      note(transaction.RunAheadForAccount(kRun, kBoth));
      note(transaction.Run(kBoth));
      note(transaction.RunAheadForAccount(kRun, kBoth));
      return absl::OkStatus();
    });
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_THAT(transactions, Each(HasSubstr("partners/contoso")));
    EXPECT_EQ(transactions[0] == transactions[1], left == absl::Seconds(2));
    EXPECT_EQ(transactions[1], transactions[2]) << "it has begun";
  }
}

TEST_F(OneStatementTest, AShortDeadlineIsKeptByAnOrdinaryTransaction) {
  EXPECT_EQ(*Ask(kInTransaction, absl::Seconds(2)), "on");
  EXPECT_EQ(*Ask(kAccount, absl::Seconds(2)), "partners/contoso");
  const absl::Time start = absl::Now();
  const absl::Status status = Ask("SELECT pg_sleep(10)", absl::Milliseconds(600)).status();
  EXPECT_EQ(ReasonOf(status), common::v1::DEADLINE) << status;
  EXPECT_LE(absl::Now() - start, absl::Milliseconds(700));
}

TEST_F(OneStatementTest, AStatementThatTakesTooLongIsEnded) {
  const absl::Time start = absl::Now();
  const absl::Status status = Ask("SELECT pg_sleep(10)").status();
  EXPECT_EQ(ReasonOf(status), common::v1::DEPENDENCY_UNAVAILABLE) << status;
  EXPECT_THAT(absl::Now() - start,
              AllOf(Ge(kStatementTimeout), Le(kStatementTimeout + absl::Seconds(1))));
  EXPECT_EQ(*Ask(kInTransaction), "off") << "the connection is good";
}

TEST_F(OneStatementTest, ABusyTableIsAConflictSoon) {
  pqxx::connection holder(database_.Conninfo("postgres"));
  pqxx::work lock(holder);
  lock.exec("LOCK TABLE relationship.partners");
  const absl::Time start = absl::Now();
  const absl::Status status = Ask("SELECT count(*) FROM relationship.partners").status();
  EXPECT_EQ(ReasonOf(status), common::v1::CONFLICT) << status;
  EXPECT_THAT(absl::Now() - start, AllOf(Ge(kLockTimeout), Le(absl::Milliseconds(900))));
}

TEST_F(OneStatementTest, FailuresMeanWhatTheyMeanInATransaction) {
  EXPECT_EQ(ReasonOf(Ask(Raise("40001")).status()), common::v1::CONFLICT);
  EXPECT_EQ(attempts_, 3);
  EXPECT_EQ(Ask("SELECT 1 / 0").status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(attempts_, 1);
  EXPECT_EQ(*Ask(kInTransaction), "off") << "the connection is good";
  database_.Run(
      "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
      " WHERE datname = current_database() AND usename = 'relationship'");
  EXPECT_EQ(*Ask(kInTransaction), "off") << "by a new connection with the same limits";
  EXPECT_EQ(attempts_, 2);
}

TEST_F(TransactTest, WhatWaitsGoesInOrderBeforeTheNextStatement) {
  const absl::StatusOr<std::string> seen = Transact<std::string>(
      pool_, Within(absl::Seconds(5)), [](Transaction& transaction) -> absl::StatusOr<std::string> {
        transaction.RunLater("SELECT set_config('test.first', $1, true)", std::string("a"));
        transaction.RunLater(
            "SELECT set_config('test.second', current_setting('test.first') || $1 || "
            "encode($2::bytea, 'hex') || coalesce($3, '-') || ($4::integer + 1) || $5::boolean, "
            "true)",
            "b", pqxx::binarystring(std::string("\x00\xff", 2)), static_cast<const char*>(nullptr),
            41, true);
        return transaction.Run("SELECT current_setting('test.second')")[0][0].as<std::string>();
      });
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(*seen, "ab00ff-42true");
}

TEST_F(TransactTest, WhatWaitsIsCommitted) {
  for (const bool alone : {true, false}) {
    const std::string year = alone ? "2001" : "2002";
    const absl::Status status =
        TransactStatus(pool_, Within(absl::Seconds(5)), [&](Transaction& transaction) {
          if (!alone) transaction.Run("SELECT 1");
          transaction.RunLater("UPDATE relationship.partners SET update_time = $1",
                               year + "-01-01T00:00:00Z");
          return absl::OkStatus();
        });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(database_.Value("SELECT extract(year FROM update_time) FROM relationship.partners"),
              year);
  }
}

TEST_F(TransactTest, MoreThanOneRoundTripHoldsWaitsInOrderToo) {
  constexpr int kStatements = 100;
  const absl::StatusOr<std::string> length = Transact<std::string>(
      pool_, Within(absl::Seconds(5)), [](Transaction& transaction) -> absl::StatusOr<std::string> {
        transaction.RunLater("SELECT set_config('test.all', '', true)");
        for (int i = 0; i < kStatements; ++i) {
          transaction.RunLater(
              "SELECT set_config('test.all', current_setting('test.all') || length($1), true)",
              std::string(1000 + static_cast<size_t>(i), 'x'));
        }
        return transaction.Run("SELECT current_setting('test.all')")[0][0].as<std::string>();
      });
  std::string expected;
  for (int i = 0; i < kStatements; ++i) absl::StrAppend(&expected, 1000 + i);
  ASSERT_TRUE(length.ok()) << length.status();
  EXPECT_EQ(*length, expected);
}

TEST_F(TransactTest, RowsThatChangedAreCounted) {
  int64_t changed = -1;
  int64_t kept = -1;
  const absl::Status status =
      TransactStatus(pool_, Within(absl::Seconds(5)), [&](Transaction& transaction) {
        const std::string sql =
            "UPDATE relationship.partners SET update_time = now() WHERE name = $1";
        changed = transaction.RunAndCount(sql, "partners/contoso");
        kept = transaction.RunAndCount(sql, "partners/nobody");
        return absl::OkStatus();
      });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(changed, 1);
  EXPECT_EQ(kept, 0);
}

TEST_F(TransactTest, AFailureOfWhatWaitsUndoesTheTransaction) {
  const std::string before = database_.Value("SELECT update_time FROM relationship.partners");
  const absl::Status status =
      TransactStatus(pool_, Within(absl::Seconds(5)), [&](Transaction& transaction) {
        transaction.Run("UPDATE relationship.partners SET update_time = now()");
        transaction.RunLater(Raise("P0001"));
        transaction.RunLater("UPDATE relationship.partners SET update_time = now()");
        return absl::OkStatus();
      });
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal) << status;
  EXPECT_EQ(database_.Value("SELECT update_time FROM relationship.partners"), before);
  EXPECT_EQ(Value("SELECT 1"), "1") << "the connection is good";
}

TEST_F(TransactTest, WhatWaitsIsTriedAgainToo) {
  for (const std::string sqlstate : {"40001", "40P01", "23505"}) {
    int attempts = 0;
    const absl::Status status =
        TransactStatus(pool_, Within(absl::Seconds(5)), [&](Transaction& transaction) {
          if (++attempts < 3) transaction.RunLater(Raise(sqlstate));
          return absl::OkStatus();
        });
    EXPECT_TRUE(status.ok()) << sqlstate << status;
    EXPECT_EQ(attempts, 3) << sqlstate;
  }
}

TEST_F(TransactTest, ARefusalForgetsWhatWaits) {
  const std::string before = database_.Value("SELECT update_time FROM relationship.partners");
  for (const bool alone : {true, false}) {
    const absl::Status status =
        TransactStatus(pool_, Within(absl::Seconds(5)), [&](Transaction& transaction) {
          if (!alone) transaction.Run("SELECT 1");
          transaction.RunLater("UPDATE relationship.partners SET update_time = now()");
          return Refusal(common::v1::REGION, "No.");
        });
    EXPECT_EQ(ReasonOf(status), common::v1::REGION);
    EXPECT_EQ(database_.Value("SELECT update_time FROM relationship.partners"), before);
  }
}

// Nobody knows whether the commit that went with it has taken effect.
TEST_F(TransactTest, AConnectionKilledUnderTheCommitIsNotTriedAgain) {
  int attempts = 0;
  const absl::Status status =
      TransactStatus(pool_, Within(absl::Seconds(5)), [&](Transaction& transaction) {
        ++attempts;
        transaction.RunLater("SELECT pg_terminate_backend(pg_backend_pid())");
        return absl::OkStatus();
      });
  EXPECT_EQ(ReasonOf(status), common::v1::DEPENDENCY_UNAVAILABLE) << status;
  EXPECT_EQ(attempts, 1);
  EXPECT_EQ(Value("SELECT 1"), "1") << "another connection takes its place";
}

TEST_F(TransactTest, TextArraysComeBackAsTheyWere) {
  const std::vector<std::vector<std::string>> cases = {
      {}, {""}, {"a"}, {"a,b", "{c}", "\"d\"", "\\e", "NULL", "null", " f ", "ą\n\tż", "'"}};
  for (const auto& values : cases) {
    const auto back = Transact<std::vector<std::string>>(
        pool_, Within(absl::Seconds(5)),
        [&](Transaction& transaction) -> absl::StatusOr<std::vector<std::string>> {
          return FromTextArray(transaction.Run("SELECT $1::text[]", ToTextArray(values))[0][0]);
        });
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(*back, values);
  }
}

TEST_F(TransactTest, ArraysOfArraysComeFlat) {
  const auto values = Transact<std::vector<std::string>>(
      pool_, Within(absl::Seconds(5)),
      [&](Transaction& transaction) -> absl::StatusOr<std::vector<std::string>> {
        return FromTextArray(
            transaction.Run("SELECT ARRAY[ARRAY['a', '{b}'], ARRAY['''c', '']]")[0][0]);
      });
  ASSERT_TRUE(values.ok()) << values.status();
  EXPECT_EQ(*values, (std::vector<std::string>{"a", "{b}", "'c", ""}));
}

}  // namespace
}  // namespace partnerlink::postgres::transact_test
