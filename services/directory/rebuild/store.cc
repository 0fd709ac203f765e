#include "services/directory/rebuild/store.h"

#include "absl/strings/str_cat.h"

namespace partnerlink::directory::rebuild {

std::optional<Range> FindRange(postgres::Transaction& transaction, const std::string& after,
                               int limit) {
  // The end is where the first of the tables has its limit of rows, or where the last one ends.
  const pqxx::row row = transaction.RunOnce(
      R"sql(
      SELECT min(first), coalesce(min(last) FILTER (WHERE number = $2::int), max(last))
      FROM (
        SELECT min(customer), max(customer), count(*)
        FROM (SELECT name AS customer FROM directory.customers
              WHERE name > $1 ORDER BY name LIMIT $2::int) c
        UNION ALL
        SELECT min(customer), max(customer), count(*)
        FROM (SELECT customer FROM relationship.relationships
              WHERE customer > $1 ORDER BY customer LIMIT $2::int) r
        UNION ALL
        SELECT min(customer), max(customer), count(*)
        FROM (SELECT customer FROM directory.edges
              WHERE customer > $1 ORDER BY customer LIMIT $2::int) e
        UNION ALL
        SELECT min(customer), max(customer), count(*)
        FROM (SELECT customer FROM directory.partner_customers
              WHERE customer > $1 ORDER BY customer LIMIT $2::int) p
      ) AS tables (first, last, number))sql",
      {after, absl::StrCat(limit)})[0];
  if (row[0].is_null()) return std::nullopt;
  return Range{row[0].as<std::string>(), row[1].as<std::string>()};
}

Extent Measure(postgres::Transaction& transaction, const Range& range) {
  const pqxx::row row = transaction.RunOnce(
      R"sql(
      SELECT (SELECT count(*) FROM relationship.relationships WHERE customer BETWEEN $1 AND $2),
        (SELECT count(*) FROM directory.partner_customers WHERE customer BETWEEN $1 AND $2))sql",
      {range.first, range.last})[0];
  return {row[0].as<int64_t>(), row[1].as<int64_t>()};
}

std::vector<Difference> FindDifferences(postgres::Transaction& transaction, const Range& range) {
  // Statistics that are older than a portion's rows promise next to none: a nested loop would read
  // the portion once for each of its rows (20 s instead of half a second for ten thousand). What
  // mends looks up single rows, and is not to read whole tables instead.
  transaction.RunLater("SELECT set_config('enable_nestloop', 'off', true)");
  const pqxx::result rows = transaction.RunOnce(
      R"sql(
      WITH decided AS MATERIALIZED (
        SELECT customer, partner, id, type, state, revision FROM relationship.relationships
        WHERE customer BETWEEN $1 AND $2),
      kept AS MATERIALIZED (
        SELECT customer, partner, relationship AS id, type, state, revision FROM directory.edges
        WHERE customer BETWEEN $1 AND $2),
      -- Relationships that a customer has got are told by the customer's name; those that a partner
      -- has got many at a time are told as the partner's.
      owed AS MATERIALIZED (
        SELECT DISTINCT account, resource FROM common.outbox
        WHERE service = 'relationship' AND target = 'directory' AND delivered_time IS NULL),
      many AS MATERIALIZED (
        SELECT DISTINCT account AS partner FROM owed WHERE account LIKE 'partners/%'),
      edges AS (
        SELECT customer, partner, id, d.revision,
          CASE WHEN k.revision IS NULL THEN 'edge_missing' WHEN d.revision IS NULL THEN 'edge_unknown'
            WHEN k.revision < d.revision THEN 'edge_behind'
            WHEN k.revision > d.revision THEN 'edge_ahead' ELSE 'edge_differs' END AS kind,
          concat_ws(' ', k.type, k.state, k.revision) AS found,
          concat_ws(' ', d.type, d.state, d.revision) AS wanted
        FROM decided d FULL JOIN kept k USING (customer, partner, id)
        WHERE (d.type, d.state, d.revision) IS DISTINCT FROM (k.type, k.state, k.revision)),
      of_range AS (
        SELECT name, display_name, country, create_time, creator FROM directory.customers
        WHERE name BETWEEN $1 AND $2),
      rebuilt AS (
        SELECT customer, partner, array_remove(ARRAY[
            CASE WHEN count(*) FILTER (WHERE type = 'PROVIDER' AND state <> 'ENDED') > 0
              THEN 'PROVIDER' END,
            CASE WHEN count(*) FILTER (WHERE type = 'RESELLER' AND state <> 'ENDED') > 0
              THEN 'RESELLER' END], NULL) AS types
        FROM (SELECT customer, partner, type, state FROM kept
              UNION ALL
              -- A creator has its row, not listed, before the relationship.
              SELECT name, creator, NULL, NULL FROM of_range WHERE creator <> '') AS due
        GROUP BY customer, partner),
      pairs AS MATERIALIZED (
        SELECT customer, partner, p.listed, p.types, p.display_name, p.folded_name, p.sort_key,
          p.country, p.create_time, coalesce(r.types, '{}') AS rebuilt_types, c.country AS its_country,
          c.display_name AS its_name, c.create_time AS its_time, p.listed IS NOT NULL AS is_there,
          common.fold(p.display_name) AS folded_anew, r.types IS NOT NULL AS is_due
        FROM (SELECT customer, partner, listed, types, display_name, folded_name, sort_key, country,
                create_time
              FROM directory.partner_customers WHERE customer BETWEEN $1 AND $2) p
        FULL JOIN rebuilt r USING (customer, partner)
        JOIN of_range c ON c.name = customer),
      lists AS (
        SELECT customer, partner, d.kind, d.found, d.wanted
        FROM pairs
        CROSS JOIN LATERAL (VALUES
          ('row_missing', NOT is_there, '', rebuilt_types::text),
          ('row_unknown', NOT is_due, types::text, ''),
          ('listed', is_due AND listed <> (rebuilt_types <> '{}'), listed::text,
           (rebuilt_types <> '{}')::text),
          ('types', is_due AND types <> rebuilt_types, types::text, rebuilt_types::text),
          ('country', is_due AND country <> its_country, country, its_country),
          ('create_time', is_due AND create_time <> its_time, create_time::text, its_time::text),
          ('display_name', is_due AND display_name <> its_name, '', ''),
          ('sort_key', is_due AND (folded_name, sort_key) <>
             (folded_anew, left(folded_anew, 60)), '', '')
        ) AS d (kind, is_wrong, found, wanted)
        WHERE d.is_wrong)
      SELECT kind, customer, partner, id::text AS relationship, found, wanted,
        coalesce(revision, 0) AS revision,
        kind IN ('edge_missing', 'edge_behind')
            AND coalesce(new.account, changed.account) IS NOT NULL
          OR kind = 'edge_missing' AND many.partner IS NOT NULL AS is_under_way
      FROM edges
      LEFT JOIN owed new ON (new.account, new.resource) = (customer, customer)
      LEFT JOIN many USING (partner)
      LEFT JOIN owed changed
        ON (changed.account, changed.resource) = (customer, 'relationships/' || id)
      UNION ALL
      SELECT kind, customer, partner, '', found, wanted, 0, false FROM lists
      ORDER BY customer, partner, relationship, kind)sql",
      {range.first, range.last});
  transaction.RunLater("SELECT set_config('enable_nestloop', 'on', true)");
  std::vector<Difference> differences;
  for (const pqxx::row& row : rows) {
    differences.push_back({.kind = row["kind"].as<std::string>(),
                           .customer = row["customer"].as<std::string>(),
                           .partner = row["partner"].as<std::string>(),
                           .relationship = row["relationship"].as<std::string>(),
                           .found = row["found"].as<std::string>(""),
                           .wanted = row["wanted"].as<std::string>(""),
                           .revision = row["revision"].as<int64_t>(),
                           .is_under_way = row["is_under_way"].as<bool>()});
  }
  return differences;
}

