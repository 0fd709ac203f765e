-- Transfers of subscriptions between two partners that both serve the customer: one asks, the other
-- agrees or refuses.
BEGIN;
SET LOCAL ROLE directory_owner;

CREATE TABLE directory.transfers (
  partner text NOT NULL CHECK (partner ~ '^partners/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$'),  -- who asks
  id uuid NOT NULL DEFAULT common.uuid_v7(),
  customer text NOT NULL,
  subscription uuid NOT NULL,
  relationship uuid NOT NULL,
  releasing_partner text NOT NULL CHECK (releasing_partner <> partner),
  releasing_relationship uuid NOT NULL,
  reason text NOT NULL DEFAULT '' CHECK (char_length(reason) <= 300),
  actor text NOT NULL,
  state text NOT NULL CHECK (state IN ('REQUESTED', 'ACCEPTED', 'REFUSED', 'CANCELLED', 'EXPIRED')),
  state_cause text NOT NULL DEFAULT '' CHECK (char_length(state_cause) <= 300),
  expire_time timestamptz NOT NULL DEFAULT clock_timestamp() + interval '720 hours',
  revision bigint NOT NULL DEFAULT 1,
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  update_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (partner, id),
  FOREIGN KEY (customer, subscription) REFERENCES directory.subscriptions (customer, id)
);
CREATE INDEX transfers_newest_of_partner
  ON directory.transfers (partner, create_time DESC, id DESC);
CREATE INDEX transfers_newest_of_releasing_partner
  ON directory.transfers (releasing_partner, create_time DESC, id DESC);
CREATE INDEX transfers_of_subscription ON directory.transfers (customer, subscription);
CREATE UNIQUE INDEX transfers_one_asked
  ON directory.transfers (customer, subscription, partner) WHERE state = 'REQUESTED';
-- What the sweep looks for.
CREATE INDEX transfers_lapsing ON directory.transfers (expire_time) WHERE state = 'REQUESTED';

INSERT INTO directory.transitions (resource, from_state, to_state) VALUES
  ('transfer', '', 'REQUESTED'), ('transfer', 'REQUESTED', 'ACCEPTED'),
  ('transfer', 'REQUESTED', 'REFUSED'), ('transfer', 'REQUESTED', 'CANCELLED'),
  ('transfer', 'REQUESTED', 'EXPIRED');
CREATE TRIGGER legal_transition BEFORE INSERT OR UPDATE OF state ON directory.transfers
  FOR EACH ROW EXECUTE FUNCTION directory.check_transition('transfer');

-- What holds by the clock, at once and for every reader; the rows follow.
CREATE FUNCTION directory.transfer_state(state text, expire_time timestamptz) RETURNS text
  LANGUAGE sql VOLATILE
  RETURN CASE WHEN state = 'REQUESTED' AND expire_time <= clock_timestamp()
              THEN 'EXPIRED' ELSE state END;

-- What was asked for stays as it was asked for, and what the clock decides is so by the clock,
-- whoever writes.
CREATE FUNCTION directory.check_transfer() RETURNS trigger
  LANGUAGE plpgsql AS $$
DECLARE
  -- A statement has looked at the clock after it began and before now: whatever was in time then is.
  began timestamptz := statement_timestamp();
  present timestamptz := clock_timestamp();
BEGIN
  IF (NEW.partner, NEW.id, NEW.customer, NEW.subscription, NEW.relationship, NEW.releasing_partner,
      NEW.releasing_relationship, NEW.reason, NEW.actor, NEW.expire_time, NEW.create_time)
    IS DISTINCT FROM
     (OLD.partner, OLD.id, OLD.customer, OLD.subscription, OLD.relationship, OLD.releasing_partner,
      OLD.releasing_relationship, OLD.reason, OLD.actor, OLD.expire_time, OLD.create_time) THEN
    RAISE EXCEPTION 'what was asked for is changed' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state <> OLD.state AND NOT (CASE NEW.state
      WHEN 'EXPIRED' THEN OLD.expire_time <= present
      ELSE OLD.expire_time > began END) THEN
    RAISE EXCEPTION 'a transfer is not % now', NEW.state USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER terms_and_times BEFORE UPDATE ON directory.transfers
  FOR EACH ROW EXECUTE FUNCTION directory.check_transfer();

-- The lock of what asks for one subscription. Who gives it away holds it alone, who asks for it shares
-- it, and looks behind it whose it is: so no transfer is left that asks somebody who has given it away.
-- Held until the transaction ends; taken behind the relationships' locks, before any row is.
CREATE FUNCTION directory.transfer_lock_key(subscription uuid) RETURNS bigint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN hashtextextended('transfers of ' || subscription, 0);
CREATE FUNCTION directory.lock_transfers(subscription uuid) RETURNS void
  LANGUAGE sql VOLATILE
  BEGIN ATOMIC
    SELECT pg_advisory_xact_lock(directory.transfer_lock_key(subscription));
  END;
