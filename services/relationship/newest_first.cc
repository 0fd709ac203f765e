#include "services/relationship/newest_first.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "common/request/request.h"

namespace partnerlink::relationship {

std::optional<ListParent> ParseListParent(std::string_view parent) {
  using Side = ListParent::Side;
  if (parent == "partners/-") return ListParent{Side::kPartner, ""};
  if (parent == "customers/-") return ListParent{Side::kCustomer, ""};
  if (request::IsAccountName(parent, "partners")) {
    return ListParent{Side::kPartner, std::string(parent)};
  }
  if (request::IsAccountName(parent, "customers")) {
    return ListParent{Side::kCustomer, std::string(parent)};
  }
  return std::nullopt;
}

ListPosition PositionOf(const google::protobuf::Timestamp& create_time, const std::string& id) {
  return {absl::StrCat(create_time.seconds() * 1000000 + create_time.nanos() / 1000), id};
}

Page NewestFirst(const std::string& alias, const ListParent& parent, const filter::Clause& filter,
                 const std::optional<ListPosition>& after, int limit) {
  const std::string owner = parent.account.empty() ? "'' = $1"
                            : parent.side == ListParent::Side::kPartner
                                ? absl::StrCat(alias, ".partner = $1")
                                : absl::StrCat(alias, ".customer = $1");
  const std::string start =
      after ? absl::Substitute(
                  "($0.create_time, $0.id) <"
                  " (to_timestamp(0) + $$2::bigint * interval '1 microsecond', $$3::uuid)",
                  alias)
            : "'' = $2 AND '' = $3";
  Page page;
  page.sql = absl::StrCat(
      " WHERE ", owner, " AND ", start, " AND ", filter.sql,
      absl::Substitute(" ORDER BY $0.create_time DESC, $0.id DESC LIMIT $$4::int", alias));
  page.parameters = {parent.account, after ? after->create_micros : "", after ? after->id : "",
                     absl::StrCat(limit)};
  page.parameters.insert(page.parameters.end(), filter.parameters.begin(), filter.parameters.end());
  return page;
}

}  // namespace partnerlink::relationship
