BEGIN;
SET LOCAL ROLE directory_owner;
REVOKE INSERT ON directory.partner_customers FROM directory;
REVOKE UPDATE (labels, correlation_id, channel, revision) ON directory.partner_customers
  FROM directory;
DROP POLICY creation ON directory.partner_customers;
DROP POLICY own ON directory.partner_customers;
ALTER TABLE directory.partner_customers DROP COLUMN revision;
DROP TABLE directory.users;
REVOKE INSERT ON directory.domains FROM directory;
REVOKE INSERT (name, display_name, country, contact_display_name, contact_email_address,
               contact_phone_number, registration_number, creator) ON directory.customers
  FROM directory;
DROP POLICY creation ON directory.domains;
DROP POLICY just_created ON directory.domains;
DROP POLICY just_created ON directory.customers;
DROP POLICY creation ON directory.customers;
ALTER TABLE directory.customers DROP COLUMN creator;
COMMIT;
