// An invitation's row that somebody else has locked.
#pragma once

#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/support/invitation_fixture.h"
#include "tests/support/test_database.h"

namespace partnerlink::support {

class HeldRow {
 public:
  HeldRow(const TestDatabase& database, const std::string& name)
      : connection_(database.Conninfo("postgres")),
        transaction_(connection_),
        watching_(database.Conninfo("postgres")),
        id_(IdOf(name)) {
    Run("SELECT FROM invitation.invitations WHERE id = '$' FOR UPDATE");
  }

  // In the transaction that holds the row; $ stands for its id.
  void Run(std::string sql) {
    for (size_t at; (at = sql.find('$')) != std::string::npos;) sql.replace(at, 1, id_);
    transaction_.exec(sql);
  }

  // Waits until `count` statements wait for a lock, at most until the invitation's time is over;
  // whether they do.
  bool AwaitWaiters(int count) {
    pqxx::nontransaction watch(watching_);
    while (true) {
      const auto seen = watch.exec(absl::StrCat(
          "SELECT count(*), (SELECT expire_time <= clock_timestamp() FROM invitation.invitations"
          " WHERE id = '",
          id_,
          "') FROM pg_stat_activity WHERE datname = current_database()"
          " AND wait_event_type = 'Lock'"))[0];
      if (seen[1].as<bool>()) return false;
      if (seen[0].as<int>() >= count) return true;
      std::this_thread::yield();
    }
  }

  void AwaitExpiry() {
    Run("SELECT pg_sleep(extract(epoch FROM expire_time - clock_timestamp()) + 0.001)"
        " FROM invitation.invitations WHERE id = '$'");
  }

  void LetGo() { transaction_.commit(); }

 private:
  pqxx::connection connection_;
  pqxx::work transaction_;
  pqxx::connection watching_;
  const std::string id_;
};

}  // namespace partnerlink::support
