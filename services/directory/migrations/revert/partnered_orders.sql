BEGIN;
SET LOCAL ROLE directory_owner;
DROP POLICY partnered_enlargement ON directory.subscriptions;
DROP POLICY partnered_provider ON directory.subscriptions;
COMMIT;
