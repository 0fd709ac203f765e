-- What the other services may read of the transaction's account; see relationship's published views.
BEGIN;
SET LOCAL ROLE directory_owner;
GRANT USAGE ON SCHEMA directory TO invitation;

-- The customer itself: whether the directory knows it, and which domains are verified.
CREATE VIEW directory.published_customers WITH (security_barrier) AS
  SELECT c.name, c.country,
    ARRAY(SELECT d.name FROM directory.domains d WHERE d.customer = c.name AND d.verified) AS verified_domains
  FROM directory.customers c;
GRANT SELECT ON directory.published_customers TO invitation;
COMMIT;
