BEGIN;
SELECT state_cause, ending_from, revoke_grants, end_notice_days FROM relationship.relationships WHERE false;
SELECT partner, relationship, customer, due_time, done_time, outcome
FROM relationship.revocations WHERE false;
SELECT partner, id, kind, resource, customer, create_time, due_time, done_time, outcome
FROM relationship.notices WHERE false;
SELECT 1 / (count(*) = 4)::int FROM pg_trigger
WHERE tgname IN ('changed_by_whom', 'end_is_kept', 'what_follows', 'nothing_follows')
  AND tgrelid = 'relationship.relationships'::regclass;
SELECT 1 / has_function_privilege('relationship',
                                  'relationship.came_through(text, text, text, text)',
                                  'execute')::int;
ROLLBACK;
