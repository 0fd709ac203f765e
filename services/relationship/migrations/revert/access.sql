BEGIN;
SET LOCAL ROLE relationship_owner;
DROP FUNCTION relationship.access_facts(text, text[]);
DROP VIEW relationship.published_relationships;
REVOKE SELECT ON relationship.published_partners FROM relationship, directory;
REVOKE SELECT ON relationship.published_grants FROM relationship;
COMMIT;
