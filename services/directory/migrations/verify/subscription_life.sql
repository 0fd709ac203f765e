BEGIN;
SELECT expire_time, directory.subscription_state(state, expire_time)
FROM directory.subscriptions WHERE false;
SELECT customer, subscription, id, kind, actor, account, cause, revision, old_quantity, old_state,
  old_auto_renew, old_partner, old_relationship, new_quantity, new_state, new_auto_renew, new_partner,
  new_relationship, create_time
FROM directory.subscription_changes WHERE false;
SELECT 1 / has_column_privilege('directory', 'directory.subscriptions', 'expire_time', 'update')::int;
SELECT 1 / (count(*) = 1)::int FROM pg_trigger
WHERE tgname = 'terms_and_times' AND tgrelid = 'directory.subscriptions'::regclass;
SELECT 1 / (count(*) = 7)::int FROM directory.transitions WHERE resource = 'subscription';
ROLLBACK;
