-- Customers that a partner creates, with their first administrator; what a partner alone keeps of a
-- customer.
BEGIN;
SET LOCAL ROLE directory_owner;

ALTER TABLE directory.customers
  ADD COLUMN creator text NOT NULL DEFAULT '';  -- the partner that created it, if one did

CREATE POLICY creation ON directory.customers FOR INSERT TO directory
  WITH CHECK (creator = (SELECT common.account()) AND creator LIKE 'partners/%');
-- Until its relationship is there, its creator sees the customer by having created it. From the first
-- edge on, also an ended one, the edges decide.
CREATE POLICY just_created ON directory.customers FOR SELECT TO directory
  USING (creator = (SELECT common.account()) AND NOT EXISTS (
    SELECT FROM directory.edges e
    WHERE e.partner = (SELECT common.account()) AND e.customer = customers.name));
CREATE POLICY just_created ON directory.domains FOR SELECT TO directory
  USING (EXISTS (
    SELECT FROM directory.customers c
    WHERE c.name = domains.customer AND c.creator = (SELECT common.account()) AND NOT EXISTS (
      SELECT FROM directory.edges e
      WHERE e.partner = (SELECT common.account()) AND e.customer = c.name)));
CREATE POLICY creation ON directory.domains FOR INSERT TO directory
  WITH CHECK (NOT verified AND EXISTS (
    SELECT FROM directory.customers c
    WHERE c.name = domains.customer AND c.creator = (SELECT common.account())));
GRANT INSERT (name, display_name, country, contact_display_name, contact_email_address,
              contact_phone_number, registration_number, creator) ON directory.customers
  TO directory;
GRANT INSERT ON directory.domains TO directory;

-- The people of a customer.
CREATE TABLE directory.users (
  customer text NOT NULL REFERENCES directory.customers (name),
  id uuid NOT NULL DEFAULT common.uuid_v7(),
  user_principal_name text NOT NULL CHECK (char_length(user_principal_name) BETWEEN 3 AND 254),
  given_name text NOT NULL DEFAULT '',
  family_name text NOT NULL DEFAULT '',
  display_name text NOT NULL DEFAULT '',
  roles text[] NOT NULL DEFAULT '{}' CHECK (roles <@ ARRAY['global_admin', 'billing_admin']),
  revision bigint NOT NULL DEFAULT 1,
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  update_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (customer, id)
);
CREATE UNIQUE INDEX users_by_principal_name
  ON directory.users (customer, lower(user_principal_name));

ALTER TABLE directory.users ENABLE ROW LEVEL SECURITY;
ALTER TABLE directory.users FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON directory.users FOR SELECT USING (customer = (SELECT common.account()));
CREATE POLICY held_grant ON directory.users FOR SELECT TO directory
  USING (EXISTS (
    SELECT FROM relationship.published_grants g
    WHERE g.partner = (SELECT common.account()) AND g.customer = users.customer
      AND g.roles && ARRAY['user_admin', 'directory_reader', 'global_admin']));
CREATE POLICY creation ON directory.users FOR INSERT TO directory
  WITH CHECK (EXISTS (
    SELECT FROM directory.customers c
    WHERE c.name = users.customer AND c.creator = (SELECT common.account())));
GRANT SELECT ON directory.users TO directory;
GRANT INSERT (customer, user_principal_name, given_name, family_name, display_name, roles)
  ON directory.users TO directory;

-- A partner's own of a customer; its revision is a part of the customer's etag for this partner.
ALTER TABLE directory.partner_customers ADD COLUMN revision bigint NOT NULL DEFAULT 0;
CREATE POLICY own ON directory.partner_customers FOR UPDATE TO directory
  USING (partner = (SELECT common.account())) WITH CHECK (partner = (SELECT common.account()));
CREATE POLICY creation ON directory.partner_customers FOR INSERT TO directory
  WITH CHECK (partner = (SELECT common.account()) AND NOT listed);
GRANT UPDATE (labels, correlation_id, channel, revision) ON directory.partner_customers
  TO directory;
GRANT INSERT ON directory.partner_customers TO directory;
COMMIT;
