BEGIN;
SELECT name, provider_consent FROM relationship.published_partners WHERE false;
ROLLBACK;