Owed FindOwed(postgres::Transaction& transaction) {
  const pqxx::row row = transaction.Run(
      R"sql(
      SELECT count(*),
        coalesce(extract(epoch FROM clock_timestamp() - min(create_time)), 0)::bigint
      FROM common.outbox
      WHERE service = 'relationship' AND target = 'directory' AND delivered_time IS NULL)sql")[0];
  return {row[0].as<int64_t>(), row[1].as<int64_t>()};
}

void CopyEdge(postgres::Transaction& transaction, const Difference& difference) {
  transaction.Run(
      R"sql(
      INSERT INTO directory.edges (partner, relationship, customer, type, state, revision)
      SELECT partner, id, customer, type, state, revision FROM relationship.relationships
      WHERE partner = $1 AND id = $2::uuid AND customer = $3 AND revision = $4
      ON CONFLICT (partner, relationship) DO UPDATE
        SET customer = excluded.customer, type = excluded.type, state = excluded.state,
          revision = excluded.revision)sql",
      difference.partner, difference.relationship, difference.customer, difference.revision);
}

void DeleteEdge(postgres::Transaction& transaction, const Difference& difference) {
  transaction.Run(
      R"sql(DELETE FROM directory.edges
            WHERE partner = $1 AND relationship = $2::uuid AND customer = $3)sql",
      difference.partner, difference.relationship, difference.customer);
}

bool IsListed(postgres::Transaction& transaction, const std::string& partner,
              const std::string& customer) {
  return !transaction
              .Run(R"sql(SELECT FROM directory.partner_customers
                         WHERE partner = $1 AND customer = $2 AND listed)sql",
                   partner, customer)
              .empty();
}

void RewriteRow(postgres::Transaction& transaction, const std::string& partner,
                const std::string& customer) {
  transaction.Run(
      R"sql(DELETE FROM directory.partner_customers p
            WHERE p.partner = $1 AND p.customer = $2
              AND NOT EXISTS (SELECT FROM directory.edges e WHERE e.partner = $1 AND e.customer = $2)
              AND NOT EXISTS (SELECT FROM directory.customers c
                              WHERE c.name = $2 AND c.creator = $1))sql",
      partner, customer);
  transaction.Run(
      R"sql(
      INSERT INTO directory.partner_customers
        (partner, customer, listed, display_name, country, types, create_time)
      SELECT $1, c.name, live.types <> '{}', c.display_name, c.country, live.types, c.create_time
      FROM directory.customers c
      CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(DISTINCT e.type ORDER BY e.type) FILTER (WHERE e.state <> 'ENDED'),
                        '{}') AS types, count(*) > 0 AS has_edges
        FROM directory.edges e WHERE e.partner = $1 AND e.customer = c.name) AS live
      WHERE c.name = $2 AND (live.has_edges OR c.creator = $1)
      -- Also the sort key is made anew with the name.
      ON CONFLICT (partner, customer) DO UPDATE
        SET listed = excluded.listed, display_name = excluded.display_name,
          country = excluded.country, types = excluded.types,
          create_time = excluded.create_time)sql",
      partner, customer);
}

}  // namespace partnerlink::directory::rebuild
