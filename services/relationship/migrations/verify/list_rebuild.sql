BEGIN;
SELECT 1 / has_column_privilege('rebuilder', 'relationship.relationships', 'revision', 'SELECT')::int;
SELECT 1 / (count(*) = 1)::int FROM pg_policy
WHERE polrelid = 'relationship.relationships'::regclass AND polname = 'rebuild';
ROLLBACK;
