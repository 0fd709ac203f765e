-- Subscriptions that are paused have no place in the schema before: they run again. Those that are
-- EXPIRED are CANCELLED; the others renew.
BEGIN;
SET LOCAL ROLE directory_owner;
CREATE OR REPLACE VIEW directory.published_subscriptions WITH (security_barrier) AS
  SELECT customer, id, partner, relationship, offer, quantity FROM directory.subscriptions
  WHERE state = 'ACTIVE';
REVOKE UPDATE (auto_renew, expire_time) ON directory.subscriptions FROM directory;
DROP TABLE directory.subscription_changes;
DROP TRIGGER terms_and_times ON directory.subscriptions;
DROP FUNCTION directory.check_subscription();
DROP INDEX directory.subscriptions_live_by_relationship, directory.subscriptions_ending;
ALTER TABLE directory.subscriptions DROP CONSTRAINT subscriptions_expired;

INSERT INTO directory.transitions (resource, from_state, to_state)
  VALUES ('subscription', 'EXPIRED', 'CANCELLED');
ALTER TABLE directory.subscriptions NO FORCE ROW LEVEL SECURITY;
UPDATE directory.subscriptions
SET auto_renew = true, expire_time = NULL,
  state = CASE directory.subscription_state(state, expire_time)
            WHEN 'SUSPENDED' THEN 'ACTIVE' WHEN 'EXPIRED' THEN 'CANCELLED' ELSE state END
WHERE state IN ('SUSPENDED', 'EXPIRED') OR NOT auto_renew;
ALTER TABLE directory.subscriptions FORCE ROW LEVEL SECURITY;
DROP FUNCTION directory.subscription_state(text, timestamptz);
DELETE FROM directory.transitions WHERE resource = 'subscription' AND (from_state, to_state) NOT IN
  (('', 'ACTIVE'), ('ACTIVE', 'CANCELLED'));
ALTER TABLE directory.subscriptions
  DROP CONSTRAINT subscriptions_whole_terms,
  DROP CONSTRAINT subscriptions_renewal,
  DROP COLUMN expire_time,
  DROP CONSTRAINT subscriptions_state_check,
  ADD CONSTRAINT subscriptions_state_check CHECK (state IN ('ACTIVE', 'CANCELLED'));
CREATE INDEX subscriptions_active_by_relationship
  ON directory.subscriptions (partner, relationship) WHERE state = 'ACTIVE';
COMMIT;
