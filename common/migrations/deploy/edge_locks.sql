-- The lock of one relationship. Whoever ends or suspends it holds it alone; who orders or changes
-- something through it shares it, and reads the relationship's state behind it: so nothing slips in
-- beside a removal. Held until the transaction ends.
BEGIN;
SET LOCAL ROLE common_owner;

CREATE FUNCTION common.edge_lock_key(relationship uuid) RETURNS bigint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN hashtextextended('relationships/' || relationship, 0);

CREATE FUNCTION common.lock_edge(relationship uuid) RETURNS void
  LANGUAGE sql VOLATILE
  BEGIN ATOMIC
    SELECT pg_advisory_xact_lock(common.edge_lock_key(relationship));
  END;

CREATE FUNCTION common.share_edge(relationship uuid) RETURNS void
  LANGUAGE sql VOLATILE
  BEGIN ATOMIC
    SELECT pg_advisory_xact_lock_shared(common.edge_lock_key(relationship));
  END;

COMMIT;
