-- `customers` customers, each with a domain, a grant and three relationships; 50,000 of them are one
-- partner's, the rest of their relationships are shared out among partners of 3,000. calls.h and the
-- files for pgbench know the names.
-- Right by themselves: what checks row by row, as triggers and foreign keys do, is left out.
SET session_replication_role = replica;
CREATE TABLE bench.numbers AS
  SELECT n, 'customers/c' || n AS customer,
    'Customer ' || n || ' '
      || (ARRAY['Ltd', 'GmbH', 'Holding', 'Bakery', 'Logistics', 'Dental', 'Software', 'Garage',
                'Textiles', 'Energy'])[n % 10 + 1] AS display_name
  FROM generate_series(10000, 9999 + :customers) AS n;

-- Three edges of each: two with partners that follow from its number, one with the partner of 50,000.
CREATE TABLE bench.edges_to_be AS
  SELECT n, customer, display_name, edge,
    CASE WHEN edge = 0 AND n < 60000 THEN 'partners/contoso'
      ELSE 'partners/p' || 1000 + (n / 10 + edge * 7) % (:customers / 1000) END AS partner,
    ('01900000-0000-7000-8' || edge || '00-' || 100000000000 + n)::uuid AS id
  FROM bench.numbers CROSS JOIN generate_series(0, 2) AS edge;

INSERT INTO relationship.partners (name, display_name, types, country, partner_number)
VALUES ('partners/contoso', 'Contoso', '{RESELLER}', 'DE', 'P-contoso');
INSERT INTO relationship.partners (name, display_name, types, country, partner_number)
SELECT 'partners/p' || p, 'Partner ' || p, '{RESELLER}', 'DE', 'P-' || p
FROM generate_series(1000, 999 + :customers / 1000) AS p;

INSERT INTO relationship.relationships (partner, id, type, customer, state, origin, source)
SELECT partner, id, 'RESELLER', customer, 'ACTIVE', 'INVITATION', 'bench/' || n
FROM bench.edges_to_be;
INSERT INTO relationship.grants (partner, id, display_name, customer, roles, state, start_time,
  end_time, duration_days, auto_extend)
SELECT partner, id, 'Administration', customer,
  '{user_admin,license_admin,service_admin,subscription_admin,directory_reader}', 'ACTIVE',
  clock_timestamp(), clock_timestamp() + interval '730 days', 730, 0
FROM bench.edges_to_be WHERE edge = 0;

INSERT INTO directory.customers (name, display_name, country, contact_display_name,
  contact_email_address, registration_number)
SELECT customer, display_name, 'DE', 'Anna Example', 'anna' || n || '@customer.example', 'HRB ' || n
FROM bench.numbers;
INSERT INTO directory.domains (customer, name)
SELECT customer, 'customer' || n || '.example' FROM bench.numbers;
INSERT INTO directory.edges (partner, relationship, customer, type, state, revision)
SELECT partner, id, customer, 'RESELLER', 'ACTIVE', 1 FROM bench.edges_to_be;
-- An index of parts of words is made in a fraction of the time once the rows are there.
SELECT pg_get_indexdef('directory.partner_customers_by_part_of_name'::regclass) AS by_part_of_name
\gset
DROP INDEX directory.partner_customers_by_part_of_name;
INSERT INTO directory.partner_customers (partner, customer, listed, display_name, country, types,
  channel, labels, create_time)
SELECT partner, customer, true, display_name, 'DE', '{RESELLER}', 'OWN_MARKETING',
  '{"tier": "gold"}', clock_timestamp()
FROM bench.edges_to_be;
:by_part_of_name;
DROP TABLE bench.edges_to_be;
