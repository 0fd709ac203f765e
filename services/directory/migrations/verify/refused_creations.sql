BEGIN;
SELECT 1 / has_table_privilege('directory_worker', 'directory.customers', 'DELETE')::int;
SELECT 1 / has_column_privilege('directory', 'directory.users', 'create_time', 'INSERT')::int;
SELECT 1 / (count(*) = 3)::int FROM pg_policy WHERE polname = 'refused' AND NOT polpermissive;
ROLLBACK;
