#include "services/invitation/invitations/fields.h"

#include "services/invitation/invitations/row.h"

namespace partnerlink::invitation::invitations {

std::vector<filter::Field> ListFields(bool with_email_address) {
  using filter::Type;
  std::vector<filter::Field> fields = {
      {.name = "state",
       .type = Type::kEnum,
       .sql = PARTNERLINK_EFFECTIVE_STATE,
       .values = {{"DRAFT", ""},
                  {"AWAITING_PROVIDER", ""},
                  {"PENDING", ""},
                  {"ACCEPTED", ""},
                  {"EXHAUSTED", ""},
                  {"DECLINED", ""},
                  {"REVOKED", ""},
                  {"EXPIRED", ""},
                  {"REFUSED", ""}}},
      {.name = "kind",
       .type = Type::kEnum,
       .sql = "i.kind",
       .values = {{"CUSTOMER", ""}, {"CUSTOMER_WITH_PROVIDER", ""}, {"PARTNERSHIP", ""}}},
      {.name = "mode",
       .type = Type::kEnum,
       .sql = "i.mode",
       .values = {{"TARGETED", ""}, {"OPEN", ""}}},
      {.name = "provider", .type = Type::kText, .sql = "i.provider"},
      {.name = "channel",
       .type = Type::kEnum,
       .sql = "i.channel",
       .values = {{"OWN_MARKETING", ""},
                  {"VENDOR_REFERRAL", ""},
                  {"INDIRECT_PROVIDER", ""},
                  {"EXISTING_PORTAL", ""},
                  {"OTHER", ""}}},
      {.name = "creator", .type = Type::kText, .sql = "i.creator"},
      {.name = "customer_hint.company_name",
       .type = Type::kFoldedText,
       .sql = "common.fold(i.hint_company_name)",
       .prefix = true,
       .contains = true},
      {.name = "customer_hint.domain", .type = Type::kText, .sql = "i.hint_domain", .prefix = true},
      {.name = "customer_hint.account", .type = Type::kText, .sql = "i.hint_account"},
      {.name = "customer_hint.country", .type = Type::kText, .sql = "i.hint_country"},
      {.name = "create_time", .type = Type::kTime, .sql = "i.create_time"},
      {.name = "issue_time", .type = Type::kTime, .sql = "i.issue_time"},
      {.name = "expire_time", .type = Type::kTime, .sql = "i.expire_time"}};
  if (with_email_address) {
    fields.push_back({.name = "customer_hint.email_address",
                      .type = Type::kFoldedText,
                      .sql = "common.fold(i.hint_email_address)",
                      .prefix = true});
  }
  return fields;
}

}  // namespace partnerlink::invitation::invitations
