BEGIN;
SELECT request_time, lapse_time, remind_time FROM relationship.grants WHERE false;
SELECT relationship.grant_state(state, end_time, auto_extend, lapse_time),
  relationship.grant_end(state, end_time, auto_extend),
  relationship.next_reminder(end_time, start_time)
FROM relationship.grants WHERE false;
SELECT 1 / has_column_privilege('relationship', 'relationship.grants', 'state', 'update')::int;
SELECT 1 / has_column_privilege('relationship_worker', 'relationship.grants', 'state', 'update')::int;
SELECT 1 / (count(*) = 2)::int FROM pg_trigger
WHERE tgname IN ('terms_and_times', 'drafts_only') AND tgrelid = 'relationship.grants'::regclass;
SELECT 1 / (count(*) = 9)::int FROM relationship.transitions WHERE resource = 'grant';
ROLLBACK;
