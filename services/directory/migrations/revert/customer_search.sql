BEGIN;
SET LOCAL ROLE directory_owner;
REVOKE DELETE, UPDATE (verified) ON directory.domains FROM directory;
REVOKE UPDATE (display_name, contact_display_name, contact_email_address, contact_phone_number,
               registration_number, revision, update_time) ON directory.customers FROM directory;
DROP POLICY verification ON directory.domains;
DROP POLICY edit_away ON directory.domains;
DROP POLICY edit ON directory.domains;
DROP POLICY edit ON directory.customers;
DROP FUNCTION directory.may_edit(text);
DROP TRIGGER lists_follow ON directory.customers;
DROP FUNCTION directory.rename_in_lists();
DROP FUNCTION directory.list_by_part_of_name(text, boolean, boolean, integer);
DROP FUNCTION directory.whose_customer(text, text, text);
CREATE OR REPLACE VIEW directory.published_customers WITH (security_barrier) AS
  SELECT c.name, c.country,
    ARRAY(SELECT d.name FROM directory.domains d WHERE d.customer = c.name AND d.verified) AS verified_domains
  FROM directory.customers c;
DROP POLICY follow ON directory.partner_customers;
DROP POLICY search ON directory.partner_customers;
DROP POLICY search ON directory.edges;
DROP POLICY search ON directory.domains;
DROP POLICY search ON directory.customers;
DROP INDEX directory.partner_customers_by_part_of_name;
DROP INDEX directory.partner_customers_of_customer;
DROP INDEX directory.domains_by_name;
DROP INDEX directory.customers_by_registration;
ALTER TABLE directory.customers DROP COLUMN registration_key;
DROP FUNCTION directory.registration_key(text);
RESET ROLE;
DROP EXTENSION btree_gin;
DROP EXTENSION pg_trgm;
COMMIT;
