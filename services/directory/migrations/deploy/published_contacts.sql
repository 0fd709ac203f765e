-- Whom a notice to a customer goes to: the customer's own row only, as with every published view, so
-- that whoever sends one takes the customer's account for it.
BEGIN;
SET LOCAL ROLE directory_owner;
GRANT USAGE ON SCHEMA directory TO relationship_worker;
CREATE VIEW directory.published_contacts WITH (security_barrier) AS
  SELECT name, display_name, country, contact_email_address FROM directory.customers
  WHERE name = common.account();
GRANT SELECT ON directory.published_contacts TO relationship_worker;
COMMIT;
