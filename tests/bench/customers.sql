-- One partner with 50,000 customers, each with a domain, a relationship and a grant; and copies of the
-- tables without row-level security for pgbench. calls.h and the files for pgbench know the names.
INSERT INTO relationship.partners (name, display_name, types, country, partner_number)
VALUES ('partners/contoso', 'Contoso', '{RESELLER}', 'DE', 'P-1');

CREATE TABLE bench.numbers AS
  SELECT n, 'customers/c' || n AS customer, 'Customer ' || n || ' Ltd' AS display_name,
    ('01900000-0000-7000-8000-' || 100000000000 + n)::uuid AS id
  FROM generate_series(10000, 59999) AS n;

INSERT INTO relationship.relationships (partner, id, type, customer, state, origin, source)
SELECT 'partners/contoso', id, 'RESELLER', customer, 'ACTIVE', 'INVITATION', 'bench/' || n
FROM bench.numbers;
INSERT INTO relationship.grants (partner, id, display_name, customer, roles, state, start_time,
  end_time, duration_days, auto_extend)
SELECT 'partners/contoso', id, 'Administration', customer,
  '{user_admin,license_admin,service_admin,subscription_admin,directory_reader}', 'ACTIVE',
  clock_timestamp(), clock_timestamp() + interval '730 days', 730, 0
FROM bench.numbers;

INSERT INTO directory.customers (name, display_name, country, contact_display_name,
  contact_email_address, registration_number)
SELECT customer, display_name, 'DE', 'Anna Example', 'anna' || n || '@customer.example', 'HRB ' || n
FROM bench.numbers;
INSERT INTO directory.domains (customer, name)
SELECT customer, 'customer' || n || '.example' FROM bench.numbers;
INSERT INTO directory.edges (partner, relationship, customer, type, state, revision)
SELECT 'partners/contoso', id, customer, 'RESELLER', 'ACTIVE', 1 FROM bench.numbers;
INSERT INTO directory.partner_customers (partner, customer, listed, display_name, country, types,
  channel, labels, create_time)
SELECT 'partners/contoso', customer, true, display_name, 'DE', '{RESELLER}', 'OWN_MARKETING',
  '{"tier": "gold"}', clock_timestamp()
FROM bench.numbers;

CREATE TABLE bench.partners (LIKE relationship.partners INCLUDING ALL);
INSERT INTO bench.partners SELECT * FROM relationship.partners;
CREATE TABLE bench.relationships (LIKE relationship.relationships INCLUDING ALL);
INSERT INTO bench.relationships SELECT * FROM relationship.relationships;
CREATE TABLE bench.grants (LIKE relationship.grants INCLUDING ALL);
INSERT INTO bench.grants SELECT * FROM relationship.grants;
CREATE TABLE bench.customers (LIKE directory.customers INCLUDING ALL);
INSERT INTO bench.customers SELECT * FROM directory.customers;
CREATE TABLE bench.domains (LIKE directory.domains INCLUDING ALL);
INSERT INTO bench.domains SELECT * FROM directory.domains;
CREATE TABLE bench.edges (LIKE directory.edges INCLUDING ALL);
INSERT INTO bench.edges SELECT * FROM directory.edges;
CREATE TABLE bench.partner_customers (LIKE directory.partner_customers INCLUDING ALL);
INSERT INTO bench.partner_customers (partner, customer, listed, display_name, country, types,
  channel, labels, create_time)
SELECT partner, customer, listed, display_name, country, types, channel, labels, create_time
FROM directory.partner_customers;

CREATE TABLE bench.agreement_texts (LIKE invitation.agreement_texts INCLUDING ALL);
INSERT INTO bench.agreement_texts SELECT * FROM invitation.agreement_texts;

-- What a change leaves behind. LIKE copies no foreign keys.
CREATE TABLE bench.redemptions (LIKE invitation.redemptions INCLUDING ALL,
  FOREIGN KEY (partner, invitation) REFERENCES bench.invitations (partner, id));
CREATE TABLE bench.redemption_relationships (LIKE invitation.redemption_relationships INCLUDING ALL,
  FOREIGN KEY (partner, invitation, redemption)
    REFERENCES bench.redemptions (partner, invitation, id));
CREATE TABLE bench.audit_entries (LIKE common.audit_entries INCLUDING ALL);
CREATE TABLE bench.outbox (LIKE common.outbox INCLUDING ALL);
CREATE TABLE bench.request_ids (LIKE common.request_ids INCLUDING ALL);
-- What repeated_creation.sql finds.
INSERT INTO bench.request_ids (account, subject, method, request_id, request_hash, response, root_event)
VALUES ('partners/contoso', 'contoso-person',
  'partnerlink.invitation.v1.InvitationService/CreateInvitation',
  '01900000-0000-4000-8000-000000000000', sha256('a request'),
  convert_to(repeat('An answer of this length. ', 36), 'UTF8'), '01900000-0000-7000-a000-000000000000');
VACUUM ANALYZE;
CHECKPOINT;
