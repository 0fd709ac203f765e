BEGIN;
SELECT partner, id, customer, subscription, relationship, releasing_partner, releasing_relationship,
  reason, actor, directory.transfer_state(state, expire_time), state_cause, expire_time, revision,
  create_time, update_time
FROM directory.transfers WHERE false;
SELECT 1 / (count(*) = 2)::int FROM pg_policy WHERE polname LIKE 'accepted_transfer%';
SELECT 1 / (count(*) = 1)::int FROM pg_trigger
WHERE tgname = 'handed_over' AND tgrelid = 'directory.subscriptions'::regclass;
SELECT 1 / (count(*) = 3)::int FROM pg_trigger
WHERE tgname IN ('legal_transition', 'terms_and_times', 'of_releasing_partner')
  AND tgrelid = 'directory.transfers'::regclass;
SELECT 1 / (count(*) = 5)::int FROM directory.transitions WHERE resource = 'transfer';
SELECT 1 / has_function_privilege('directory', 'directory.lock_transfers(uuid)', 'execute')::int;
SELECT 1 / has_function_privilege('directory', 'directory.share_transfers(uuid)', 'execute')::int;
ROLLBACK;
