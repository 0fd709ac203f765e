BEGIN;
SET LOCAL ROLE directory_owner;
DROP VIEW directory.published_subscriptions;
REVOKE USAGE ON SCHEMA directory FROM relationship;
DROP TABLE directory.order_lines, directory.orders, directory.subscriptions;
DROP FUNCTION directory.running_term_end(timestamptz, integer, timestamptz);
DELETE FROM directory.transitions WHERE resource = 'subscription';
COMMIT;
