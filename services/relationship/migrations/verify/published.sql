BEGIN;
SELECT name, display_name, country, state FROM relationship.published_partners WHERE false;
SELECT partner, id, customer, roles, end_time FROM relationship.published_grants WHERE false;
ROLLBACK;
