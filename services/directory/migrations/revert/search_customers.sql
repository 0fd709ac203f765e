BEGIN;
SET LOCAL ROLE directory_owner;
ALTER POLICY held_grant ON directory.customers
  USING (EXISTS (SELECT FROM relationship.published_grants g
                 WHERE g.partner = (SELECT common.account()) AND g.customer = customers.name));
ALTER POLICY held_grant ON directory.domains
  USING (EXISTS (SELECT FROM relationship.published_grants g
                 WHERE g.partner = (SELECT common.account()) AND g.customer = domains.customer));
ALTER POLICY just_created ON directory.domains
  USING (EXISTS (
    SELECT FROM directory.customers c
    WHERE c.name = domains.customer AND c.creator = (SELECT common.account()) AND NOT EXISTS (
      SELECT FROM directory.edges e
      WHERE e.partner = (SELECT common.account()) AND e.customer = c.name)));
DROP FUNCTION directory.holds_grant(text), directory.has_just_created(text);
DROP FUNCTION directory.search_customers(text, text, text, text, text, text, integer, integer);
DROP FUNCTION directory.may_see_list(text);
DROP FUNCTION directory.places_by_part_of_name(text, text, text, text, integer, integer);
COMMIT;
