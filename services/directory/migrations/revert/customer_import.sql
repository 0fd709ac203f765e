BEGIN;
SET LOCAL ROLE directory_owner;
DROP INDEX directory.partner_customers_by_correlation;
DROP TABLE directory.import_chunks;
DROP TABLE directory.imports;
DROP FUNCTION directory.check_import();
COMMIT;
