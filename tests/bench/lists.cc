#include "tests/bench/lists.h"

#include <array>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace partnerlink::bench {
namespace {

// The last word of a name follows from its number.
constexpr std::array<const char*, 10> kWords = {"Ltd",       "GmbH",   "Holding",  "Bakery",
                                                "Logistics", "Dental", "Software", "Garage",
                                                "Textiles",  "Energy"};

std::string DisplayName(uint64_t number) {
  return absl::StrCat("Customer ", number, " ", kWords[number % kWords.size()]);
}

// Whether the customer is the one of that number, with all that the list says of it.
bool IsCustomer(const directory::v1::Customer& customer, uint64_t number) {
  return customer.name() == CustomerName(number) &&
         customer.display_name() == DisplayName(number) && customer.country() == "DE" &&
         customer.edges_size() == 1 && customer.edges(0).partner() == "partners/contoso" &&
         customer.domains_size() == 1 &&
         customer.domains(0).name() == absl::StrCat("customer", number, ".example") &&
         customer.labels_size() == 1;
}

// Whether these, and no other ones, are on the page, in this order: `count` customers from `first`
// on, each `step` behind the one before.
bool HasCustomers(const directory::v1::ListCustomersResponse& response, int count, uint64_t first,
                  uint64_t step) {
  if (response.customers_size() != count) return false;
  for (int i = 0; i < count; ++i) {
    if (!IsCustomer(response.customers(i), first + step * static_cast<uint64_t>(i))) return false;
  }
  return true;
}

bool HasMore(const directory::v1::ListCustomersResponse& response) {
  return !response.next_page_token().empty();
}

// The first run of digits in the filter.
uint64_t NumberIn(std::string_view filter) {
  const size_t begin = filter.find_first_of("0123456789");
  const size_t end = filter.find_first_not_of("0123456789", begin);
  uint64_t number = 0;
  for (const char digit : filter.substr(begin, end - begin)) {
    number = number * 10 + static_cast<uint64_t>(digit - '0');
  }
  return number;
}

}  // namespace

std::string CustomerName(uint64_t number) { return absl::StrCat("customers/c", number); }

template <uint64_t kBefore>
bool ListPage<kBefore>::IsRight(const Request&, const Response& response) {
  return HasCustomers(response, kPageSize, kFirstCustomer + kBefore, 1) && HasMore(response) &&
         !response.truncated();
}

template <Search kSearch>
Caller SearchCustomers<kSearch>::Ask(uint64_t random, Request& request) {
  const uint64_t number = kFirstCustomer + random % kCustomers;
  const std::string name = DisplayName(number);
  request.set_parent("partners/contoso");
  request.set_page_size(kPageSize);
  // A number's last four digits, which five customers have, and a word; its first three.
  const std::string digits = absl::StrCat(number).substr(1);
  switch (kSearch) {
    case Search::kExact:
      request.set_filter(absl::StrCat("display_name = \"", name, "\""));
      break;
    case Search::kPrefix:
      request.set_filter(absl::StrCat("display_name = \"Customer ", number / 100, "*\""));
      break;
    case Search::kInfix:
      request.set_filter(
          absl::StrCat("display_name : \"", digits, " ", kWords[number % kWords.size()], "\""));
      break;
    case Search::kCommon:
      request.set_filter(absl::StrCat("display_name : ", kWords[number % kWords.size()]));
      break;
    case Search::kMiss:
      request.set_filter(absl::StrCat("display_name : \"", digits, " ",
                                      kWords[(number + 1) % kWords.size()], "\""));
      break;
  }
  return Caller::kOwn;
}

template <Search kSearch>
bool SearchCustomers<kSearch>::IsRight(const Request& request, const Response& response) {
  const std::string& filter = request.filter();
  switch (kSearch) {
    case Search::kExact:
      return HasCustomers(response, 1, NumberIn(filter), 1) && !HasMore(response) &&
             !response.truncated();
    case Search::kPrefix:
      return HasCustomers(response, kPageSize, NumberIn(filter) * 100, 1) && HasMore(response) &&
             !response.truncated();
    case Search::kInfix:
      return HasCustomers(response, 5, kFirstCustomer + NumberIn(filter), 10'000) &&
             !HasMore(response) && !response.truncated();
    case Search::kCommon:
      for (size_t word = 0; word < kWords.size(); ++word) {
        if (filter.ends_with(kWords[word])) {
          return HasCustomers(response, kPageSize, kFirstCustomer + word, kWords.size()) &&
                 HasMore(response) && response.truncated();
        }
      }
      return false;
    case Search::kMiss:
      return HasCustomers(response, 0, 0, 0) && !HasMore(response) && !response.truncated();
  }
  return false;
}

template struct ListPage<0>;
template struct ListPage<4'950>;
template struct ListPage<10'000>;
template struct SearchCustomers<Search::kExact>;
template struct SearchCustomers<Search::kPrefix>;
template struct SearchCustomers<Search::kInfix>;
template struct SearchCustomers<Search::kCommon>;
template struct SearchCustomers<Search::kMiss>;

}  // namespace partnerlink::bench
