BEGIN;
SET LOCAL ROLE directory_owner;
REVOKE INSERT (create_time) ON directory.users FROM directory;
REVOKE UPDATE (creator) ON directory.customers FROM directory_worker;
REVOKE DELETE ON directory.customers, directory.domains, directory.partner_customers
  FROM directory_worker;
DROP POLICY refused ON directory.customers;
DROP POLICY refused ON directory.domains;
DROP POLICY refused ON directory.partner_customers;
DROP FUNCTION directory.is_served(text);
COMMIT;
