// The SQL of comparing and mending the partners' lists, for the login `rebuilder`. What should be
// is worked out here from the relationships and customers alone, by none of the statements that
// write the lists in service, so that it can find their faults.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/postgres/transact.h"

namespace partnerlink::directory::rebuild {

// Neighbouring customers by name, both ends included.
struct Range {
  std::string first;
  std::string last;
};

// One thing that is not as it should be.
struct Difference {
  std::string kind;          // see README: `edge_missing`, `listed`, …
  std::string customer;      // `customers/{id}`
  std::string partner;       // `partners/{id}`
  std::string relationship;  // the UUID; empty for a list row
  std::string found;         // never a company's name: this is printed
  std::string wanted;
  int64_t revision = 0;       // of the relationship
  bool is_under_way = false;  // Relationship is about to tell Directory
};

// How much there is to compare.
struct Extent {
  int64_t relationships = 0;
  int64_t rows = 0;  // of the lists
};

// The next customers behind `after` of whom there is any row, so many that no table has many more
// than `limit` rows of them; none if there are no more.
std::optional<Range> FindRange(postgres::Transaction& transaction, const std::string& after,
                               int limit);

Extent Measure(postgres::Transaction& transaction, const Range& range);

// What differs between Relationship's relationships and Directory's edges, and between edges and
// customers and the lists: one statement, and so one moment of both services.
std::vector<Difference> FindDifferences(postgres::Transaction& transaction, const Range& range);

// Since when Relationship owes Directory news, in seconds; nothing if it owes none.
struct Owed {
  int64_t deliveries = 0;
  int64_t oldest_seconds = 0;
};
Owed FindOwed(postgres::Transaction& transaction);

// Makes the edge what the relationship is, unless that has gone on from this revision.
void CopyEdge(postgres::Transaction& transaction, const Difference& difference);

// Deletes an edge that no relationship has.
void DeleteEdge(postgres::Transaction& transaction, const Difference& difference);

// Whether the partner has the customer in its list.
bool IsListed(postgres::Transaction& transaction, const std::string& partner,
              const std::string& customer);

// Makes the partner's row of the customer follow from the edges and the customer; what the partner
// keeps of the customer stays. A row of neither an edge nor the customer's creator goes.
void RewriteRow(postgres::Transaction& transaction, const std::string& partner,
                const std::string& customer);

}  // namespace partnerlink::directory::rebuild
