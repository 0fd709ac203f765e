// The SQL of partnerships. Every function runs inside the caller's transaction, under its account's
// row-level security; decides nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/filter/filter.h"
#include "common/paging/newest_first.h"
#include "common/postgres/transact.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"

namespace partnerlink::relationship::partnerships {

// A partnership's row.
struct Row {
  v1::Partnership partnership;
  std::string id;
  int64_t revision = 0;
};

std::optional<Row> Find(postgres::Transaction& transaction, const std::string& provider,
                        const std::string& id);

// The same, locked until the transaction ends; only for those who may change it.
std::optional<Row> FindForUpdate(postgres::Transaction& transaction, const std::string& provider,
                                 const std::string& id);

// From here until the transaction ends nobody does what needs the pair's partnership, nor makes or
// changes one.
void LockPair(postgres::Transaction& transaction, const std::string& provider,
              const std::string& reseller);

// From here until the transaction ends the pair's partnership stays as it is. Whether it is ACTIVE.
bool ShareActive(postgres::Transaction& transaction, const std::string& provider,
                 const std::string& reseller);

// The partnership of the pair that is not over.
std::optional<Row> FindLive(postgres::Transaction& transaction, const std::string& provider,
                            const std::string& reseller);

// Inserts the partnership; for a pair that has no live one.
Row Insert(postgres::Transaction& transaction, const v1::Partnership& partnership,
           const std::string& source);

// Another state; none if it is not as in `before` any more.
std::optional<Row> SetState(postgres::Transaction& transaction, const Row& before,
                            v1::Partnership::State state, const std::string& cause);

// The partnerships of the page, and one more if there is one.
std::vector<v1::Partnership> List(postgres::Transaction& transaction,
                                  const paging::NewestFirst& list);

// The fields that a list can be filtered by.
std::vector<filter::Field> ListFields();

}  // namespace partnerlink::relationship::partnerships
