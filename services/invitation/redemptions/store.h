// The SQL of redemptions. Every function runs inside the caller's transaction; decides nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/outbox/mutate.h"
#include "common/paging/newest_first.h"
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

// What the rules ask of those who take part in an acceptance.
struct Parties {
  std::optional<parties::Partner> partner;
  std::optional<parties::Provider> provider;  // that the invitation names
  std::optional<parties::Partner> reseller;   // the account that answers, if it is a partner
  std::optional<KnownCustomer> customer;      // the account, if the directory knows it as one
  // The account, an invitation for several; known with a link only (Open), as only who accepts by
  // one is asked.
  bool has_declined = false;
  std::string current_agreement;  // its version
};

// `account` is the transaction's.
Parties FindParties(postgres::Transaction& transaction, const invitations::Row& invitation,
                    const std::string& account);

// The agreement in force for this kind of invitation, in this locale or in English.
struct Agreement {
  std::string version;
  std::string text;
  std::string locale;  // of the text
};
Agreement FindAgreement(postgres::Transaction& transaction, v1::Invitation::Kind kind,
                        const std::string& locale);

// By its name and the function get_redemption: for a read of one statement.
std::optional<v1::Redemption> FindAlone(postgres::Transaction& transaction,
                                        const std::string& name);

// The redemptions of the page of this invitation's, and one more if there is one.
std::vector<v1::Redemption> List(postgres::Transaction& transaction,
                                 const paging::NewestFirst& list, const std::string& invitation);

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

// What the transaction's account accepts.
struct Acceptance {
  std::string redemption_id;
  std::string account;
  std::string actor;
  std::string agreement_version;
  int64_t micros = 0;  // when
};

// PENDING → ACCEPTED, of mode OPEN one use more, with redemption and what is to come of it PENDING,
// with whatever the transaction does next; answers the redemption. Guarded by the row's revision,
// of mode OPEN its generation, state, uses, the database's clock after all waiting, and the state
// of partner, provider and partnership: where one does not hold, the transaction runs again.
v1::Redemption Accept(postgres::Transaction& transaction, const invitations::Row& invitation,
                      const Acceptance& acceptance);

// Writes what became of a redemption's relationships and grant.
void RecordOutcome(postgres::Transaction& transaction, const std::string& redemption,
                   const relationship::v1::EstablishRelationshipsResponse& outcome);

// The same of its partnership.
void RecordPartnership(postgres::Transaction& transaction, const std::string& redemption,
                       const relationship::v1::EstablishPartnershipResponse& outcome);

// The account's redemption.
std::optional<v1::Redemption> FindRedemption(postgres::Transaction& transaction,
                                             const invitations::Row& invitation,
                                             const std::string& account);

// The same by the id alone.
std::optional<v1::Redemption> FindRedemptionOf(postgres::Transaction& transaction,
                                               const std::string& invitation,
                                               const std::string& account);

std::vector<std::string> FindVerifiedDomains(postgres::Transaction& transaction,
                                             const std::string& customer);

// A customer, the transaction's account, as hints name it.
struct Addressee {
  std::string account;
  std::vector<std::string> verified_domains;
  std::string email_key;  // of the person, verified and normalised; empty without one
};

// A PENDING invitation that is bound to somebody.
struct Received {
  invitations::Row invitation;
  Parties parties;
  int64_t present_micros = 0;  // by the database's clock
};

// By the function received. Of the page, and one more if there is one.
std::vector<Received> ListReceived(postgres::Transaction& transaction,
                                   const paging::NewestFirst& list, const Addressee& addressee);
std::optional<Received> FindReceived(postgres::Transaction& transaction, const std::string& id,
                                     const Addressee& addressee);

}  // namespace partnerlink::invitation::redemptions
