#include "services/directory/orders/store.h"

#include "absl/strings/str_cat.h"
#include "common/postgres/fields.h"
#include "common/postgres/text_array.h"

namespace partnerlink::directory::orders {
namespace {

using postgres::FromTextArray;
using postgres::ToTextArray;
using postgres::Transaction;
using v1::Order;

constexpr char kRelationships[] = "relationships/";
constexpr char kOrders[] = "/orders/";
constexpr char kSubscriptions[] = "/subscriptions/";

// One column per line of FromRow.
constexpr char kColumns[] =
    "o.customer, o.id, o.relationship, o.actor, o.partner, "
    PARTNERLINK_MICROS("o.create_time") ","
    " ARRAY(SELECT ARRAY[l.offer, l.subscription::text, l.quantity::text]"
    " FROM directory.order_lines l WHERE l.customer = o.customer AND l.order_id = o.id"
    " ORDER BY l.line)";

Order FromRow(const pqxx::row& row) {
  const auto customer = row[0].as<std::string>();
  Order order;
  order.set_name(absl::StrCat(customer, kOrders, row[1].as<std::string>()));
  order.set_customer(customer);
  order.set_relationship(absl::StrCat(kRelationships, row[2].as<std::string>()));
  order.set_state(Order::FULFILLED);
  order.set_actor(row[3].as<std::string>());
  order.set_partner(row[4].as<std::string>());
  postgres::SetTime(row[5], [&] { return order.mutable_create_time(); });
  // Of each line, one after the other.
  const std::vector<std::string> lines = FromTextArray(row[6]);
  for (size_t i = 0; i + 3 <= lines.size(); i += 3) {
    Order::LineItem& item = *order.add_line_items();
    item.set_offer(lines[i]);
    item.set_subscription(absl::StrCat(customer, kSubscriptions, lines[i + 1]));
    item.set_quantity(std::stoi(lines[i + 2]));
  }
  return order;
}

std::string IdOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }

void InsertLines(Transaction& transaction, const std::string& id, const Order& order) {
  std::vector<std::string> offers, subscriptions, quantities;
  for (const Order::LineItem& item : order.line_items()) {
    offers.push_back(item.offer());
    subscriptions.push_back(IdOf(item.subscription()));
    quantities.push_back(absl::StrCat(item.quantity()));
  }
  transaction.Run(
      R"sql(
      INSERT INTO directory.order_lines (customer, order_id, line, offer, subscription, quantity)
      SELECT $1, $2, item.line, item.offer, item.subscription, item.quantity
      FROM unnest($3::text[], $4::uuid[], $5::integer[]) WITH ORDINALITY
        AS item (offer, subscription, quantity, line))sql",
      order.customer(), id, ToTextArray(offers), ToTextArray(subscriptions),
      ToTextArray(quantities));
}

}  // namespace

Order Insert(Transaction& transaction, const Order& order) {
  const pqxx::row row = transaction.Run(
      R"sql(
      INSERT INTO directory.orders (customer, partner, relationship, actor)
      VALUES ($1, $2, $3, $4)
      RETURNING id, )sql" PARTNERLINK_MICROS("create_time"),
      order.customer(), order.partner(), IdOf(order.relationship()), order.actor())[0];
  const auto id = row[0].as<std::string>();
  InsertLines(transaction, id, order);
  Order placed = order;
  placed.set_name(absl::StrCat(order.customer(), kOrders, id));
  placed.set_state(Order::FULFILLED);
  postgres::SetTime(row[1], [&] { return placed.mutable_create_time(); });
  return placed;
}

std::optional<Order> Find(Transaction& transaction, const std::string& customer,
                          const std::string& id, const std::string& partner) {
  const pqxx::result rows = transaction.Run(absl::StrCat("SELECT ", kColumns, R"sql(
          FROM directory.orders o
          WHERE o.customer = $1 AND o.id = $2 AND ($3 = '' OR o.partner = $3))sql"),
                                            customer, id, partner);
  if (rows.empty()) return std::nullopt;
  return FromRow(rows[0]);
}

std::vector<Order> List(Transaction& transaction, const paging::NewestFirst& list,
                        const std::string& partner) {
  const paging::Statement page =
      list.Page(absl::StrCat("SELECT ", kColumns, " FROM directory.orders o JOIN (SELECT ",
                             transaction.Quote(partner),
                             " AS partner) AS placed ON placed.partner IN ('', o.partner)"),
                "o");
  std::vector<Order> orders;
  for (const pqxx::row& row : transaction.RunOnce(page.sql, page.parameters)) {
    orders.push_back(FromRow(row));
  }
  return orders;
}

std::vector<filter::Field> ListFields() {
  using filter::Type;
  return {
      // An order is fulfilled by the transaction that writes it.
      {.name = "state",
       .type = Type::kEnum,
       .sql = "('FULFILLED'::text)",
       .values = {{"FULFILLED", ""}}},
      {.name = "relationship",
       .type = Type::kText,
       .sql = "('relationships/' || o.relationship::text)"},
      {.name = "actor", .type = Type::kText, .sql = "o.actor"},
      {.name = "create_time", .type = Type::kTime, .sql = "o.create_time"},
  };
}

}  // namespace partnerlink::directory::orders
