BEGIN;
SELECT registration_key FROM directory.customers WHERE false;
SELECT 1 / (count(*) = 5)::int FROM pg_class WHERE relnamespace = 'directory'::regnamespace
  AND relname IN ('customers_by_registration', 'domains_by_name', 'partner_customers_of_customer',
                  'partner_customers_by_part_of_name', 'customers');
SELECT 1 / has_function_privilege('directory', 'directory.whose_customer(text, text, text)',
                                  'EXECUTE')::int;
SELECT 1 / has_function_privilege(
  'directory', 'directory.list_by_part_of_name(text, boolean, boolean, integer)', 'EXECUTE')::int;
SELECT 1 / (count(*) = 1)::int FROM pg_trigger WHERE tgname = 'lists_follow';
ROLLBACK;
