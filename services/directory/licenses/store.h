// The SQL of licences. Every function runs inside the caller's transaction, under its account's
// row-level security; decides nothing. Whoever gives or takes licences has locked the user, and
// then the subscriptions, in the order of their ids.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/postgres/transact.h"
#include "partnerlink/directory/v1/user.pb.h"
#include "services/directory/licenses/rules.h"
#include "services/directory/users/store.h"

namespace partnerlink::directory::licenses {

// The seats of those of these subscriptions that the customer has, as they are until the
// transaction ends.
std::vector<Seats> LockSeats(postgres::Transaction& transaction, const users::Row& user,
                             const std::vector<std::string>& ids);

// Gives the user a seat of each of the subscriptions that is ACTIVE, has a free one, and of which
// the user has none; answers of how many.
int64_t Give(postgres::Transaction& transaction, const users::Row& user,
             const std::vector<std::string>& ids);

// Takes from the user its seats of the subscriptions; answers of how many.
int64_t Take(postgres::Transaction& transaction, const users::Row& user,
             const std::vector<std::string>& ids);

// Whose lists both are.
inline constexpr std::string_view kListParents[] = {"customers"};
// The UUID behind which all subscriptions come.
inline constexpr char kBeforeAll[] = "00000000-0000-0000-0000-000000000000";

// At most `limit` of the customer's subscriptions that are not over, oldest first, those after the
// one with the UUID `after`.
std::vector<v1::LicenseCount> ListCounts(postgres::Transaction& transaction,
                                         const std::string& customer, const std::string& after,
                                         int limit);

// Where a service stands in its list.
struct ServicePosition {
  std::string subscription = kBeforeAll;  // the UUID
  int place = 0;                          // within the offer, from 1
};

struct ListedService {
  v1::ManagedService service;
  ServicePosition position;
};

// At most `limit` services of the customer's ACTIVE subscriptions, by the age of the subscription,
// those behind `after`.
std::vector<ListedService> ListServices(postgres::Transaction& transaction,
                                        const std::string& customer, const ServicePosition& after,
                                        int limit);

}  // namespace partnerlink::directory::licenses
