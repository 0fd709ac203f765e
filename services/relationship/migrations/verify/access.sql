BEGIN;
SELECT partner, id, customer, type, state FROM relationship.published_relationships WHERE false;
SELECT 1 / has_function_privilege('directory', 'relationship.access_facts(text, text[])', 'execute')::int;
SELECT 1 / has_function_privilege('relationship', 'relationship.access_facts(text, text[])', 'execute')::int;
ROLLBACK;
