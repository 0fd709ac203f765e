BEGIN;
SET LOCAL ROLE common_owner;
DROP FUNCTION common.is_owed(uuid);
DROP TABLE common.outbox;
COMMIT;
