BEGIN;
SET LOCAL ROLE common_owner;
DROP TABLE common.audit_entries;
COMMIT;
