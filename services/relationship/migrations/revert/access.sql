BEGIN;
SET LOCAL ROLE relationship_owner;
DROP FUNCTION relationship.access_facts(text, text[]);
DROP VIEW relationship.published_relationships;
DROP VIEW relationship.published_partners;
CREATE VIEW relationship.published_partners WITH (security_barrier) AS
  SELECT name, display_name, country, state FROM relationship.partners;
GRANT SELECT ON relationship.published_partners TO invitation;
REVOKE SELECT ON relationship.published_grants FROM relationship;
COMMIT;
