-- The lock of one grant. Whoever ends it, or takes roles from it, holds it alone; who changes something
-- by it shares it, and reads behind it what the grant allows: so nothing slips in beside its end. Held
-- until the transaction ends.
BEGIN;
SET LOCAL ROLE common_owner;

CREATE FUNCTION common.grant_lock_key(granted uuid) RETURNS bigint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN hashtextextended('grants/' || granted, 0);

CREATE FUNCTION common.lock_grant(granted uuid) RETURNS void
  LANGUAGE sql VOLATILE
  BEGIN ATOMIC
    SELECT pg_advisory_xact_lock(common.grant_lock_key(granted));
  END;

CREATE FUNCTION common.share_grant(granted uuid) RETURNS void
  LANGUAGE sql VOLATILE
  BEGIN ATOMIC
    SELECT pg_advisory_xact_lock_shared(common.grant_lock_key(granted));
  END;

COMMIT;
