-- A column of a view goes only with the view, and others rest on this one: the column stays, empty.
BEGIN;
SET LOCAL ROLE relationship_owner;
CREATE OR REPLACE VIEW relationship.published_partners WITH (security_barrier) AS
  SELECT name, display_name, country, state, types, ''::text AS provider_consent
  FROM relationship.partners;
COMMIT;
