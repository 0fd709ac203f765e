BEGIN;
SET LOCAL ROLE directory_owner;
REVOKE INSERT (partner, customer, listed, display_name, country, types, create_time), DELETE,
  UPDATE (listed, display_name, country, types, create_time) ON directory.partner_customers
  FROM rebuilder;
REVOKE INSERT, DELETE, UPDATE (customer, type, state, revision) ON directory.edges FROM rebuilder;
REVOKE UPDATE (update_time) ON directory.customers FROM rebuilder;
REVOKE SELECT ON directory.customers, directory.domains, directory.edges,
  directory.partner_customers FROM rebuilder;
DROP POLICY rebuild ON directory.partner_customers;
DROP POLICY rebuild ON directory.edges;
DROP POLICY rebuild ON directory.domains;
DROP POLICY rebuild_lock ON directory.customers;
DROP POLICY rebuild ON directory.customers;
REVOKE USAGE ON SCHEMA directory FROM rebuilder;
COMMIT;
