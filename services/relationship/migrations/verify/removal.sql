BEGIN;
SELECT 1 / has_column_privilege('relationship', 'relationship.relationships', 'state', 'update')::int;
SELECT 1 / has_column_privilege('relationship', 'relationship.partners', 'on_removal', 'update')::int;
SELECT 1 / has_table_privilege('relationship', 'relationship.attestations', 'insert')::int;
SELECT 1 / count(*) FROM pg_trigger WHERE tgname = 'removal_is_attested';
ROLLBACK;
