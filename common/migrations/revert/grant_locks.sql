BEGIN;
SET LOCAL ROLE common_owner;
DROP FUNCTION common.share_grant(uuid);
DROP FUNCTION common.lock_grant(uuid);
DROP FUNCTION common.grant_lock_key(uuid);
COMMIT;
