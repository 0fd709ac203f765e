// What an offer may be. Pure functions, and the one place of this room that names a refusal.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/status/status.h"
#include "google/protobuf/field_mask.pb.h"
#include "partnerlink/directory/v1/offer.pb.h"

namespace partnerlink::directory::offers {

inline constexpr char kNameProblem[] = "is not of the form offers/{id}";

// `offers/{id}`, the id formed like an account's.
bool IsOfferName(std::string_view name);

// The fields that a caller writes.
google::protobuf::FieldMask Writable();

// Adds what breaks the documented shape of these fields of the request's `offer`.
void CheckShape(const v1::Offer& offer, const google::protobuf::FieldMask& paths,
                FieldViolations& violations);

// The fields that an update writes: those of the mask, all for `*`, the populated ones without a
// mask. FIELD_INVALID naming a path that cannot be written.
absl::StatusOr<google::protobuf::FieldMask> UpdatePaths(const google::protobuf::FieldMask& mask,
                                                        const v1::Offer& offer);

// `kept` with those fields as in `asked`: the offer as it is to be kept, ACTIVE where no state is
// said.
v1::Offer Merge(const google::protobuf::FieldMask& paths, const v1::Offer& asked, v1::Offer kept);

// What a repeated creation answers: the offer that is there if it has what `wanted` says, otherwise
// OFFER_EXISTS.
absl::StatusOr<v1::Offer> CreatedAlready(const v1::Offer& wanted, const v1::Offer& present);

}  // namespace partnerlink::directory::offers
