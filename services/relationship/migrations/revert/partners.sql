BEGIN;
SET LOCAL ROLE relationship_owner;
DROP TABLE relationship.partners;
DROP FUNCTION relationship.check_transition();
DROP TABLE relationship.transitions;
DROP SCHEMA relationship;
COMMIT;
