// Who may order what for a customer. Pure functions, and the one place of this room that names a
// refusal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/access/decision.h"
#include "common/context/call_context.h"
#include "common/status/status.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"

namespace partnerlink::directory::orders {

// Adds what breaks the documented shape of the request's `order`. Whether a subscription is the
// customer's is decided behind whether the caller reaches the customer.
void CheckShape(const v1::Order& order, FieldViolations& violations);

inline constexpr char kRelationshipField[] = "order.relationship";

// Adds a violation of `field` unless it is empty or a relationship's name.
void CheckRelationshipName(std::string_view field, std::string_view name,
                           FieldViolations& violations);

// The relationship, by name, that an order is placed through, or anything else that needs one that
// may order: the one that is asked for, or the caller's only one that may. FIELD_INVALID on `field`
// if there are two, or the one asked for is none of those that the caller has to the customer;
// otherwise the refusal of the decision about order.create.
absl::StatusOr<std::string> ChooseRelationship(const Principal& caller, std::string_view customer,
                                               std::string_view asked, const access::Facts& facts,
                                               std::string_view field = kRelationshipField);

// Of a subscription of the customer that another partner's order enlarges: RELATIONSHIP_INACTIVE
// unless the partner that has it might add the seats itself; `facts` are that partner's.
absl::Status CheckSeller(const v1::Subscription& subscription, std::string_view customer,
                         const access::Facts& facts);

// The refusal unless the reader may see orders of the customer.
absl::Status CheckReader(const Principal& reader, std::string_view customer,
                         const access::Facts& facts);

// The partner whose orders alone a reader sees; empty for the customer, which sees all.
std::string PlacedBy(const Principal& reader);

// OFFER_UNAVAILABLE unless the offer is there (not null) and can be ordered.
absl::Status CheckAvailable(const std::string& name, const v1::Offer* offer);

// Where the request has the order's line of this place, as the caller spells it.
std::string LinePath(int line);

// The order that a request asks for, placed by the caller through `relationship`.
v1::Order ToPlace(const Principal& caller, const v1::CreateOrderRequest& request,
                  const std::string& relationship);

// The UUIDs of the subscriptions that get more seats.
std::vector<std::string> ToEnlarge(const v1::Order& order);

// Leaves out the names that a rolled-back order's rows had: the order's, and those of the
// subscriptions that are new, as against `asked`.
void HideNames(const v1::Order& asked, v1::Order& placed);

}  // namespace partnerlink::directory::orders
