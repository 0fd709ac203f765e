-- What the other services may read. Owner-rights views: the owner is under row-level security too, so
-- a view shows what the transaction's account may see.
BEGIN;
SET LOCAL ROLE relationship_owner;
GRANT USAGE ON SCHEMA relationship TO invitation, directory, directory_owner;

-- Every partner: what the rules on invitations ask, and what a link's holder is shown.
CREATE VIEW relationship.published_partners WITH (security_barrier) AS
  SELECT name, display_name, country, state FROM relationship.partners;
GRANT SELECT ON relationship.published_partners TO invitation;

-- The grants in force of the transaction's account.
CREATE VIEW relationship.published_grants WITH (security_barrier) AS
  SELECT partner, id, customer, roles, end_time FROM relationship.grants
  WHERE state = 'ACTIVE' AND end_time > clock_timestamp();
GRANT SELECT ON relationship.published_grants TO directory, directory_owner;
COMMIT;
