BEGIN;
SELECT id, root, account, actor_account, service, event, resource, target, payload, create_time,
  attempts, next_attempt_time, delivered_time, last_error
FROM common.outbox WHERE false;
SELECT 1 / has_function_privilege('invitation', 'common.is_owed(uuid)', 'execute')::int;
ROLLBACK;
