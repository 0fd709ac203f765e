BEGIN;
SELECT 1 / has_function_privilege('directory',
  'directory.search_customers(text, text, text, text, text, text, integer, integer)',
  'EXECUTE')::int;
SELECT 1 / (count(*) = 1)::int FROM pg_policy
WHERE polrelid = 'directory.domains'::regclass AND polname = 'just_created'
  AND pg_get_expr(polqual, polrelid) LIKE '%has_just_created(%';
ROLLBACK;
