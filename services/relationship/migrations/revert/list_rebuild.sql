BEGIN;
SET LOCAL ROLE relationship_owner;
REVOKE SELECT (partner, id, customer, type, state, revision) ON relationship.relationships
  FROM rebuilder;
DROP POLICY rebuild ON relationship.relationships;
REVOKE USAGE ON SCHEMA relationship FROM rebuilder;
COMMIT;
