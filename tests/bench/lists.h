// The customer list as the load client asks for it, a page at some depth or a search, and the rows
// that are right. Knows the rows of customers.sql.
#pragma once

#include <cstdint>
#include <string>

#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "tests/bench/caller.h"

namespace partnerlink::bench {

// The first of the 50,000 customers of partners/contoso.
inline constexpr uint64_t kFirstCustomer = 10'000;
inline constexpr uint64_t kCustomers = 50'000;
inline constexpr int kPageSize = 50;

std::string CustomerName(uint64_t number);

struct CustomerList {
  static constexpr char kMethod[] =
      "/partnerlink.directory.v1.CustomerDirectoryService/ListCustomers";
  using Request = directory::v1::ListCustomersRequest;
  using Response = directory::v1::ListCustomersResponse;
};

// The page that begins after `kBefore` rows; its token comes from the pages before it, which the
// client turns ahead of what is measured.
template <uint64_t kBefore>
struct ListPage : CustomerList {
  static constexpr uint64_t kRowsBefore = kBefore;
  static Caller Ask(uint64_t, Request& request) {
    request.set_parent("partners/contoso");
    request.set_page_size(kPageSize);
    request.set_page_token(page_token);
    return Caller::kOwn;
  }
  static bool IsRight(const Request&, const Response& response);
  static inline std::string page_token;
};

using ListCustomers = ListPage<0>;
using ListCustomersPage100 = ListPage<4'950>;
using ListCustomersDeep = ListPage<10'000>;

// Whose names hold what the request asks for, and what of them a page shows.
enum class Search {
  kExact,   // a whole name: one
  kPrefix,  // a hundred
  kInfix,   // five
  kCommon,  // five thousand: more than are looked at
  kMiss     // none, though there are names with the first half, and with the second
};

template <Search kSearch>
struct SearchCustomers : CustomerList {
  static Caller Ask(uint64_t random, Request& request);
  static bool IsRight(const Request& request, const Response& response);
};

}  // namespace partnerlink::bench
