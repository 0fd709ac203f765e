-- Customers found by what a company is known by, and by a part of its name; a customer's company
-- changed, and the list rows of all its partners with it.
BEGIN;
-- Trusted extensions: no superuser is needed.
CREATE EXTENSION pg_trgm SCHEMA common;
CREATE EXTENSION btree_gin SCHEMA common;

SET LOCAL ROLE directory_owner;

-- A number of a company's register as it is compared: case, accents and what separates its parts make
-- no difference.
CREATE FUNCTION directory.registration_key(number text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN translate(common.fold(number), ' ./-', '') COLLATE "C";
ALTER TABLE directory.customers
  ADD COLUMN registration_key text COLLATE "C" NOT NULL
    GENERATED ALWAYS AS (directory.registration_key(registration_number)) STORED;
CREATE INDEX customers_by_registration ON directory.customers (registration_key, country)
  WHERE registration_key <> '';
CREATE INDEX domains_by_name ON directory.domains (name, customer);
CREATE INDEX partner_customers_of_customer ON directory.partner_customers (customer);
CREATE INDEX partner_customers_by_part_of_name
  ON directory.partner_customers USING gin (partner, folded_name common.gin_trgm_ops) WHERE listed;

-- Through the functions below only; the published views say whose row they show.
CREATE POLICY search ON directory.customers FOR SELECT TO directory_owner USING (true);
CREATE POLICY search ON directory.domains FOR SELECT TO directory_owner USING (true);
CREATE POLICY search ON directory.edges FOR SELECT TO directory_owner USING (true);
CREATE POLICY search ON directory.partner_customers FOR SELECT TO directory_owner USING (true);
CREATE POLICY follow ON directory.partner_customers FOR UPDATE TO directory_owner
  USING (true) WITH CHECK (true);

CREATE OR REPLACE VIEW directory.published_customers WITH (security_barrier) AS
  SELECT c.name, c.country,
    ARRAY(SELECT d.name FROM directory.domains d WHERE d.customer = c.name AND d.verified) AS verified_domains
  FROM directory.customers c
  WHERE c.name = common.account();

-- What the transaction's account may know of the customers that are known by `value`: those of them
-- that are its own, whether it has just created one, which no relationship shows yet, and whether a
-- partner with which it has an ACTIVE partnership serves one. A key
-- that nobody has, and one of somebody else's customer, cost the same look-ups.
CREATE FUNCTION directory.whose_customer(key text, value text, in_country text,
                                         OUT own text[], OUT created boolean,
                                         OUT of_partner boolean)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
  SET enable_seqscan = off AS $$
DECLARE
  me constant text := common.account();
  known text[];
BEGIN
  known := CASE key
    WHEN 'customer' THEN ARRAY[value]
    WHEN 'domain' THEN
      ARRAY(SELECT d.customer FROM directory.domains d WHERE d.name = value)
    ELSE ARRAY(SELECT c.name FROM directory.customers c
               WHERE c.registration_key = directory.registration_key(value)
                 AND c.registration_key <> '' AND (in_country = '' OR c.country = in_country))
    END;
  IF known = '{}' THEN
    known := ARRAY['customers/-'];
  END IF;
  own := ARRAY(
    SELECT r.customer FROM relationship.published_relationships r
    WHERE r.partner = me AND r.customer = ANY (known)
    UNION
    SELECT g.customer FROM relationship.published_grants g
    WHERE g.partner = me AND g.customer = ANY (known));
  created := EXISTS (
    SELECT FROM directory.customers c
    WHERE c.name = ANY (known) AND c.creator = me AND NOT EXISTS (
      SELECT FROM directory.edges e WHERE e.partner = me AND e.customer = c.name));
  of_partner := EXISTS (
    SELECT FROM directory.edges e
    WHERE e.customer = ANY (known) AND e.state <> 'ENDED' AND e.partner IN (
      SELECT p.reseller FROM relationship.published_partnerships p
      WHERE p.provider = me AND p.state = 'ACTIVE'
      UNION ALL
      SELECT p.provider FROM relationship.published_partnerships p
      WHERE p.reseller = me AND p.state = 'ACTIVE'));
END $$;
REVOKE ALL ON FUNCTION directory.whose_customer FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.whose_customer TO directory;

-- The customers of the account's list whose names hold the text, the first in the list's order. As its
-- owner, since row-level security keeps LIKE from an index. `part` is escaped and not yet folded.
CREATE FUNCTION directory.list_by_part_of_name(part text, by_age boolean, backwards boolean,
                                               most integer) RETURNS text[]
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
  SET enable_seqscan = off AS $$
DECLARE
  found text[];
BEGIN
  EXECUTE format(
    'SELECT array_agg(customer) FROM (
       SELECT l.customer FROM directory.partner_customers l
       WHERE l.partner = $1 AND l.listed AND l.folded_name LIKE $2
       ORDER BY %1$s %2$s, l.customer %2$s LIMIT $3) AS page',
    CASE WHEN by_age THEN 'l.create_time' ELSE 'l.sort_key' END,
    CASE WHEN backwards THEN 'DESC' ELSE 'ASC' END)
  INTO found USING common.account(), '%' || common.fold(part) || '%', most;
  RETURN coalesce(found, '{}');
END $$;
REVOKE ALL ON FUNCTION directory.list_by_part_of_name FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.list_by_part_of_name TO directory;

-- A customer's name is in the list of each of its partners, whoever changes it.
CREATE FUNCTION directory.rename_in_lists() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  UPDATE directory.partner_customers SET display_name = NEW.display_name
  WHERE customer = NEW.name;
  RETURN NULL;
END $$;
CREATE TRIGGER lists_follow AFTER UPDATE OF display_name ON directory.customers
  FOR EACH ROW WHEN (OLD.display_name <> NEW.display_name)
  EXECUTE FUNCTION directory.rename_in_lists();

-- A customer's company is changed by itself, by operators, and by a partner with a grant of
-- administration. What is verified operators say.
CREATE FUNCTION directory.may_edit(the_customer text) RETURNS boolean
  LANGUAGE sql STABLE
  RETURN the_customer = common.account() OR common.account() = 'operators' OR EXISTS (
    SELECT FROM relationship.published_grants g
    WHERE g.partner = common.account() AND g.customer = the_customer
      AND g.roles && ARRAY['user_admin', 'license_admin', 'service_admin', 'subscription_admin',
                           'global_admin']);
CREATE POLICY edit ON directory.customers FOR UPDATE TO directory
  USING (directory.may_edit(name)) WITH CHECK (directory.may_edit(name));
CREATE POLICY edit ON directory.domains FOR INSERT TO directory
  WITH CHECK (directory.may_edit(customer) AND (NOT verified OR common.account() = 'operators'));
CREATE POLICY edit_away ON directory.domains FOR DELETE TO directory
  USING (directory.may_edit(customer) AND (
    NOT verified OR common.account() IN ('operators', customer)));
CREATE POLICY verification ON directory.domains FOR UPDATE TO directory
  USING (common.account() = 'operators') WITH CHECK (common.account() = 'operators');
GRANT UPDATE (display_name, contact_display_name, contact_email_address, contact_phone_number,
              registration_number, revision, update_time) ON directory.customers TO directory;
GRANT DELETE, UPDATE (verified) ON directory.domains TO directory;
COMMIT;
