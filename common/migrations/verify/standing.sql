BEGIN;
SELECT account, create_time FROM common.suspended_accounts WHERE false;
SELECT 1 / has_function_privilege('invitation', 'common.acting(text)', 'execute')::int;
SELECT 1 / has_function_privilege('directory', 'common.acting_to_write(text)', 'execute')::int;
SELECT 1 / has_function_privilege('relationship', 'common.lock_standing(text)', 'execute')::int;
ROLLBACK;
