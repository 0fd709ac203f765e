-- What every decision about access rests on: the relationships that are not over and the grants in
-- force, as the other services may read them.
BEGIN;
SET LOCAL ROLE relationship_owner;

-- The relationships of the transaction's account that are not over, by the clock.
CREATE VIEW relationship.published_relationships WITH (security_barrier) AS
  SELECT partner, id, customer, type, state FROM relationship.relationships
  WHERE state <> 'ENDED' AND (state <> 'ENDING' OR effective_end_time > clock_timestamp());

-- Also in which capacities a partner may serve.
CREATE OR REPLACE VIEW relationship.published_partners WITH (security_barrier) AS
  SELECT name, display_name, country, state, types FROM relationship.partners;

GRANT SELECT ON relationship.published_relationships TO relationship, directory, directory_owner;
GRANT SELECT ON relationship.published_partners TO relationship, directory;
GRANT SELECT ON relationship.published_grants TO relationship;

-- What `asker`, a partner, holds of each of the customers: a row of kind `partner` if it is active,
-- and a row per relationship and per grant, RESELLER before PROVIDER. One statement, one moment. The
-- transaction is of `asker` from here on.
CREATE FUNCTION relationship.access_facts(asker text, asked text[])
  RETURNS TABLE (kind text, customer text, name text, type text, state text, roles text[])
  LANGUAGE plpgsql VOLATILE ROWS 10 SECURITY INVOKER
  SET search_path = pg_catalog AS $$
#variable_conflict use_column
BEGIN
  PERFORM set_config('partnerlink.account', asker, true);
  RETURN QUERY
    SELECT 'partner', '', p.name, '', p.state, '{}'::text[]
    FROM relationship.published_partners p WHERE p.name = asker AND p.state = 'ACTIVE'
    UNION ALL (
      SELECT 'relationship', r.customer, 'relationships/' || r.id, r.type, r.state, '{}'::text[]
      FROM relationship.published_relationships r
      WHERE r.partner = asker AND r.customer = ANY (asked)
      ORDER BY r.type DESC, r.id)
    UNION ALL (
      SELECT 'grant', g.customer, g.partner || '/grants/' || g.id, '', 'ACTIVE', g.roles
      FROM relationship.published_grants g
      WHERE g.partner = asker AND g.customer = ANY (asked)
      ORDER BY g.id);
END $$;
REVOKE ALL ON FUNCTION relationship.access_facts(text, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relationship.access_facts(text, text[]) TO relationship, directory;
COMMIT;
