BEGIN;
SET LOCAL ROLE common_owner;
DROP FUNCTION common.lock_standing(text);
DROP FUNCTION common.acting_to_write(text);
DROP FUNCTION common.acting(text);
DROP FUNCTION common.standing_lock_key(text);
DROP TABLE common.suspended_accounts;
COMMIT;
