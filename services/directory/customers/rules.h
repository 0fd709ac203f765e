// What may be done and seen here. Pure functions over messages and context; the only place of this
// room that names a refusal.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/access/decision.h"
#include "common/context/call_context.h"
#include "common/status/status.h"
#include "google/protobuf/field_mask.pb.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"

namespace partnerlink::directory::customers {

// `partners/{id}` of a reader that is a partner; empty for others.
std::string PartnerOf(const Principal& reader);

// NOT_FOUND unless the reader may see the customer: by one of its edges, which are not over and,
// for a partner, its own, or by one of its grants in force; the customer itself and operators
// always.
absl::Status CheckReader(const Principal& reader, const v1::Customer& customer,
                         const std::vector<relationship::v1::Grant>& grants);

// Which of the customer's things are counted for the reader.
struct Counted {
  bool subscriptions = false;
  bool users = false;
};
Counted WhatIsCounted(const Principal& reader, const std::string& customer,
                      const access::Facts& facts);

// How much the customer has of what the reader may see; none where it may not see it.
struct Counts {
  std::optional<int32_t> subscriptions = {};  // ACTIVE ones
  std::optional<int32_t> users = {};
};

// Adds what view FULL has beyond BASIC: the grants, the counts, and what is hidden from this reader
// and why. What is hidden is empty, whatever the customer held of it.
void Complete(const Principal& reader, const std::vector<relationship::v1::Grant>& grants,
              const Counts& counts, v1::Customer& customer);

// Adds what breaks the documented shape of the customer that a partner creates; its administrator
// is the users' room's to check.
void CheckCreationShape(const v1::CreateCustomerRequest& request, FieldViolations& violations);

// The company of a customer that is to be created, in the form in which it is kept.
common::v1::Company CompanyOf(const v1::Customer& customer);

// PARTNER_SUSPENDED if the partner is not enrolled or not active.
absl::Status CheckActive(const std::optional<relationship::v1::Partner>& partner);

// PARTNER_SUSPENDED as above; SELF_RELATIONSHIP if the customer has its own id; REGION unless both
// are of the same.
absl::Status CheckCreator(const std::optional<relationship::v1::Partner>& partner,
                          const std::string& customer, bool same_region);

// CUSTOMER_EXISTS.
absl::Status CustomerExists();

// What Relationship is asked for a created customer: a RESELLER relationship and, unless only that
// was wanted, a grant of the default roles; a PROVIDER one, which brings orders and no grant, for a
// partner that is only a provider.
relationship::v1::EstablishRelationshipsRequest OrderFor(const relationship::v1::Partner& partner,
                                                         const v1::Customer& customer,
                                                         const v1::CreateCustomerRequest& request,
                                                         const std::string& actor,
                                                         const std::string& root_event);

// By what a company is looked for.
struct CompanyKey {
  const char* kind;     // `customer`, `domain` or `registration_number`
  std::string value;    // a domain in its normal form
  std::string country;  // of a registration number; empty: any
};

// Adds what is wrong with the request: exactly one key, of its shape.
void CheckKey(const v1::CheckCustomerExistsRequest& request, FieldViolations& violations);

// The key of a request of sound shape.
CompanyKey KeyOf(const v1::CheckCustomerExistsRequest& request);

// What a partner is told: its own comes before a partner's.
v1::CheckCustomerExistsResponse::Existence ExistenceOf(bool is_own, bool is_of_partner);

// What an update may write of a customer.
inline constexpr std::array<std::string_view, 4> kWritable = {"display_name", "domains", "contact",
                                                              "registration_number"};

// Whether the paths lead to the field, or into it.
bool Writes(const google::protobuf::FieldMask& paths, std::string_view field);

// Adds what breaks the documented shape of the fields that `paths` names.
void CheckEditShape(const google::protobuf::FieldMask& paths, const v1::Customer& customer,
                    FieldViolations& violations);

// The customer with these fields of `asked`, in the form in which they are kept. A domain that
// stays is verified as it was, unless it is an operator who says.
v1::Customer Edited(const google::protobuf::FieldMask& paths, const v1::Customer& asked,
                    const v1::Customer& before, bool is_operator);

// FIELD_INVALID when a verified domain goes by another hand than the customer's or an operator's.
absl::Status CheckDropped(const Principal& caller, const v1::Customer& before,
                          const v1::Customer& after);

// The domains that are verified afterwards, but were not before.
std::vector<std::string> NewlyVerified(const v1::Customer& before, const v1::Customer& after);

// DOMAIN_VERIFIED: another customer's.
absl::Status DomainVerified(const std::string& domain);

// What is the customer's, without what a partner keeps of it and without edges.
v1::Customer CompanyAlone(v1::Customer customer);

// `partners/{id}/customers/{id}`.
struct ListedName {
  std::string partner;   // `partners/{id}`
  std::string customer;  // `customers/{id}`
};

// The parts of such a name; none for anything else.
std::optional<ListedName> ParseListedName(std::string_view name);

// The fields that a partner keeps of a customer for itself.
inline constexpr std::array<std::string_view, 3> kOwnFields = {"labels", "correlation_id",
                                                               "channel"};

// Adds what breaks the documented shape of these fields, each one's name behind `path`.
void CheckOwn(const google::protobuf::Map<std::string, std::string>& labels,
              std::string_view correlation_id, common::v1::Channel channel, std::string_view path,
              FieldViolations& violations);

// Writes those of the fields that `paths` names.
void WriteOwn(const google::protobuf::FieldMask& paths, const v1::SetCustomerLabelsRequest& request,
              v1::Customer& customer);

// FIELD_INVALID unless a peer's request is sound: known names and words, positive revisions, each
// relationship once, a company within its limits with domains in their normal form.
absl::Status CheckShape(const v1::ApplyRelationshipsRequest& request);

// COMPANY_REQUIRED.
absl::Status CompanyRequired();

// The partners that a request's edges name, each with the first channel said for it.
std::map<std::string, common::v1::Channel> ChannelsByPartner(
    const v1::ApplyRelationshipsRequest& request);

// Whether a partner that sees this of the customer has it in its list.
bool IsListed(const v1::Customer& customer);

// What happened to the customer in a partner's eyes: `customer.listed`, `customer.unlisted`,
// `customer.edge_changed`.
std::string EventOf(const v1::Customer& before, const v1::Customer& after);

}  // namespace partnerlink::directory::customers
