BEGIN;
SET LOCAL ROLE relationship_owner;
DROP VIEW relationship.published_grants, relationship.published_partners;
REVOKE USAGE ON SCHEMA relationship FROM invitation, directory, directory_owner;
COMMIT;
