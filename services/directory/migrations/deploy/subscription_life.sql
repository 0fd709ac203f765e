-- The whole life of a subscription: seats more and fewer, paused, renewed or not, over by the clock;
-- and what became of it, change by change.
BEGIN;
SET LOCAL ROLE directory_owner;

ALTER TABLE directory.subscriptions
  DROP CONSTRAINT subscriptions_state_check,
  ADD CONSTRAINT subscriptions_state_check CHECK (
    state IN ('ACTIVE', 'SUSPENDED', 'CANCELLED', 'EXPIRED')),
  -- When it is over; null: another term follows.
  ADD COLUMN expire_time timestamptz,
  ADD CONSTRAINT subscriptions_renewal CHECK (auto_renew = (expire_time IS NULL)),
  ADD CONSTRAINT subscriptions_expired CHECK (state <> 'EXPIRED' OR NOT auto_renew),
  -- The end of one of its terms.
  ADD CONSTRAINT subscriptions_whole_terms CHECK (
    directory.running_term_end(create_time, term_months, expire_time - interval '1 microsecond')
      = expire_time);

DROP INDEX directory.subscriptions_active_by_relationship;
CREATE INDEX subscriptions_live_by_relationship
  ON directory.subscriptions (partner, relationship) WHERE state IN ('ACTIVE', 'SUSPENDED');
-- What the sweep looks for.
CREATE INDEX subscriptions_ending ON directory.subscriptions (expire_time)
  WHERE state IN ('ACTIVE', 'SUSPENDED');

INSERT INTO directory.transitions (resource, from_state, to_state) VALUES
  ('subscription', 'ACTIVE', 'SUSPENDED'), ('subscription', 'SUSPENDED', 'ACTIVE'),
  ('subscription', 'SUSPENDED', 'CANCELLED'),
  ('subscription', 'ACTIVE', 'EXPIRED'), ('subscription', 'SUSPENDED', 'EXPIRED');

-- What holds by the clock, at once and for every reader; the rows follow.
CREATE FUNCTION directory.subscription_state(state text, expire_time timestamptz) RETURNS text
  LANGUAGE sql VOLATILE
  RETURN CASE WHEN state IN ('ACTIVE', 'SUSPENDED') AND expire_time <= clock_timestamp()
              THEN 'EXPIRED' ELSE state END;

-- What was sold stays what it is, what is over stays as it was, and what the clock decides is so by
-- the clock, whoever writes.
CREATE FUNCTION directory.check_subscription() RETURNS trigger
  LANGUAGE plpgsql AS $$
DECLARE
  -- A statement has looked at the clock after it began and before now: whatever was in time then is.
  began timestamptz := statement_timestamp();
  present timestamptz := clock_timestamp();
  over boolean := OLD.state IN ('CANCELLED', 'EXPIRED')
    OR (OLD.expire_time <= began AND NEW.state <> 'EXPIRED') IS TRUE;
BEGIN
  IF (NEW.customer, NEW.id, NEW.offer, NEW.term_months, NEW.create_time)
      IS DISTINCT FROM (OLD.customer, OLD.id, OLD.offer, OLD.term_months, OLD.create_time) THEN
    RAISE EXCEPTION 'what was sold is changed' USING ERRCODE = 'check_violation';
  END IF;
  IF over AND (NEW.state, NEW.quantity, NEW.auto_renew, NEW.expire_time, NEW.partner,
               NEW.relationship, NEW.end_cause)
      IS DISTINCT FROM (OLD.state, OLD.quantity, OLD.auto_renew, OLD.expire_time, OLD.partner,
                        OLD.relationship, OLD.end_cause) THEN
    RAISE EXCEPTION 'a subscription is changed that is over' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.quantity <> OLD.quantity AND OLD.state <> 'ACTIVE' THEN
    RAISE EXCEPTION 'seats change of a subscription that is not ACTIVE'
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'EXPIRED' AND OLD.state <> 'EXPIRED'
      AND (OLD.expire_time <= present) IS NOT TRUE THEN
    RAISE EXCEPTION 'a subscription is not EXPIRED now' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER terms_and_times BEFORE UPDATE ON directory.subscriptions
  FOR EACH ROW EXECUTE FUNCTION directory.check_subscription();

