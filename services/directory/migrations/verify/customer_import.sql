BEGIN;
SELECT committed_position FROM directory.imports WHERE false;
SELECT request_hash, answer FROM directory.import_chunks WHERE false;
SELECT 1 / (count(*) = 1)::int FROM pg_class
WHERE relnamespace = 'directory'::regnamespace AND relname = 'partner_customers_by_correlation';
SELECT 1 / (count(*) = 1)::int FROM pg_trigger WHERE tgname = 'forwards_only';
ROLLBACK;
