BEGIN;
SELECT 1 / has_table_privilege('relationship', 'common.audit_entries', 'select')::int;
SELECT 1 / (to_regclass('common.audit_entries_newest_of_account') IS NOT NULL)::int;
SELECT 1 / (to_regclass('common.audit_entries_newest') IS NOT NULL)::int;
SELECT 1 / (to_regclass('common.audit_entries_newest_by_operators') IS NOT NULL)::int;
ROLLBACK;
