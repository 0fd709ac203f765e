// The SQL of customers. Every function runs inside the caller's transaction, under its account's
// row-level security but for ListByName, see search_customers; decides nothing.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/filter/filter.h"
#include "common/outbox/change.h"
#include "common/paging/paging.h"
#include "common/postgres/transact.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "partnerlink/relationship/v1/relationship.pb.h"
#include "services/directory/customers/rules.h"

namespace partnerlink::directory::customers {

// Those of the customers that the account may see, in the order of `names`: with domains, with the
// edges of `partner` that are not ENDED, and with what this partner keeps of them. `partner` empty:
// the edges of all partners, nothing of what is one partner's own.
std::vector<v1::Customer> Find(postgres::Transaction& transaction,
                               const std::vector<std::string>& names, const std::string& partner);

// The names and roles of the grants in force on a customer that the account may see: of `partner`,
// or of all if it is empty.
std::vector<relationship::v1::Grant> FindGrantsInForce(postgres::Transaction& transaction,
                                                       const std::string& customer,
                                                       const std::string& partner);

// What the account may know of the customers that a key finds.
struct Whose {
  std::vector<std::string> own;  // those to which it has a relationship or a grant
  bool is_just_created = false;  // one that it created, whose relationship is on its way
  bool is_of_partner = false;    // a partner with which it has a partnership serves one
};
Whose FindWhose(postgres::Transaction& transaction, const CompanyKey& key);

// Who has created a customer, if a partner has, and who serves it, or ever has.
struct Creation {
  std::string creator;
  bool is_served = false;
  bool is_served_by_creator = false;
};

// Of a locked customer.
Creation FindCreation(postgres::Transaction& transaction, const std::string& customer);

// Deletes a locked customer that nobody serves, with all that came with it.
void DeleteCreation(postgres::Transaction& transaction, const std::string& customer);

// Deletes what made a locked customer its creator's, who does not serve it: that it is so, the
// partner's row, and the first administrator, unless there are licences of his.
void Disown(postgres::Transaction& transaction, const std::string& customer,
            const std::string& creator);

// Writes the company of a locked customer, without its domains; false if the account may not.
bool UpdateCompany(postgres::Transaction& transaction, const v1::Customer& customer);

// Makes the customer's domains those that it has here.
void ReplaceDomains(postgres::Transaction& transaction, const v1::Customer& customer);

// The first of the domains that another customer has verified, as far as the account sees them.
std::optional<std::string> FindVerifiedElsewhere(postgres::Transaction& transaction,
                                                 const std::string& customer,
                                                 const std::vector<std::string>& domains);

// Where a customer stands in a partner's list.
struct ListPosition {
  std::string key;  // of the field that the list is ordered by
  std::string customer;
};

// What a list can be ordered by; the first is the default.
inline constexpr std::array<std::string_view, 2> kListOrders = {"display_name", "create_time"};

// As columns hold them: a channel's name, empty for none; a label's key, its value, the next one's
// key …
std::string StoredChannel(common::v1::Channel channel);
std::vector<std::string> FlatLabels(const v1::Customer& customer);

struct Page {
  std::vector<ListPosition> places;
  std::vector<v1::Customer> customers;  // those that were not delisted meanwhile
  bool truncated = false;               // more customers match than were looked at
};

// So many customers are looked at whose names hold a text.
inline constexpr int kMostWithPart = 1000;

// A page by name and the customers on it, all of them or those whose names match, by the function
// search_customers: for a read of one statement. Of a part of the names kMostWithPart are looked
// at.
Page ListByName(postgres::Transaction& transaction, const std::string& partner,
                const std::optional<filter::TextMatch>& match,
                const std::optional<ListPosition>& after, int limit);

// What a list is to show: whose it is, in which order, and what of it.
struct Listing {
  std::string partner;
  paging::Order order;
  filter::Clause filter;  // from kListFirstFilterParameter on
  // Only these customers, if it says any.
  std::optional<std::vector<std::string>> among = {};
};

// At most `limit` customers of the list, those behind `after`.
Page FindPage(postgres::Transaction& transaction, const Listing& listing,
              const std::optional<ListPosition>& after, int limit);

// The first parameter that is left to a listing's filter.
inline constexpr int kListFirstFilterParameter = 6;

// The first `limit` customers of the account's own list, in this order, whose names hold the text,
// as a clause has it in `inside`.
std::vector<std::string> FindByPartOfName(postgres::Transaction& transaction,
                                          const std::string& part, const paging::Order& order,
                                          int limit);

// Whose lists there are.
inline constexpr std::string_view kListParents[] = {"partners"};
// The fields that a list can be filtered by. `type` is each type of the partner's edges,
// `grant_count` how many of its grants over the customer are in force.
std::vector<filter::Field> ListFields();

// The account's own partner: name, country, types and state; none if it is not enrolled.
std::optional<relationship::v1::Partner> FindPartner(postgres::Transaction& transaction,
                                                     const std::string& name);

// The customers of a partner's list that the filter admits, counted.
v1::CountCustomersResponse Count(postgres::Transaction& transaction, const std::string& partner,
                                 v1::CountCustomersRequest::GroupBy group_by,
                                 const filter::Clause& filter);

// The first parameter that Count leaves to the filter.
inline constexpr int kCountFirstFilterParameter = 2;

// Inserts a customer that `creator` creates, with its domains, unverified; false if it is known
// already.
bool InsertCreated(postgres::Transaction& transaction, const std::string& name,
                   const common::v1::Company& company, const std::string& creator);

// What a partner keeps for itself of a customer that it has just created: channel, labels and
// correlation_id. The customer is listed once its relationship is there.
void InsertOwn(postgres::Transaction& transaction, const std::string& partner,
               const std::string& customer, const v1::Customer& own);

// The same, of a customer in the partner's list.
void UpdateOwn(postgres::Transaction& transaction, const std::string& partner,
               const v1::Customer& customer);

// Locks a partner's list row until the transaction ends; false if the customer is not listed.
bool LockListed(postgres::Transaction& transaction, const std::string& partner,
                const std::string& customer);

// Inserts a customer with its domains, unverified; false if it is known already.
bool Insert(postgres::Transaction& transaction, const std::string& name,
            const common::v1::Company& company);

// Locks a customer until the transaction ends; false if it is not known.
bool Lock(postgres::Transaction& transaction, const std::string& name);

// Writes the request's edges where they are new, or newer than what is known; answers the partners
// of those written, each once.
std::vector<std::string> UpsertEdges(postgres::Transaction& transaction,
                                     const v1::ApplyRelationshipsRequest& request);

// Makes the list row of a partner and a customer anew from the customer and its edges. The channel
// is taken where the row has none; labels and correlation_id stay.
void RebuildListRow(postgres::Transaction& transaction, const std::string& customer,
                    const std::string& partner, common::v1::Channel channel);

}  // namespace partnerlink::directory::customers
