BEGIN;
SELECT 1 / (count(*) = 2)::int FROM pg_policy WHERE polname LIKE 'by_partnership%';
ROLLBACK;
