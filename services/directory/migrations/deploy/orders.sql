-- What partners order for a customer, and what the customer then has.
BEGIN;
SET LOCAL ROLE directory_owner;

-- When the term ends that is running at `moment`: terms of `months` follow each other from `start`
-- on. A month's end is the shorter month's last day.
CREATE FUNCTION directory.running_term_end(start timestamptz, months integer, moment timestamptz)
  RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE
  BEGIN ATOMIC
    SELECT (CASE WHEN this_month.over > 0
                   AND utc.start + this_month.over * make_interval(months => months) > utc.moment
                 THEN utc.start + this_month.over * make_interval(months => months)
                 ELSE utc.start + (this_month.over + 1) * make_interval(months => months) END)
           AT TIME ZONE 'UTC'
    FROM (SELECT start AT TIME ZONE 'UTC' AS start, moment AT TIME ZONE 'UTC' AS moment) AS utc,
      -- The terms that have ended by the end of the month.
      LATERAL (SELECT ((date_part('year', utc.moment) - date_part('year', utc.start)) * 12
                       + date_part('month', utc.moment) - date_part('month', utc.start))::integer
                      / months AS over) AS this_month;
  END;

-- The customer of a subscription or an order is one that Relationship knows: the row in
-- directory.customers may be a moment behind.
CREATE TABLE directory.subscriptions (
  customer text NOT NULL CHECK (customer ~ '^customers/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$'),
  id uuid NOT NULL DEFAULT common.uuid_v7(),
  partner text NOT NULL CHECK (partner ~ '^partners/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$'),
  relationship uuid NOT NULL,  -- through which the partner sold it
  offer text NOT NULL REFERENCES directory.offers (name),
  quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 1000000),
  term_months integer NOT NULL CHECK (term_months BETWEEN 1 AND 36),  -- the offer's, when sold
  auto_renew boolean NOT NULL DEFAULT true,
  state text NOT NULL CHECK (state IN ('ACTIVE', 'CANCELLED')),
  end_cause text NOT NULL DEFAULT '' CHECK (char_length(end_cause) <= 300),
  revision bigint NOT NULL DEFAULT 1,
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  update_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (customer, id),
  CHECK (state = 'CANCELLED' OR end_cause = '')
);
CREATE INDEX subscriptions_newest_of_customer
  ON directory.subscriptions (customer, create_time DESC, id DESC);
CREATE INDEX subscriptions_active_by_relationship
  ON directory.subscriptions (partner, relationship) WHERE state = 'ACTIVE';

INSERT INTO directory.transitions (resource, from_state, to_state) VALUES
  ('subscription', '', 'ACTIVE'), ('subscription', 'ACTIVE', 'CANCELLED');
CREATE TRIGGER legal_transition BEFORE INSERT OR UPDATE OF state ON directory.subscriptions
  FOR EACH ROW EXECUTE FUNCTION directory.check_transition('subscription');

-- An order is fulfilled in the transaction that takes it: it has no state that could change.
CREATE TABLE directory.orders (
  customer text NOT NULL CHECK (customer ~ '^customers/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$'),
  id uuid NOT NULL DEFAULT common.uuid_v7(),
  partner text NOT NULL CHECK (partner ~ '^partners/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$'),
  relationship uuid NOT NULL,
  actor text NOT NULL,
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (customer, id)
);
CREATE INDEX orders_newest_of_customer
  ON directory.orders (customer, create_time DESC, id DESC);
CREATE INDEX orders_newest_of_seller
  ON directory.orders (customer, partner, create_time DESC, id DESC);

CREATE TABLE directory.order_lines (
  customer text NOT NULL,
  order_id uuid NOT NULL,
  line integer NOT NULL CHECK (line BETWEEN 1 AND 20),
  offer text NOT NULL REFERENCES directory.offers (name),
  subscription uuid NOT NULL,
  quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 100000),
  PRIMARY KEY (customer, order_id, line),
  FOREIGN KEY (customer, order_id) REFERENCES directory.orders (customer, id),
  FOREIGN KEY (customer, subscription) REFERENCES directory.subscriptions (customer, id)
);
CREATE UNIQUE INDEX order_lines_one_per_subscription
  ON directory.order_lines (customer, order_id, subscription);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON directory.orders
  FOR EACH ROW EXECUTE FUNCTION common.refuse_change();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON directory.orders
  FOR EACH STATEMENT EXECUTE FUNCTION common.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON directory.order_lines
  FOR EACH ROW EXECUTE FUNCTION common.refuse_change();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON directory.order_lines
  FOR EACH STATEMENT EXECUTE FUNCTION common.refuse_change();

