BEGIN;
SELECT 1 / has_column_privilege('rebuilder', 'directory.partner_customers', 'listed', 'UPDATE')::int;
SELECT 1 / (NOT has_column_privilege('rebuilder', 'directory.partner_customers', 'labels', 'UPDATE'))::int;
SELECT 1 / (count(*) = 5)::int FROM pg_policy
WHERE polrelid::regclass::text LIKE 'directory.%' AND polname LIKE 'rebuild%';
ROLLBACK;
