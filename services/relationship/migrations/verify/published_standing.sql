BEGIN;
SELECT 1 / has_table_privilege('invitation_worker', 'relationship.published_partners', 'SELECT')::int;
SELECT 1 / has_table_privilege('invitation_worker', 'relationship.published_partnerships', 'SELECT')::int;
ROLLBACK;
