// The SQL of redemptions. Every function runs inside the caller's transaction; decides nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/outbox/mutate.h"
#include "common/postgres/transact.h"
#include "partnerlink/invitation/v1/invitation.pb.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"
#include "services/invitation/invitations/store.h"

namespace partnerlink::invitation::redemptions {

// A customer as the directory knows it.
struct KnownCustomer {
  std::string country;
  std::vector<std::string> verified_domains;
};

// What the rules ask of the two sides of an acceptance.
struct Parties {
  std::optional<invitations::Partner> partner;
  std::optional<KnownCustomer> customer;  // none if the directory does not know it
  std::string current_agreement;          // its version
};

// `customer` is the transaction's account.
Parties FindParties(postgres::Transaction& transaction, const std::string& partner,
                    const std::string& customer);

// The agreement in force in this locale, or in English.
struct Agreement {
  std::string version;
  std::string text;
};
Agreement FindAgreement(postgres::Transaction& transaction, const std::string& locale);

// By its name and the function get_redemption: for a read of one statement.
std::optional<v1::Redemption> FindAlone(postgres::Transaction& transaction,
                                        const std::string& name);

// What an acceptance rests on.
struct Opened {
  std::optional<outbox::Kept> kept;  // of the call
  int64_t present_micros = 0;        // by the database's clock
  std::optional<invitations::Row> invitation;
  std::optional<v1::Redemption> redemption;  // the account's, of this invitation
  Parties parties;
};

// By the function open_link.
Opened Open(postgres::Transaction& transaction, const std::string& link,
            const outbox::RequestKey& key);

// What a customer accepts, the transaction's account.
struct Acceptance {
  std::string redemption_id;
  std::string customer;
  std::string actor;
  std::string agreement_version;
  int64_t micros = 0;  // when
};

// PENDING → ACCEPTED with redemption and one PENDING relationship, with whatever the transaction
// does next; answers the redemption. Guarded by the row's revision, state, uses, the database's
// clock after all waiting, and the partner's state: where one does not hold, the transaction runs
// again.
v1::Redemption Accept(postgres::Transaction& transaction, const invitations::Row& invitation,
                      const Acceptance& acceptance);

// Writes what became of a redemption's relationships and grant.
void RecordOutcome(postgres::Transaction& transaction, const std::string& redemption,
                   const relationship::v1::EstablishRelationshipsResponse& outcome);

}  // namespace partnerlink::invitation::redemptions
