BEGIN;
SET LOCAL ROLE directory_owner;
DROP POLICY by_partnership_enlarged ON directory.subscriptions;
DROP POLICY by_partnership ON directory.subscriptions;
COMMIT;
