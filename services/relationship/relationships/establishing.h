// How edges and a grant come to be, whoever asks for them: an invitation's acceptance, a partner
// that creates a customer, a portal's record. Each edge is decided by itself, on what partner,
// partnership, region and edges are under the locks; Directory hears of those that stand.
#pragma once

#include "absl/status/statusor.h"
#include "common/outbox/change.h"
#include "common/postgres/transact.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"
#include "services/relationship/deps.h"

namespace partnerlink::relationship::relationships {

// What was established.
struct Establishment {
  v1::EstablishRelationshipsResponse response;
  bool directory_hears = false;  // a delivery to it was written
};

// In one transaction of the worker login, once per source: said again it gives the first answer.
// `actor` names the request's root event as its own.
absl::StatusOr<Establishment> Establish(postgres::Transaction& transaction,
                                        const outbox::Actor& actor, const Deps& deps,
                                        const v1::EstablishRelationshipsRequest& request);

}  // namespace partnerlink::relationship::relationships
