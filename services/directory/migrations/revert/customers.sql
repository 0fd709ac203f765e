BEGIN;
SET LOCAL ROLE directory_owner;
DROP TABLE directory.partner_customers, directory.edges, directory.domains, directory.customers;
DROP SCHEMA directory;
COMMIT;
