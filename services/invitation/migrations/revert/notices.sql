BEGIN;
SET LOCAL ROLE invitation_owner;
REVOKE EXECUTE ON FUNCTION invitation.address_standing FROM invitation_worker;
CREATE OR REPLACE FUNCTION invitation.address_standing(key text)
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
DROP TABLE invitation.notices;
DELETE FROM invitation.transitions WHERE resource = 'notice';
COMMIT;
