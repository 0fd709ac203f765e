-- Customers, their edges as Relationship tells them, and the list that each partner sees.
BEGIN;
CREATE SCHEMA directory AUTHORIZATION directory_owner;
SET LOCAL ROLE directory_owner;
GRANT USAGE ON SCHEMA directory TO directory, directory_worker;

CREATE TABLE directory.customers (
  name text PRIMARY KEY CHECK (name ~ '^customers/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$'),
  display_name text NOT NULL CHECK (char_length(display_name) BETWEEN 1 AND 200),
  country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  contact_display_name text NOT NULL DEFAULT '',
  contact_email_address text NOT NULL DEFAULT '',
  contact_phone_number text NOT NULL DEFAULT '',
  registration_number text NOT NULL DEFAULT '',
  revision bigint NOT NULL DEFAULT 1,
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  update_time timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Domains are claims until they are verified: two customers may claim one, one may have it verified.
CREATE TABLE directory.domains (
  customer text NOT NULL REFERENCES directory.customers (name),
  name text NOT NULL,
  verified boolean NOT NULL DEFAULT false,
  PRIMARY KEY (customer, name)
);
CREATE UNIQUE INDEX domains_verified_once ON directory.domains (name) WHERE verified;

-- The edges, as Relationship last told them.
CREATE TABLE directory.edges (
  partner text NOT NULL,
  relationship uuid NOT NULL,
  customer text NOT NULL REFERENCES directory.customers (name),
  type text NOT NULL CHECK (type IN ('RESELLER', 'PROVIDER')),
  state text NOT NULL CHECK (state IN ('ACTIVE', 'SUSPENDED', 'ENDING', 'ENDED')),
  revision bigint NOT NULL,
  PRIMARY KEY (partner, relationship)
);
CREATE INDEX edges_live ON directory.edges (partner, customer) WHERE state <> 'ENDED';
CREATE INDEX edges_of_customer ON directory.edges (customer);

-- One row per partner and customer: the partner's list, and what the partner keeps of the customer.
CREATE TABLE directory.partner_customers (
  partner text NOT NULL,
  customer text NOT NULL REFERENCES directory.customers (name),
  listed boolean NOT NULL,  -- an edge is not ENDED
  display_name text NOT NULL,
  folded_name text COLLATE "C" NOT NULL GENERATED ALWAYS AS (common.fold(display_name)) STORED,
  -- As much of it as fits a page token, and an index at any length.
  sort_key text COLLATE "C" NOT NULL
    GENERATED ALWAYS AS (left(common.fold(display_name), 60)) STORED,
  country text NOT NULL,
  types text[] NOT NULL,  -- of the edges that are not ENDED
  channel text NOT NULL DEFAULT '',
  labels jsonb NOT NULL DEFAULT '{}',
  correlation_id text NOT NULL DEFAULT '',
  create_time timestamptz NOT NULL,  -- the customer's
  PRIMARY KEY (partner, customer)
);
CREATE INDEX partner_customers_by_name
  ON directory.partner_customers (partner, sort_key, customer) WHERE listed;
CREATE INDEX partner_customers_by_age
  ON directory.partner_customers (partner, create_time, customer) WHERE listed;

-- The policies ask for the account in a sub-select: once per statement instead of once per row.
ALTER TABLE directory.edges ENABLE ROW LEVEL SECURITY;
ALTER TABLE directory.edges FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON directory.edges FOR SELECT
  USING (partner = (SELECT common.account()) OR customer = (SELECT common.account()));
CREATE POLICY operator ON directory.edges FOR SELECT
  USING ((SELECT common.account()) = 'operators');
CREATE POLICY work ON directory.edges TO directory_worker USING (true) WITH CHECK (true);

ALTER TABLE directory.partner_customers ENABLE ROW LEVEL SECURITY;
ALTER TABLE directory.partner_customers FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON directory.partner_customers FOR SELECT
  USING (partner = (SELECT common.account()));
CREATE POLICY operator ON directory.partner_customers FOR SELECT
  USING ((SELECT common.account()) = 'operators');
CREATE POLICY work ON directory.partner_customers TO directory_worker
  USING (true) WITH CHECK (true);

ALTER TABLE directory.customers ENABLE ROW LEVEL SECURITY;
ALTER TABLE directory.customers FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON directory.customers FOR SELECT USING (name = (SELECT common.account()));
CREATE POLICY operator ON directory.customers FOR SELECT
  USING ((SELECT common.account()) = 'operators');
-- A partner sees a customer by an edge that is not over, or by a grant in force. PostgreSQL asks in
-- falling order of the policies' names: the edge first, which costs less.
CREATE POLICY live_edge ON directory.customers FOR SELECT TO directory
  USING (EXISTS (SELECT FROM directory.edges e
                 WHERE e.partner = (SELECT common.account()) AND e.customer = customers.name
                   AND e.state <> 'ENDED'));
CREATE POLICY held_grant ON directory.customers FOR SELECT TO directory
  USING (EXISTS (SELECT FROM relationship.published_grants g
                 WHERE g.partner = (SELECT common.account()) AND g.customer = customers.name));
CREATE POLICY work ON directory.customers TO directory_worker USING (true) WITH CHECK (true);

-- Whoever sees the customer sees its domains: the same policies, not a look at the customer, which
-- would run them once more for every domain.
ALTER TABLE directory.domains ENABLE ROW LEVEL SECURITY;
ALTER TABLE directory.domains FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON directory.domains FOR SELECT
  USING (customer = (SELECT common.account()));
CREATE POLICY operator ON directory.domains FOR SELECT
  USING ((SELECT common.account()) = 'operators');
CREATE POLICY live_edge ON directory.domains FOR SELECT TO directory
  USING (EXISTS (SELECT FROM directory.edges e
                 WHERE e.partner = (SELECT common.account()) AND e.customer = domains.customer
                   AND e.state <> 'ENDED'));
CREATE POLICY held_grant ON directory.domains FOR SELECT TO directory
  USING (EXISTS (SELECT FROM relationship.published_grants g
                 WHERE g.partner = (SELECT common.account()) AND g.customer = domains.customer));
CREATE POLICY work ON directory.domains TO directory_worker USING (true) WITH CHECK (true);

GRANT SELECT ON directory.customers, directory.domains, directory.edges,
  directory.partner_customers TO directory;
GRANT SELECT, INSERT ON directory.customers, directory.domains, directory.edges,
  directory.partner_customers TO directory_worker;
-- To lock a customer asks for a right to update it.
GRANT UPDATE (update_time) ON directory.customers TO directory_worker;
GRANT UPDATE (state, revision) ON directory.edges TO directory_worker;
GRANT UPDATE (listed, display_name, country, types, channel) ON directory.partner_customers
  TO directory_worker;
COMMIT;
