BEGIN;
SET LOCAL ROLE directory_owner;
DROP VIEW directory.published_customers;
REVOKE USAGE ON SCHEMA directory FROM invitation;
COMMIT;
