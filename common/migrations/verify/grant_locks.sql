BEGIN;
SELECT 1 / (common.grant_lock_key('0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee') IS NOT NULL)::int;
SELECT 1 / has_function_privilege('directory', 'common.share_grant(uuid)', 'execute')::int;
SELECT 1 / has_function_privilege('relationship', 'common.lock_grant(uuid)', 'execute')::int;
ROLLBACK;
