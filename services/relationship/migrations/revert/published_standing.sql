BEGIN;
SET LOCAL ROLE relationship_owner;
REVOKE SELECT ON relationship.published_partners, relationship.published_partnerships
  FROM invitation_worker;
REVOKE USAGE ON SCHEMA relationship FROM invitation_worker;
COMMIT;
