BEGIN;
SET LOCAL ROLE relationship_owner;
DROP TABLE relationship.grants;
DELETE FROM relationship.transitions WHERE resource = 'grant';
COMMIT;