-- The history: a row for each change, with who made it. Of what was before this table the audit
-- tells.
CREATE TABLE directory.subscription_changes (
  customer text NOT NULL,
  subscription uuid NOT NULL,
  id uuid NOT NULL DEFAULT common.uuid_v7(),
  kind text NOT NULL CHECK (
    kind IN ('CREATED', 'SEATS_ADDED', 'UPDATED', 'SUSPENDED', 'REACTIVATED', 'CANCELLED', 'EXPIRED',
             'TRANSFERRED')),
  actor text NOT NULL,
  account text NOT NULL,  -- the actor's; empty: the service itself
  cause text NOT NULL DEFAULT '' CHECK (char_length(cause) <= 300),
  revision bigint NOT NULL,  -- of the subscription, from then on
  old_quantity integer,
  old_state text,
  old_auto_renew boolean,
  old_partner text,
  old_relationship uuid,
  new_quantity integer NOT NULL,
  new_state text NOT NULL,
  new_auto_renew boolean NOT NULL,
  new_partner text NOT NULL,
  new_relationship uuid NOT NULL,
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (customer, subscription, id),
  CONSTRAINT subscription_changes_one_a_revision UNIQUE (customer, subscription, revision),
  FOREIGN KEY (customer, subscription) REFERENCES directory.subscriptions (customer, id),
  CHECK (num_nulls(old_quantity, old_state, old_auto_renew, old_partner, old_relationship)
           = CASE kind WHEN 'CREATED' THEN 5 ELSE 0 END)
);
CREATE INDEX subscription_changes_newest
  ON directory.subscription_changes (customer, subscription, create_time DESC, id DESC);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON directory.subscription_changes
  FOR EACH ROW EXECUTE FUNCTION common.refuse_change();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON directory.subscription_changes
  FOR EACH STATEMENT EXECUTE FUNCTION common.refuse_change();

-- Whoever sees the subscription sees its history, and adds to it in its own name what has become of
-- it: nobody takes the place of a change to come.
ALTER TABLE directory.subscription_changes ENABLE ROW LEVEL SECURITY;
ALTER TABLE directory.subscription_changes FORCE ROW LEVEL SECURITY;
CREATE POLICY of_subscription ON directory.subscription_changes FOR SELECT TO directory
  USING (EXISTS (SELECT FROM directory.subscriptions s
                 WHERE s.customer = subscription_changes.customer
                   AND s.id = subscription_changes.subscription));
CREATE POLICY own_change ON directory.subscription_changes FOR INSERT TO directory
  WITH CHECK (account = (SELECT common.account()) AND EXISTS (
    SELECT FROM directory.subscriptions s
    WHERE s.customer = subscription_changes.customer AND s.id = subscription_changes.subscription
      AND s.revision = subscription_changes.revision
      AND s.quantity = subscription_changes.new_quantity
      AND s.state = subscription_changes.new_state
      AND s.partner = subscription_changes.new_partner
      AND s.relationship = subscription_changes.new_relationship));
CREATE POLICY work ON directory.subscription_changes TO directory_worker
  USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON directory.subscription_changes TO directory;
GRANT INSERT ON directory.subscription_changes TO directory_worker;
GRANT UPDATE (auto_renew, expire_time) ON directory.subscriptions TO directory;

-- A paused one stands in the way of a removal, too: it can run again.
CREATE OR REPLACE VIEW directory.published_subscriptions WITH (security_barrier) AS
  SELECT customer, id, partner, relationship, offer, quantity FROM directory.subscriptions
  WHERE state IN ('ACTIVE', 'SUSPENDED')
    AND (expire_time IS NULL OR expire_time > clock_timestamp());
COMMIT;
