BEGIN;
SET LOCAL ROLE directory_owner;
DROP FUNCTION directory.list_customers(text, text, text, text, integer);
COMMIT;
