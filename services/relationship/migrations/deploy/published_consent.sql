-- Whether a provider wants to be asked before a customer is.
BEGIN;
SET LOCAL ROLE relationship_owner;
CREATE OR REPLACE VIEW relationship.published_partners WITH (security_barrier) AS
  SELECT name, display_name, country, state, types, provider_consent FROM relationship.partners;
COMMIT;
