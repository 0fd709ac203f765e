#include "tests/support/order_fixture.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "common/status/status.h"
#include "services/directory/customers/handlers.h"
#include "services/directory/offers/handlers.h"
#include "services/directory/orders/handlers.h"
#include "services/directory/subscriptions/expiry.h"
#include "services/directory/subscriptions/handlers.h"
#include "services/directory/transfers/expiry.h"
#include "services/directory/transfers/handlers.h"
#include "services/relationship/relationships/handlers.h"

namespace partnerlink::support {
namespace {

using namespace directory;  // NOLINT: the service under test

constexpr int kConnections = 20;

// As the adapter makes a call: the shape first.
template <typename Request, typename Response>
absl::StatusOr<Response> Call(const std::string& rpc, const Principal& caller, const Deps& deps,
                              const Request& request, absl::Status (*validate)(const Request&),
                              absl::StatusOr<Response> (*handle)(const CallContext&, const Deps&,
                                                                 const Request&)) {
  PARTNERLINK_RETURN_IF_ERROR(validate(request));
  const TestCall call("partnerlink.directory.v1.CustomerDirectoryService/" + rpc, caller);
  return handle(call.context, deps, request);
}

}  // namespace

OrderTest::OrderTest()
    : order_pool_("directory", database_.Conninfo("directory"), kConnections),
      order_deps_{order_pool_, directory_work_, page_tokens_, regions_} {
  database_.Run(
      "INSERT INTO directory.offers (name, display_name, services, admin_uris, term_months, state)"
      " VALUES ('offers/mail', 'Mail', '{mailboxes}', '{https://admin.example}', 12, 'ACTIVE')");
}

std::string OrderTest::Relate(const std::string& partner, const std::string& customer,
                              const std::string& type) {
  return database_.Value(absl::Substitute(
      "INSERT INTO relationship.relationships (partner, type, customer, state, origin, source)"
      " VALUES ('$0', '$1', '$2', 'ACTIVE', 'CREATED', 'x') RETURNING 'relationships/' || id",
      partner, type, customer));
}

void OrderTest::Move(const std::string& relationship, const std::string& state) {
  if (state == "ENDED") {
    database_.Run(absl::Substitute(
        "INSERT INTO relationship.attestations (partner, relationship, text_version, good_faith,"
        " business_purpose, per_agreement, accepts_responsibility, legal_notice, actor)"
        " SELECT partner, id, '2026-11', true, true, true, true, 'GIVEN', 'x'"
        " FROM relationship.relationships WHERE id = '$0'",
        IdOf(relationship)));
  }
  // Past the triggers: at whose word, and at what time, is of no importance here.
  database_.Run(absl::Substitute(
      "SET session_replication_role = replica;"
      " UPDATE relationship.relationships SET state = '$1', effective_end_time ="
      " CASE '$1' WHEN 'ENDING' THEN now() + interval '1 day' WHEN 'ENDED' THEN now() END"
      " WHERE id = '$0'",
      IdOf(relationship), state));
}

std::string OrderTest::Grant(const std::string& partner, const std::string& customer,
                             const std::string& roles) {
  return database_.Value(absl::Substitute(
      "INSERT INTO relationship.grants (partner, customer, roles, state, start_time, end_time,"
      " duration_days, auto_extend)"
      " VALUES ('$0', '$1', '{$2}', 'ACTIVE', now(), now() + interval '1 day', 1, 0) RETURNING id",
      partner, customer, roles));
}

absl::StatusOr<v1::Offer> OrderTest::CreateOffer(const v1::CreateOfferRequest& request) {
  return Call("CreateOffer", Operator(), order_deps_, request, offers::ValidateCreateOffer,
              offers::CreateOffer);
}

absl::StatusOr<v1::Offer> OrderTest::UpdateOffer(const v1::UpdateOfferRequest& request) {
  return Call("UpdateOffer", Operator(), order_deps_, request, offers::ValidateUpdateOffer,
              offers::UpdateOffer);
}

absl::StatusOr<v1::Order> OrderTest::CreateOrder(const Principal& caller,
                                                 const v1::CreateOrderRequest& request) {
  return Call("CreateOrder", caller, order_deps_, request, orders::ValidateCreateOrder,
              orders::CreateOrder);
}

absl::StatusOr<v1::Order> OrderTest::GetOrder(const Principal& caller, const std::string& name) {
  v1::GetOrderRequest request;
  request.set_name(name);
  return Call("GetOrder", caller, order_deps_, request, orders::ValidateGetOrder, orders::GetOrder);
}

absl::StatusOr<v1::ListOrdersResponse> OrderTest::ListOrders(const Principal& caller,
                                                             const v1::ListOrdersRequest& request) {
  return Call("ListOrders", caller, order_deps_, request, orders::ValidateListOrders,
              orders::ListOrders);
}

absl::StatusOr<v1::Subscription> OrderTest::GetSubscription(const Principal& caller,
                                                            const std::string& name) {
  v1::GetSubscriptionRequest request;
  request.set_name(name);
  return Call("GetSubscription", caller, order_deps_, request,
              subscriptions::ValidateGetSubscription, subscriptions::GetSubscription);
}

absl::StatusOr<v1::ListSubscriptionsResponse> OrderTest::ListSubscriptions(
    const Principal& caller, const v1::ListSubscriptionsRequest& request) {
  return Call("ListSubscriptions", caller, order_deps_, request,
              subscriptions::ValidateListSubscriptions, subscriptions::ListSubscriptions);
}

absl::StatusOr<v1::Subscription> OrderTest::CancelSubscription(
    const Principal& caller, const v1::CancelSubscriptionRequest& request) {
  return Call("CancelSubscription", caller, order_deps_, request,
              subscriptions::ValidateCancelSubscription, subscriptions::CancelSubscription);
}

absl::StatusOr<v1::Subscription> OrderTest::UpdateSubscription(
    const Principal& caller, const v1::UpdateSubscriptionRequest& request) {
  return Call("UpdateSubscription", caller, order_deps_, request,
              subscriptions::ValidateUpdateSubscription, subscriptions::UpdateSubscription);
}

absl::StatusOr<v1::Subscription> OrderTest::SuspendSubscription(const Principal& caller,
                                                                const std::string& name) {
  v1::SuspendSubscriptionRequest request;
  request.set_name(name);
  request.set_reason("unpaid");
  return Call("SuspendSubscription", caller, order_deps_, request,
              subscriptions::ValidateSuspendSubscription, subscriptions::SuspendSubscription);
}

absl::StatusOr<v1::Subscription> OrderTest::ReactivateSubscription(const Principal& caller,
                                                                   const std::string& name) {
  v1::ReactivateSubscriptionRequest request;
  request.set_name(name);
  request.set_reason("paid");
  return Call("ReactivateSubscription", caller, order_deps_, request,
              subscriptions::ValidateReactivateSubscription, subscriptions::ReactivateSubscription);
}

absl::StatusOr<v1::ListSubscriptionChangesResponse> OrderTest::ListSubscriptionChanges(
    const Principal& caller, const v1::ListSubscriptionChangesRequest& request) {
  return Call("ListSubscriptionChanges", caller, order_deps_, request,
              subscriptions::ValidateListSubscriptionChanges,
              subscriptions::ListSubscriptionChanges);
}

absl::StatusOr<v1::Transfer> OrderTest::RequestTransfer(const Principal& caller,
                                                        const v1::RequestTransferRequest& request) {
  return Call("RequestTransfer", caller, order_deps_, request, transfers::ValidateRequestTransfer,
              transfers::RequestTransfer);
}

absl::StatusOr<v1::Transfer> OrderTest::RequestTransfer(const Principal& caller,
                                                        const std::string& subscription) {
  v1::RequestTransferRequest request;
  request.set_parent(caller.account);
  request.mutable_transfer()->set_subscription(subscription);
  request.mutable_transfer()->set_reason("they moved to us");
  return RequestTransfer(caller, request);
}

absl::StatusOr<v1::Transfer> OrderTest::AcceptTransfer(const Principal& caller,
                                                       const std::string& name) {
  v1::AcceptTransferRequest request;
  request.set_name(name);
  request.set_reason("as agreed");
  return Call("AcceptTransfer", caller, order_deps_, request, transfers::ValidateAcceptTransfer,
              transfers::AcceptTransfer);
}

absl::StatusOr<v1::Transfer> OrderTest::RefuseTransfer(const Principal& caller,
                                                       const std::string& name) {
  v1::RefuseTransferRequest request;
  request.set_name(name);
  request.set_reason("we keep them");
  return Call("RefuseTransfer", caller, order_deps_, request, transfers::ValidateRefuseTransfer,
              transfers::RefuseTransfer);
}

absl::StatusOr<v1::Transfer> OrderTest::CancelTransfer(const Principal& caller,
                                                       const std::string& name) {
  v1::CancelTransferRequest request;
  request.set_name(name);
  request.set_reason("a mistake");
  return Call("CancelTransfer", caller, order_deps_, request, transfers::ValidateCancelTransfer,
              transfers::CancelTransfer);
}

absl::StatusOr<v1::Transfer> OrderTest::GetTransfer(const Principal& caller,
                                                    const std::string& name) {
  v1::GetTransferRequest request;
  request.set_name(name);
  return Call("GetTransfer", caller, order_deps_, request, transfers::ValidateGetTransfer,
              transfers::GetTransfer);
}

absl::StatusOr<v1::ListTransfersResponse> OrderTest::ListTransfers(
    const Principal& caller, const v1::ListTransfersRequest& request) {
  return Call("ListTransfers", caller, order_deps_, request, transfers::ValidateListTransfers,
              transfers::ListTransfers);
}

absl::StatusOr<v1::Customer> OrderTest::GetCustomer(const Principal& caller,
                                                    const std::string& name) {
  v1::GetCustomerRequest request;
  request.set_name(name);
  request.set_view(v1::FULL);
  return Call("GetCustomer", caller, order_deps_, request, customers::ValidateGetCustomer,
              customers::GetCustomer);
}

absl::StatusOr<relationship::v1::RemoveRelationshipResponse> OrderTest::Remove(
    const Principal& caller, const std::string& relationship, bool cancel_subscriptions) {
  relationship::v1::RemoveRelationshipRequest request;
  request.set_name(relationship);
  request.set_cancel_subscriptions(cancel_subscriptions);
  auto& attestation = *request.mutable_attestation();
  attestation.set_text_version("2026-11");
  attestation.set_good_faith(true);
  attestation.set_business_purpose(true);
  attestation.set_per_agreement(true);
  attestation.set_accepts_responsibility(true);
  attestation.set_legal_notice(relationship::v1::Attestation::GIVEN);
  PARTNERLINK_RETURN_IF_ERROR(relationship::relationships::ValidateRemoveRelationship(request));
  const TestCall call("partnerlink.relationship.v1.RelationshipService/RemoveRelationship", caller);
  return relationship::relationships::RemoveRelationship(call.context, relationship_deps_, request);
}

std::string OrderTest::Sold(const Principal& caller, const std::string& customer, int32_t quantity,
                            const std::string& relationship) {
  v1::CreateOrderRequest request = OrderOf(customer, quantity);
  request.mutable_order()->set_relationship(relationship);
  const auto order = CreateOrder(caller, request);
  EXPECT_TRUE(order.ok()) << order.status();
  return order.ok() ? order->line_items(0).subscription() : "";
}

void OrderTest::EndTerm(const std::string& subscription, const std::string& time) {
  // Past the trigger, which keeps when a subscription began.
  database_.Run(absl::Substitute(
      "SET session_replication_role = replica;"
      " UPDATE directory.subscriptions s SET auto_renew = false, term_months = 12,"
      " create_time = began.at,"
      " expire_time = directory.running_term_end(began.at, 12, began.at)"
      " FROM (SELECT ($1) AT TIME ZONE 'UTC' - interval '12 months' AS utc) AS year,"
      " LATERAL (SELECT year.utc AT TIME ZONE 'UTC' AS at) AS began"
      " WHERE s.id = '$0'",
      IdOf(subscription), time));
}

void OrderTest::MakeWritesLastUntil(const std::string& writes, const std::string& time) {
  database_.Run(
      absl::Substitute("CREATE FUNCTION directory.take_time() RETURNS trigger LANGUAGE plpgsql "
                       "SECURITY DEFINER AS $$$$"
                       " BEGIN PERFORM pg_sleep_until($0 + interval '1 millisecond');"
                       " RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END; END $$$$;"
                       "CREATE TRIGGER slow $1 FOR EACH ROW EXECUTE FUNCTION directory.take_time()",
                       time, writes));
}

std::string OrderTest::EndGrantsInASecond() {
  database_.Run(
      "SET session_replication_role = replica; UPDATE relationship.grants"
      " SET end_time = clock_timestamp() + interval '1 second' WHERE state = 'ACTIVE'");
  return "(SELECT max(end_time) FROM relationship.grants WHERE state = 'ACTIVE')";
}

void OrderTest::SweepExpired() {
  for (const auto& sweep : {subscriptions::SweepExpired, transfers::SweepExpired}) {
    const absl::Status status = sweep(directory_work_);
    EXPECT_TRUE(status.ok()) << status;
  }
}

int OrderTest::Orphans() {
  return database_.Count(
      "SELECT count(*) FROM directory.subscriptions s JOIN relationship.relationships r"
      " ON r.id = s.relationship WHERE s.state IN ('ACTIVE', 'SUSPENDED') AND r.state = 'ENDED'");
}

Principal SalesAgent(const std::string& partner) { return PrincipalOf(partner, {"sales_agent"}); }

Principal Administrator(const std::string& customer) {
  return PrincipalOf(customer, {"global_admin"}, "carl");
}

Principal Operator() { return PrincipalOf(std::string(kOperators), {"operator"}, "olga"); }

v1::CreateOrderRequest OrderOf(const std::string& customer, int32_t quantity) {
  v1::CreateOrderRequest request;
  request.set_parent(customer);
  auto& line = *request.mutable_order()->add_line_items();
  line.set_offer(kMail);
  line.set_quantity(quantity);
  return request;
}

v1::CreateOrderRequest MoreSeats(const std::string& subscription, int32_t quantity) {
  v1::CreateOrderRequest request;
  request.set_parent(subscription.substr(0, subscription.find("/subscriptions/")));
  auto& line = *request.mutable_order()->add_line_items();
  line.set_subscription(subscription);
  line.set_quantity(quantity);
  return request;
}

v1::CancelSubscriptionRequest CancellationOf(const std::string& subscription) {
  v1::CancelSubscriptionRequest request;
  request.set_name(subscription);
  request.set_reason("no longer needed");
  return request;
}

v1::UpdateSubscriptionRequest SeatsOf(const std::string& subscription, int32_t quantity) {
  v1::UpdateSubscriptionRequest request;
  request.mutable_subscription()->set_name(subscription);
  request.mutable_subscription()->set_quantity(quantity);
  request.mutable_update_mask()->add_paths("quantity");
  return request;
}

v1::UpdateSubscriptionRequest RenewalOf(const std::string& subscription, bool auto_renew) {
  v1::UpdateSubscriptionRequest request;
  request.mutable_subscription()->set_name(subscription);
  request.mutable_subscription()->set_auto_renew(auto_renew);
  request.mutable_update_mask()->add_paths("auto_renew");
  return request;
}

}  // namespace partnerlink::support
