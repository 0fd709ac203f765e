BEGIN;
SET LOCAL ROLE common_owner;
DROP FUNCTION common.share_edge(uuid);
DROP FUNCTION common.lock_edge(uuid);
DROP FUNCTION common.edge_lock_key(uuid);
COMMIT;
