BEGIN;
SET LOCAL ROLE common_owner;
DROP TABLE common.request_ids;
COMMIT;