-- A partner's reach is what Relationship publishes at this moment, not the edges that the directory
-- has heard of: what has ended there lets nothing through here. Operators see none of it.
ALTER TABLE directory.subscriptions ENABLE ROW LEVEL SECURITY;
ALTER TABLE directory.subscriptions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON directory.subscriptions FOR SELECT
  USING (customer = (SELECT common.account()));
-- By a RESELLER relationship to the customer, or by the one through which the partner sold it.
CREATE POLICY live_edge ON directory.subscriptions FOR SELECT TO directory
  USING (EXISTS (
    SELECT FROM relationship.published_relationships r
    WHERE r.partner = (SELECT common.account()) AND r.customer = subscriptions.customer
      AND (r.type = 'RESELLER' OR r.id = subscriptions.relationship)));
CREATE POLICY held_grant ON directory.subscriptions FOR SELECT TO directory
  USING (EXISTS (
    SELECT FROM relationship.published_grants g
    WHERE g.partner = (SELECT common.account()) AND g.customer = subscriptions.customer
      AND g.roles && ARRAY['subscription_admin', 'global_admin']));
CREATE POLICY sale ON directory.subscriptions FOR INSERT TO directory
  WITH CHECK (partner = (SELECT common.account()) AND EXISTS (
    SELECT FROM relationship.published_relationships r
    WHERE r.partner = (SELECT common.account()) AND r.customer = subscriptions.customer
      AND r.id = subscriptions.relationship AND r.state = 'ACTIVE'));
CREATE POLICY seller ON directory.subscriptions FOR UPDATE TO directory
  USING (partner = (SELECT common.account()) AND EXISTS (
    SELECT FROM relationship.published_relationships r
    WHERE r.partner = (SELECT common.account()) AND r.customer = subscriptions.customer
      AND r.id = subscriptions.relationship AND r.state = 'ACTIVE'));
CREATE POLICY administrator ON directory.subscriptions FOR UPDATE TO directory
  USING (EXISTS (
    SELECT FROM relationship.published_grants g
    WHERE g.partner = (SELECT common.account()) AND g.customer = subscriptions.customer
      AND g.roles && ARRAY['subscription_admin', 'global_admin']));
CREATE POLICY work ON directory.subscriptions TO directory_worker
  USING (true) WITH CHECK (true);
-- Through the published view only: what a partner has sold.
CREATE POLICY published ON directory.subscriptions FOR SELECT TO directory_owner
  USING (partner = (SELECT common.account()));

ALTER TABLE directory.orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE directory.orders FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON directory.orders FOR SELECT
  USING (customer = (SELECT common.account()));
CREATE POLICY live_edge ON directory.orders FOR SELECT TO directory
  USING (partner = (SELECT common.account()) AND EXISTS (
    SELECT FROM relationship.published_relationships r
    WHERE r.partner = (SELECT common.account()) AND r.customer = orders.customer));
CREATE POLICY sale ON directory.orders FOR INSERT TO directory
  WITH CHECK (partner = (SELECT common.account()) AND EXISTS (
    SELECT FROM relationship.published_relationships r
    WHERE r.partner = (SELECT common.account()) AND r.customer = orders.customer
      AND r.id = orders.relationship AND r.state = 'ACTIVE'));

-- Whoever sees the order sees its lines; who placed it writes them.
ALTER TABLE directory.order_lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE directory.order_lines FORCE ROW LEVEL SECURITY;
CREATE POLICY of_order ON directory.order_lines FOR SELECT TO directory
  USING (EXISTS (SELECT FROM directory.orders o
                 WHERE o.customer = order_lines.customer AND o.id = order_lines.order_id));
CREATE POLICY sale ON directory.order_lines FOR INSERT TO directory
  WITH CHECK (EXISTS (SELECT FROM directory.orders o
                      WHERE o.customer = order_lines.customer AND o.id = order_lines.order_id
                        AND o.partner = (SELECT common.account())));

GRANT SELECT, INSERT ON directory.subscriptions, directory.orders, directory.order_lines
  TO directory;
GRANT UPDATE (quantity, state, end_cause, revision, update_time) ON directory.subscriptions
  TO directory;
GRANT SELECT ON directory.subscriptions TO directory_worker;
GRANT UPDATE (state, end_cause, revision, update_time) ON directory.subscriptions
  TO directory_worker;

-- The account's subscriptions in force: what stands in the way of a relationship's removal.
CREATE VIEW directory.published_subscriptions WITH (security_barrier) AS
  SELECT customer, id, partner, relationship, offer, quantity FROM directory.subscriptions
  WHERE state = 'ACTIVE';
GRANT USAGE ON SCHEMA directory TO relationship;
GRANT SELECT ON directory.published_subscriptions TO relationship;
COMMIT;
