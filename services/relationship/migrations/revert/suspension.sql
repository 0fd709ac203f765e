BEGIN;
SET LOCAL ROLE relationship_owner;
DROP TRIGGER suspended_by_others ON relationship.partners;
DROP FUNCTION relationship.check_suspender();
DROP TRIGGER standing ON relationship.partners;
DROP FUNCTION relationship.keep_standing();
REVOKE UPDATE (state) ON relationship.partners FROM relationship;
COMMIT;
