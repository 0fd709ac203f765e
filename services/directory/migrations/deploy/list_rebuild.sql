-- The login that compares edges and lists with a rebuild from the relationships, and mends them where it
-- is told to. It locks customers as ApplyRelationships does and changes nothing of them.
BEGIN;
SET LOCAL ROLE directory_owner;
GRANT USAGE ON SCHEMA directory TO rebuilder;

CREATE POLICY rebuild ON directory.customers FOR SELECT TO rebuilder USING (true);
CREATE POLICY rebuild_lock ON directory.customers FOR UPDATE TO rebuilder
  USING (true) WITH CHECK (false);
CREATE POLICY rebuild ON directory.domains FOR SELECT TO rebuilder USING (true);
CREATE POLICY rebuild ON directory.edges TO rebuilder USING (true) WITH CHECK (true);
CREATE POLICY rebuild ON directory.partner_customers TO rebuilder USING (true) WITH CHECK (true);

GRANT SELECT ON directory.customers, directory.domains, directory.edges,
  directory.partner_customers TO rebuilder;
-- To lock a customer asks for a right to update it.
GRANT UPDATE (update_time) ON directory.customers TO rebuilder;
GRANT INSERT, DELETE, UPDATE (customer, type, state, revision) ON directory.edges TO rebuilder;
-- Nothing of what is a partner's own.
GRANT INSERT (partner, customer, listed, display_name, country, types, create_time), DELETE,
  UPDATE (listed, display_name, country, types, create_time) ON directory.partner_customers
  TO rebuilder;
COMMIT;
