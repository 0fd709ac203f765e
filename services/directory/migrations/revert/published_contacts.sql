BEGIN;
SET LOCAL ROLE directory_owner;
DROP VIEW directory.published_contacts;
REVOKE USAGE ON SCHEMA directory FROM relationship_worker;
COMMIT;
