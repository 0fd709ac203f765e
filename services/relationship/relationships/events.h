// What a change of a relationship leaves in audit and outbox.
#pragma once

#include <string_view>

#include "common/outbox/change.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "services/relationship/relationships/store.h"

namespace partnerlink::relationship::relationships {

// Adds how the relationship stands to what Directory is to hear.
directory::v1::ApplyRelationshipsRequest::Edge& AddEdge(
    const Row& row, directory::v1::ApplyRelationshipsRequest& news);

// One row for the partner's eyes, one for the customer's, which also tells Directory how the
// relationship stands.
void Record(outbox::Changes& changes, std::string_view event, std::string_view cause,
            const Row& before, const Row& after);

// The same of a removal. `cancel_subscriptions`: Directory is to end what was sold through it.
void RecordRemoval(outbox::Changes& changes, const Row& before, const Row& ended,
                   bool cancel_subscriptions);

}  // namespace partnerlink::relationship::relationships
