BEGIN;
SELECT 1 / (relforcerowsecurity)::int FROM pg_class WHERE oid = 'directory.partner_customers'::regclass;
ROLLBACK;
