BEGIN;
SET LOCAL ROLE relationship_owner;
DROP TABLE relationship.customers;
COMMIT;
