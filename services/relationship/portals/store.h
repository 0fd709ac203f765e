// The SQL of portal records and of the jobs that carry them out. Every function runs inside the
// caller's transaction, under its account's row-level security; decides nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/filter/filter.h"
#include "common/paging/newest_first.h"
#include "common/postgres/transact.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"

namespace partnerlink::relationship::portals {

// A record and how its table knows it.
struct Row {
  std::string partner_number;
  std::string id;
  v1::PortalRecord record;
};

// Nobody enrols a partner of this number, or records a customer of it, until the transaction ends:
// the one waits for the other.
void LockPartnerNumber(postgres::Transaction& transaction, const std::string& partner_number);
void SharePartnerNumber(postgres::Transaction& transaction, const std::string& partner_number);

// Writes the record, over the one of the same portal, number and customer that is there. One that
// was carried out stays so, one that was refused waits again. Written with what comes next.
void Keep(postgres::Transaction& transaction, const v1::PortalRecord& record);

// Has the records of these numbers carried out, of those that partners are enrolled with.
void StartJobs(postgres::Transaction& transaction, const std::vector<std::string>& partner_numbers);

// Has what was refused of a number's records wait again.
void RetryRefused(postgres::Transaction& transaction, const std::string& partner_number);

// The partners with a job, but suspended ones: their jobs wait.
std::vector<v1::Partner> PartnersWithJobs(postgres::Transaction& transaction);

// The first record of the number behind the one with this id (empty: from the start) that waits and
// that nobody else has in hand, locked.
std::optional<Row> TakeWaiting(postgres::Transaction& transaction,
                               const std::string& partner_number, const std::string& after);

// Writes what has become of a record.
void SetState(postgres::Transaction& transaction, const Row& row, const v1::PortalRecord& after);

// Ends the partner's job unless a record waits.
void EndJob(postgres::Transaction& transaction, const v1::Partner& partner);

// How many records of the number are in which state.
v1::Partner::PortalCustomers Count(postgres::Transaction& transaction,
                                   const std::string& partner_number);

// The records of the page, and one more if there is one.
std::vector<v1::PortalRecord> List(postgres::Transaction& transaction,
                                   const paging::NewestFirst& list);

// The fields that a list can be filtered by.
std::vector<filter::Field> ListFields();

}  // namespace partnerlink::relationship::portals
