-- Mails of fixed words that tell a customer of something: a queue beside that of the invitations'
-- mails. An address gets as many mails a day of both together.
BEGIN;
SET LOCAL ROLE invitation_owner;

CREATE TABLE invitation.notices (
  id uuid PRIMARY KEY,  -- said by who asks for it: twice is once
  kind text NOT NULL CHECK (kind IN ('RELATIONSHIP_REMOVED', 'GRANT_APPROVAL_REQUESTED')),
  resource text NOT NULL,  -- what it is about
  partner text NOT NULL,
  customer text NOT NULL,
  recipient text NOT NULL,
  address_key text NOT NULL CHECK (address_key <> ''),  -- the recipient, normalised
  locale text NOT NULL,
  partner_display_name text NOT NULL CHECK (partner_display_name <> ''),
  customer_display_name text NOT NULL CHECK (customer_display_name <> ''),
  state text NOT NULL CHECK (state IN ('QUEUED', 'SENT', 'FAILED', 'SUPPRESSED', 'JOINED')),
  -- Counts among the address's mails of a day; one that does not yet is held back.
  counts boolean NOT NULL DEFAULT false,
  attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  next_time timestamptz NOT NULL DEFAULT clock_timestamp(),  -- QUEUED: of the next attempt
  last_time timestamptz,  -- of the last attempt
  error text NOT NULL DEFAULT '' CHECK (char_length(error) <= 300),
  create_time timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX notices_due ON invitation.notices (next_time) WHERE state = 'QUEUED';
CREATE INDEX notices_waiting ON invitation.notices (partner, customer, kind) WHERE state = 'QUEUED';
CREATE INDEX notices_to_address
  ON invitation.notices (address_key, (coalesce(last_time, timestamptz 'infinity'))) WHERE counts;

INSERT INTO invitation.transitions (resource, from_state, to_state) VALUES
  ('notice', '', 'QUEUED'), ('notice', '', 'SUPPRESSED'), ('notice', '', 'FAILED'),
  ('notice', '', 'JOINED'),
  ('notice', 'QUEUED', 'SENT'), ('notice', 'QUEUED', 'FAILED'), ('notice', 'QUEUED', 'SUPPRESSED');
CREATE TRIGGER legal_transition BEFORE INSERT OR UPDATE OF state ON invitation.notices
  FOR EACH ROW EXECUTE FUNCTION invitation.check_transition('notice');

ALTER TABLE invitation.notices ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitation.notices FORCE ROW LEVEL SECURITY;
CREATE POLICY work ON invitation.notices TO invitation_worker USING (true) WITH CHECK (true);
-- For address_standing.
CREATE POLICY standing ON invitation.notices FOR SELECT TO invitation_owner USING (true);
GRANT SELECT, INSERT ON invitation.notices TO invitation_worker;
GRANT UPDATE (state, counts, attempts, next_time, last_time, error) ON invitation.notices
  TO invitation_worker;

-- As before, notices included.
CREATE OR REPLACE FUNCTION invitation.address_standing(key text)
  RETURNS TABLE (is_suppressed boolean, recent bigint, next_room timestamptz)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1
  SET search_path = pg_catalog AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('mail to ' || key, 0));
  RETURN QUERY
    SELECT EXISTS (SELECT FROM invitation.suppressed_addresses s WHERE s.address_key = key),
      count(*), min(coalesce(mail.last_time, clock_timestamp())) + interval '24 hours'
    FROM (
      SELECT m.last_time FROM invitation.mails m
      WHERE m.address_key = key
        AND coalesce(m.last_time, timestamptz 'infinity') > clock_timestamp() - interval '24 hours'
        AND (m.state = 'QUEUED' OR m.last_time IS NOT NULL)
      UNION ALL
      SELECT n.last_time FROM invitation.notices n
      WHERE n.address_key = key AND n.counts
        AND coalesce(n.last_time, timestamptz 'infinity') > clock_timestamp() - interval '24 hours'
        AND (n.state = 'QUEUED' OR n.last_time IS NOT NULL)) AS mail;
END $$;
GRANT EXECUTE ON FUNCTION invitation.address_standing TO invitation_worker;
COMMIT;
