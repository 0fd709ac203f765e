BEGIN;
SELECT 1 / has_function_privilege('directory',
  'directory.search_customers(text, text, text, text, text, text, integer, integer)',
  'EXECUTE')::int;
SELECT 1 / (count(*) = 1)::int FROM pg_policy
WHERE polrelid = 'directory.domains'::regclass AND polname = 'just_created'
  AND pg_get_expr(polqual, polrelid) LIKE '%has_just_created(%';
-- Reads as its owner, behind a wall that nobody passes without an account.
SELECT 1 / (count(*) = 1)::int FROM pg_proc
WHERE oid = 'directory.search_customers'::regproc AND prosecdef
  AND prosrc LIKE '%IF NOT directory.may_see_list(%';
SET LOCAL ROLE directory_owner;
SELECT 1 / (NOT directory.may_see_list('partners/a'))::int;
ROLLBACK;
