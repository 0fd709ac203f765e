BEGIN;
SELECT state_cause, ending_from, revoke_grants FROM relationship.relationships WHERE false;
SELECT partner, relationship, customer, due_time, done_time, outcome
FROM relationship.revocations WHERE false;
SELECT partner, id, kind, resource, customer, create_time, done_time, outcome
FROM relationship.notices WHERE false;
SELECT 1 / (count(*) = 3)::int FROM pg_trigger
WHERE tgname IN ('changed_by_whom', 'end_is_kept', 'what_follows')
  AND tgrelid = 'relationship.relationships'::regclass;
SELECT 1 / has_function_privilege('relationship',
                                  'relationship.came_through(text, text, text, text)',
                                  'execute')::int;
ROLLBACK;