CREATE FUNCTION directory.share_transfers(subscription uuid) RETURNS void
  LANGUAGE sql VOLATILE
  BEGIN ATOMIC
    SELECT pg_advisory_xact_lock_shared(directory.transfer_lock_key(subscription));
  END;

-- It is asked of the partner that has what the asking one sees. Not a policy: those of subscriptions
-- look at transfers.
CREATE FUNCTION directory.check_asked() RETURNS trigger
  LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
      SELECT FROM directory.subscriptions s
      WHERE s.customer = NEW.customer AND s.id = NEW.subscription
        AND s.partner = NEW.releasing_partner AND s.relationship = NEW.releasing_relationship) THEN
    RAISE EXCEPTION 'the subscription is not the releasing partner''s'
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER of_releasing_partner AFTER INSERT ON directory.transfers
  FOR EACH ROW EXECUTE FUNCTION directory.check_asked();

-- A subscription goes from one partner to another by a transfer and in no other way, whoever writes.
CREATE FUNCTION directory.check_hand_over() RETURNS trigger
  LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.partner, NEW.relationship) IS DISTINCT FROM (OLD.partner, OLD.relationship)
    AND NOT EXISTS (
      SELECT FROM directory.transfers t
      WHERE t.customer = NEW.customer AND t.subscription = NEW.id AND t.state = 'ACCEPTED'
        AND t.partner = NEW.partner AND t.relationship = NEW.relationship
        AND t.releasing_relationship = OLD.relationship
        AND t.update_time >= transaction_timestamp()) THEN
    RAISE EXCEPTION 'a subscription is handed over without a transfer'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER handed_over BEFORE UPDATE OF partner, relationship ON directory.subscriptions
  FOR EACH ROW EXECUTE FUNCTION directory.check_hand_over();

-- Either partner sees it; who asks takes it back, who is asked answers.
ALTER TABLE directory.transfers ENABLE ROW LEVEL SECURITY;
ALTER TABLE directory.transfers FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON directory.transfers FOR SELECT TO directory
  USING (partner = (SELECT common.account()) OR releasing_partner = (SELECT common.account()));
CREATE POLICY asking ON directory.transfers FOR INSERT TO directory
  WITH CHECK (partner = (SELECT common.account()) AND state = 'REQUESTED' AND EXISTS (
      SELECT FROM relationship.published_relationships r
      WHERE r.partner = (SELECT common.account()) AND r.customer = transfers.customer
        AND r.id = transfers.relationship AND r.state = 'ACTIVE'));
CREATE POLICY asker_change ON directory.transfers FOR UPDATE TO directory
  USING (partner = (SELECT common.account()))
  WITH CHECK (partner = (SELECT common.account()) AND state IN ('CANCELLED', 'EXPIRED'));
CREATE POLICY releaser_change ON directory.transfers FOR UPDATE TO directory
  USING (releasing_partner = (SELECT common.account()))
  WITH CHECK (releasing_partner = (SELECT common.account()) AND state IN ('ACCEPTED', 'REFUSED'));
CREATE POLICY work ON directory.transfers TO directory_worker USING (true) WITH CHECK (true);
GRANT SELECT ON directory.transfers TO directory, directory_worker;
GRANT INSERT (partner, customer, subscription, relationship, releasing_partner,
              releasing_relationship, reason, actor, state)
  ON directory.transfers TO directory;
GRANT UPDATE (state, state_cause, revision, update_time) ON directory.transfers
  TO directory, directory_worker;

-- The transaction that accepts a transfer writes the subscription that is another's by then. Asked
-- last: PostgreSQL goes through policies in falling order of their names.
CREATE POLICY accepted_transfer ON directory.subscriptions FOR SELECT TO directory
  USING (EXISTS (
    SELECT FROM directory.transfers t
    WHERE t.customer = subscriptions.customer AND t.subscription = subscriptions.id
      AND t.releasing_partner = (SELECT common.account()) AND t.state = 'ACCEPTED'
      AND t.partner = subscriptions.partner AND t.relationship = subscriptions.relationship
      AND t.update_time >= transaction_timestamp()));
CREATE POLICY accepted_transfer_made ON directory.subscriptions FOR UPDATE TO directory
  USING (false)
  WITH CHECK (EXISTS (
    SELECT FROM directory.transfers t
    WHERE t.customer = subscriptions.customer AND t.subscription = subscriptions.id
      AND t.releasing_partner = (SELECT common.account()) AND t.state = 'ACCEPTED'
      AND t.partner = subscriptions.partner AND t.relationship = subscriptions.relationship
      AND t.update_time >= transaction_timestamp()));
GRANT UPDATE (partner, relationship) ON directory.subscriptions TO directory;
COMMIT;
