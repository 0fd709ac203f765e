-- The mails that the service sends. The queue holds neither a link nor its secret: both are derived
-- when a mail is sent.
BEGIN;
SET LOCAL ROLE invitation_owner;

-- What became of the current link's mail, as readers of an invitation see it.
ALTER TABLE invitation.invitations
  ADD COLUMN delivery_state text NOT NULL DEFAULT 'NONE' CONSTRAINT delivery_is_known CHECK (
    delivery_state IN ('NONE', 'QUEUED', 'SENT', 'FAILED', 'SUPPRESSED')),
  ADD COLUMN delivery_time timestamptz,
  ADD COLUMN delivery_attempts integer NOT NULL DEFAULT 0 CHECK (delivery_attempts >= 0),
  ADD COLUMN delivery_error text NOT NULL DEFAULT '' CHECK (char_length(delivery_error) <= 300);
GRANT UPDATE (delivery_state, delivery_time, delivery_attempts, delivery_error)
  ON invitation.invitations TO invitation, invitation_worker;

CREATE TABLE invitation.mails (
  partner text NOT NULL,
  invitation uuid NOT NULL,
  id uuid NOT NULL DEFAULT common.uuid_v7(),
  generation integer NOT NULL CHECK (generation >= 1),
  address_key text NOT NULL CHECK (address_key <> ''),  -- the recipient, normalised
  state text NOT NULL CHECK (state IN ('QUEUED', 'SENT', 'FAILED', 'SUPPRESSED', 'CANCELLED')),
  attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  next_time timestamptz NOT NULL DEFAULT clock_timestamp(),  -- QUEUED: of the next attempt
  last_time timestamptz,  -- of the last attempt
  error text NOT NULL DEFAULT '' CHECK (char_length(error) <= 300),
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (partner, invitation, id),
  FOREIGN KEY (partner, invitation) REFERENCES invitation.invitations (partner, id)
);
-- One link has one mail on its way.
CREATE UNIQUE INDEX mails_one_queued ON invitation.mails (partner, invitation, generation)
  WHERE state = 'QUEUED';
CREATE INDEX mails_due ON invitation.mails (next_time) WHERE state = 'QUEUED';
CREATE INDEX mails_to_address
  ON invitation.mails (address_key, (coalesce(last_time, timestamptz 'infinity')));

-- SENT after CANCELLED: the server took it while its invitation ended.
INSERT INTO invitation.transitions (resource, from_state, to_state) VALUES
  ('mail', '', 'QUEUED'), ('mail', '', 'SUPPRESSED'),
  ('mail', 'QUEUED', 'SENT'), ('mail', 'QUEUED', 'FAILED'), ('mail', 'QUEUED', 'SUPPRESSED'),
  ('mail', 'QUEUED', 'CANCELLED'), ('mail', 'CANCELLED', 'SENT');
CREATE TRIGGER legal_transition BEFORE INSERT OR UPDATE OF state ON invitation.mails
  FOR EACH ROW EXECUTE FUNCTION invitation.check_transition('mail');

ALTER TABLE invitation.mails ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitation.mails FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON invitation.mails
  USING (partner = common.account()) WITH CHECK (partner = common.account());
CREATE POLICY operator ON invitation.mails FOR SELECT USING (common.account() = 'operators');
CREATE POLICY work ON invitation.mails TO invitation_worker USING (true) WITH CHECK (true);
-- For address_standing.
CREATE POLICY standing ON invitation.mails FOR SELECT TO invitation_owner USING (true);
GRANT SELECT, INSERT ON invitation.mails TO invitation;
GRANT SELECT ON invitation.mails TO invitation_worker;
GRANT UPDATE (state, attempts, next_time, last_time, error) ON invitation.mails
  TO invitation_worker;

-- Addresses that get no mail from anyone. Kept by the operator; the sender adds those that a server
-- says do not exist.
CREATE TABLE invitation.suppressed_addresses (
  address_key text PRIMARY KEY CHECK (address_key = lower(address_key) AND address_key LIKE '%_@_%'),
  reason text NOT NULL CHECK (char_length(reason) BETWEEN 1 AND 300),
  create_time timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE invitation.suppressed_addresses ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitation.suppressed_addresses FORCE ROW LEVEL SECURITY;
CREATE POLICY operator ON invitation.suppressed_addresses TO invitation_owner
  USING (true) WITH CHECK (true);
CREATE POLICY work ON invitation.suppressed_addresses TO invitation_worker
  USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON invitation.suppressed_addresses TO invitation_worker;

-- How an address stands with all partners together: whether it is suppressed, how many mails are on
-- their way to it or were tried in the last 24 hours, and when the oldest of these is a day old.
-- Locks the address until the transaction ends, so that what it answers stays true.
CREATE FUNCTION invitation.address_standing(key text)
  RETURNS TABLE (is_suppressed boolean, recent bigint, next_room timestamptz)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1
  SET search_path = pg_catalog AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('mail to ' || key, 0));
  RETURN QUERY
    SELECT EXISTS (SELECT FROM invitation.suppressed_addresses s WHERE s.address_key = key),
      count(*), min(coalesce(m.last_time, clock_timestamp())) + interval '24 hours'
    FROM invitation.mails m
    WHERE m.address_key = key
      AND coalesce(m.last_time, timestamptz 'infinity') > clock_timestamp() - interval '24 hours'
      AND (m.state = 'QUEUED' OR m.last_time IS NOT NULL);
END $$;
REVOKE ALL ON FUNCTION invitation.address_standing FROM PUBLIC;
GRANT EXECUTE ON FUNCTION invitation.address_standing TO invitation;
COMMIT;
