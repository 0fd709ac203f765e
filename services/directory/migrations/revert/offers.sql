BEGIN;
SET LOCAL ROLE directory_owner;
DROP TABLE directory.offers;
DROP FUNCTION directory.check_transition();
DROP TABLE directory.transitions;
COMMIT;
