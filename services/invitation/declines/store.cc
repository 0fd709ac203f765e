#include "services/invitation/declines/store.h"

#include "absl/strings/str_cat.h"
#include "common/postgres/fields.h"

namespace partnerlink::invitation::declines {
namespace {

using postgres::Transaction;

// One column per line of FromRow.
constexpr char kColumns[] =
    "d.partner || '/invitations/' || d.invitation, d.id, d.account, d.actor, d.reason,"
    " " PARTNERLINK_MICROS("d.decline_time");

v1::Decline FromRow(const pqxx::row& row) {
  v1::Decline decline;
  decline.set_invitation(row[0].as<std::string>());
  decline.set_name(absl::StrCat(decline.invitation(), "/declines/", row[1].as<std::string>()));
  decline.set_account(row[2].as<std::string>());
  decline.set_actor(row[3].as<std::string>());
  decline.set_reason(row[4].as<std::string>());
  postgres::SetTime(row[5], [&] { return decline.mutable_decline_time(); });
  return decline;
}

std::optional<v1::Decline> OneRow(const pqxx::result& rows) {
  if (rows.empty()) return std::nullopt;
  return FromRow(rows[0]);
}

}  // namespace

v1::Decline Insert(Transaction& transaction, const invitations::Row& invitation,
                   const std::string& account, const std::string& actor,
                   const std::string& reason) {
  const bool ends_it = invitation.invitation.state() == v1::Invitation::DECLINED;
  const std::string micros = absl::StrCat(invitation.decide_micros);
  return FromRow(transaction.Run(
      absl::StrCat(R"sql(
          INSERT INTO invitation.declines AS d (partner, invitation, account, actor, reason,
            decline_time)
          VALUES ($1, $2, $3, $4, $5, coalesce()sql",
                   PARTNERLINK_TIME_OF_MICROS("$6"), ", clock_timestamp())) RETURNING ", kColumns),
      invitation.partner, invitation.id, account, actor, reason,
      ends_it ? micros.c_str() : nullptr)[0]);
}

std::optional<v1::Decline> Find(Transaction& transaction, const invitations::Row& invitation,
                                const std::string& account) {
  return OneRow(transaction.Run(
      absl::StrCat("SELECT ", kColumns,
                   " FROM invitation.declines d"
                   " WHERE d.partner = $1 AND d.invitation = $2 AND d.account = $3"),
      invitation.partner, invitation.id, account));
}

std::optional<v1::Decline> FindOf(Transaction& transaction, const std::string& invitation,
                                  const std::string& account) {
  return OneRow(transaction.Run(absl::StrCat("SELECT ", kColumns,
                                             " FROM invitation.declines d"
                                             " WHERE d.account = $2 AND d.invitation = $1"),
                                invitation, account));
}

std::vector<v1::Decline> List(Transaction& transaction, const paging::NewestFirst& list,
                              const std::string& invitation) {
  const paging::Statement page = list.Page(absl::StrCat("SELECT ", kColumns, R"sql(
          FROM (SELECT partner, invitation, id, account, actor, reason, decline_time,
                  decline_time AS create_time
                FROM invitation.declines WHERE invitation = )sql",
                                                        transaction.Quote(invitation), ") d"),
                                           "d");
  std::vector<v1::Decline> declines;
  for (const pqxx::row& row : transaction.RunOnce(page.sql, page.parameters)) {
    declines.push_back(FromRow(row));
  }
  return declines;
}

}  // namespace partnerlink::invitation::declines
