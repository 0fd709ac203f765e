BEGIN;
SELECT 1 / has_column_privilege('rebuilder', 'common.outbox', 'resource', 'SELECT')::int;
SELECT 1 / (NOT has_column_privilege('rebuilder', 'common.outbox', 'payload', 'SELECT'))::int;
SELECT 1 / has_table_privilege('rebuilder', 'common.audit_entries', 'INSERT')::int;
ROLLBACK;
