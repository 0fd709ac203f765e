BEGIN;
SELECT name, country, create_time FROM relationship.customers WHERE false;
SELECT 1 / has_table_privilege('relationship_worker', 'relationship.customers', 'INSERT')::int;
ROLLBACK;
