// Random partners and what they hold of random customers: written into a test's database in bulk,
// and kept here as they were written.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/component/access_model.h"
#include "tests/support/test_database.h"

namespace partnerlink::access_model {

// What is random in a run: the same seed, the same choices on every machine.
class Chance {
 public:
  explicit Chance(uint64_t seed) : engine_(seed) {}

  // 0 to `count` - 1.
  int Below(int count) { return static_cast<int>(engine_() % static_cast<uint64_t>(count)); }
  bool Percent(int percent) { return Below(100) < percent; }
  // A name's UUID.
  std::string Uuid();
  template <typename Item>
  const Item& OneOf(const std::vector<Item>& items) {
    return items[static_cast<size_t>(Below(static_cast<int>(items.size())))];
  }
  // One to three of the items, each once.
  std::vector<std::string> SomeOf(const std::vector<std::string>& items);

 private:
  std::mt19937_64 engine_;
};

// A partner and its graph.
struct Partner {
  std::string name;
  std::string state;  // ACTIVE, SUSPENDED; empty: not enrolled, and so without a graph
  std::map<std::string, Holdings> by_customer;  // those it has, or had, something of
};

// `partners` partners with graphs over the same `customers` customers.
struct Graphs {
  std::vector<Partner> partners;
  std::vector<std::string> customers;
};

Graphs MakeGraphs(Chance& chance, int partners, int customers);

// Writes them as the superuser, past keys and triggers: also what no transition leads to.
void Write(const support::TestDatabase& database, const Graphs& graphs);

}  // namespace partnerlink::access_model
