// Relationship and Directory without servers: what a partner has of customers, made and changed by
// the handlers, and the news between the two services brought by hand.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/outbox/relay.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"
#include "tests/support/suite_fixture.h"

namespace partnerlink::support {

inline constexpr char kTailspin[] = "customers/tailspin";

// A call of this RPC of RelationshipService, and of CustomerDirectoryService.
TestCall RelationshipCall(const std::string& rpc, const Principal& principal);
TestCall DirectoryCall(const std::string& rpc, const Principal& principal);

// The admin agent of `fabrikam`.
Principal Bert();

// What an invitation's acceptance asks of Relationship: a RESELLER relationship, and a grant of the
// default roles.
relationship::v1::EstablishRelationshipsRequest AcceptedBy(const std::string& customer,
                                                           const std::string& partner,
                                                           const std::string& source);

// What the acceptance of a provider's invitation by a reseller asks of Relationship.
relationship::v1::EstablishPartnershipRequest AcceptedPartnership(const std::string& provider,
                                                                  const std::string& reseller,
                                                                  const std::string& source);

// The acceptance of a combined invitation: the same, and a PROVIDER relationship of `provider` by
// way of the partner.
relationship::v1::EstablishRelationshipsRequest CombinedAcceptance(const std::string& customer,
                                                                   const std::string& partner,
                                                                   const std::string& provider,
                                                                   const std::string& source);

// Every answer given, of the text that is current.
relationship::v1::RemoveRelationshipRequest RemovalOf(const std::string& relationship);

// Number of rows by table.
using RowCounts = std::map<std::string, int>;

class RelationshipTest : public SuiteTest {
 protected:
  // An acceptance that Directory has heard of; the test fails if it is refused.
  relationship::v1::EstablishRelationshipsResponse Established(const std::string& customer,
                                                               const std::string& partner);
  // The name of the relationship that Established made.
  std::string Relate(const std::string& customer, const std::string& partner);

  // The shape's check included.
  absl::StatusOr<relationship::v1::RemoveRelationshipResponse> Remove(
      const relationship::v1::RemoveRelationshipRequest& request, const Principal& remover);

  // An order of `quantity` seats through the partner's only relationship.
  absl::StatusOr<directory::v1::Order> Order(const std::string& customer, const Principal& seller,
                                             int quantity = 1);
  // The subscription of such an order; the test fails if it cannot be placed.
  std::string Sell(const std::string& customer, const Principal& seller, int quantity = 5);

  // The customer as `reader` sees it, whole.
  absl::StatusOr<directory::v1::Customer> Read(const std::string& customer,
                                               const Principal& reader);

  void Suspend(const std::string& partner);

  // The shape's check included.
  absl::StatusOr<relationship::v1::EstablishPartnershipResponse> EstablishPartnership(
      const relationship::v1::EstablishPartnershipRequest& request);
  // Enrols an active provider, and makes it the reseller's; answers the partnership's name.
  std::string PartnerUp(const std::string& provider, const std::string& reseller);

  // As the peers call them, the shape's check included.
  // What Directory makes of Relationship's answer.
  absl::Status TakeOver(const outbox::Settle& settle, const std::string& root,
                        const std::string& order, const google::protobuf::Message& answer);
  absl::StatusOr<relationship::v1::EstablishCreatedCustomersResponse> EstablishCreated(
      const relationship::v1::EstablishCreatedCustomersRequest& request);
  absl::StatusOr<directory::v1::ApplyCreatedCustomersResponse> ApplyCreated(
      const directory::v1::ApplyCreatedCustomersRequest& request);

  // Brings what the service owes the other one, in order.
  void TellDirectory();
  void TellRelationship();
  void TellInvitation();

  // Every row of a table, where it lies and who wrote it last, as text.
  std::string RowsOf(const std::string& table);
  // The same of every table that the services write.
  std::string WholeDatabase();
  RowCounts CountRows();
  std::vector<std::string> Tables();

  // The events of a service since the last call, in order, each with the account that it concerns.
  std::vector<std::string> NewEvents();

 private:
  void Tell(const std::string& target);
  std::string OfEveryTable(const std::string& select);

  int events_seen_ = 0;
};

}  // namespace partnerlink::support
