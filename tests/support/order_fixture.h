// Partners, customers and what may be ordered for them: Directory's rooms without a server, on a
// database of the test's own. `partners/contoso` and `partners/fabrikam` are active; the catalogue
// has `offers/mail`, of 12 months.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"
#include "tests/support/suite_fixture.h"

namespace partnerlink::support {

inline constexpr char kMail[] = "offers/mail";

class OrderTest : public SuiteTest {
 protected:
  OrderTest();

  // An ACTIVE relationship as Relationship would have made it; answers its name.
  std::string Relate(const std::string& partner, const std::string& customer,
                     const std::string& type = "RESELLER");
  // Puts it into another state; an end is attested.
  void Move(const std::string& relationship, const std::string& state);
  // A grant in force with these roles; answers its id.
  std::string Grant(const std::string& partner, const std::string& customer,
                    const std::string& roles);

  absl::StatusOr<directory::v1::Offer> CreateOffer(
      const directory::v1::CreateOfferRequest& request);
  absl::StatusOr<directory::v1::Offer> UpdateOffer(
      const directory::v1::UpdateOfferRequest& request);
  absl::StatusOr<directory::v1::Order> CreateOrder(
      const Principal& caller, const directory::v1::CreateOrderRequest& request);
  absl::StatusOr<directory::v1::Order> GetOrder(const Principal& caller, const std::string& name);
  absl::StatusOr<directory::v1::ListOrdersResponse> ListOrders(
      const Principal& caller, const directory::v1::ListOrdersRequest& request);
  absl::StatusOr<directory::v1::Subscription> GetSubscription(const Principal& caller,
                                                              const std::string& name);
  absl::StatusOr<directory::v1::ListSubscriptionsResponse> ListSubscriptions(
      const Principal& caller, const directory::v1::ListSubscriptionsRequest& request);
  absl::StatusOr<directory::v1::Subscription> CancelSubscription(
      const Principal& caller, const directory::v1::CancelSubscriptionRequest& request);
  absl::StatusOr<directory::v1::Subscription> UpdateSubscription(
      const Principal& caller, const directory::v1::UpdateSubscriptionRequest& request);
  absl::StatusOr<directory::v1::Subscription> SuspendSubscription(const Principal& caller,
                                                                  const std::string& name);
  absl::StatusOr<directory::v1::Subscription> ReactivateSubscription(const Principal& caller,
                                                                     const std::string& name);
  absl::StatusOr<directory::v1::ListSubscriptionChangesResponse> ListSubscriptionChanges(
      const Principal& caller, const directory::v1::ListSubscriptionChangesRequest& request);
  absl::StatusOr<directory::v1::Transfer> RequestTransfer(
      const Principal& caller, const directory::v1::RequestTransferRequest& request);
  // Of what the caller has one relationship for.
  absl::StatusOr<directory::v1::Transfer> RequestTransfer(const Principal& caller,
                                                          const std::string& subscription);
  absl::StatusOr<directory::v1::Transfer> AcceptTransfer(const Principal& caller,
                                                         const std::string& name);
  absl::StatusOr<directory::v1::Transfer> RefuseTransfer(const Principal& caller,
                                                         const std::string& name);
  absl::StatusOr<directory::v1::Transfer> CancelTransfer(const Principal& caller,
                                                         const std::string& name);
  absl::StatusOr<directory::v1::Transfer> GetTransfer(const Principal& caller,
                                                      const std::string& name);
  absl::StatusOr<directory::v1::ListTransfersResponse> ListTransfers(
      const Principal& caller, const directory::v1::ListTransfersRequest& request);
  absl::StatusOr<directory::v1::Customer> GetCustomer(const Principal& caller,
                                                      const std::string& name);
  // With a whole attestation.
  absl::StatusOr<relationship::v1::RemoveRelationshipResponse> Remove(
      const Principal& caller, const std::string& relationship, bool cancel_subscriptions = false);

  // The subscription that a new order of `quantity` seats makes; the test fails if it is refused.
  std::string Sold(const Principal& caller, const std::string& customer, int32_t quantity,
                   const std::string& relationship = "");

  // The subscription's last term ends at this time, an expression of SQL: it began its terms
  // before.
  void EndTerm(const std::string& subscription, const std::string& time);
  // From now on each write of this kind (`BEFORE UPDATE ON directory.users`) of a row takes until a
  // moment after this time, a scalar expression of SQL.
  void MakeWritesLastUntil(const std::string& writes, const std::string& time);
  // The grants that are in force end in a second; answers the time, for MakeWritesLastUntil.
  std::string EndGrantsInASecond();
  // Writes what the clock has decided.
  void SweepExpired();

  // Subscriptions that are not over, but their relationship is.
  int Orphans();

  postgres::Pool order_pool_;  // enough for a race
  const directory::Deps order_deps_;
};

// A sales agent of the partner, and the administrators of a customer and of the product.
Principal SalesAgent(const std::string& partner);
Principal Administrator(const std::string& customer);
Principal Operator();

// An order of a new subscription to kMail, and one of more seats on one.
directory::v1::CreateOrderRequest OrderOf(const std::string& customer, int32_t quantity);
directory::v1::CreateOrderRequest MoreSeats(const std::string& subscription, int32_t quantity);

directory::v1::CancelSubscriptionRequest CancellationOf(const std::string& subscription);

// Sets the seats, or whether another term follows.
directory::v1::UpdateSubscriptionRequest SeatsOf(const std::string& subscription, int32_t quantity);
directory::v1::UpdateSubscriptionRequest RenewalOf(const std::string& subscription,
                                                   bool auto_renew);

}  // namespace partnerlink::support
