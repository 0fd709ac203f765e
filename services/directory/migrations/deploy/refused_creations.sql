-- What a partner has created, and Relationship then refuses it a relationship to, does not stay: the
-- customer is gone again or, where somebody else serves it, is no more its creator's.
BEGIN;
SET LOCAL ROLE directory_owner;
CREATE FUNCTION directory.is_served(the_customer text) RETURNS boolean
  LANGUAGE sql STABLE
  RETURN EXISTS (SELECT FROM directory.edges e WHERE e.customer = the_customer);
REVOKE ALL ON FUNCTION directory.is_served FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.is_served TO directory_worker;

-- Whom somebody serves, or ever has, nobody deletes, nor a partner's row with a relationship behind it.
CREATE POLICY refused ON directory.customers AS RESTRICTIVE FOR DELETE TO directory_worker
  USING (creator <> '' AND NOT directory.is_served(name));
CREATE POLICY refused ON directory.domains AS RESTRICTIVE FOR DELETE TO directory_worker
  USING (NOT directory.is_served(customer));
CREATE POLICY refused ON directory.partner_customers AS RESTRICTIVE FOR DELETE
  TO directory_worker
  USING (NOT EXISTS (SELECT FROM directory.edges e
                     WHERE e.partner = partner_customers.partner
                       AND e.customer = partner_customers.customer));
GRANT DELETE ON directory.customers, directory.domains, directory.partner_customers
  TO directory_worker;
GRANT UPDATE (creator) ON directory.customers TO directory_worker;
-- A first administrator is as old as its customer: by that it is known.
GRANT INSERT (create_time) ON directory.users TO directory;
COMMIT;
