BEGIN;
SELECT 1 / has_column_privilege('relationship', 'relationship.partners', 'state', 'update')::int;
SELECT 1 / (count(*) = 2)::int FROM pg_trigger WHERE tgname IN ('standing', 'suspended_by_others');
ROLLBACK;
