BEGIN;
SET LOCAL ROLE directory_owner;
REVOKE UPDATE (update_time) ON directory.users FROM directory_worker;
REVOKE SELECT, DELETE ON directory.users FROM directory_worker;
REVOKE UPDATE (user_principal_name, given_name, family_name, display_name, blocked, roles, state,
               delete_time, purge_time, revision, update_time) ON directory.users FROM directory;
DROP TRIGGER counted_only ON directory.subscriptions;
DROP FUNCTION directory.check_counted();
DROP POLICY counted_by_grant ON directory.subscriptions;
DROP POLICY counted_by_customer ON directory.subscriptions;
ALTER POLICY held_grant ON directory.subscriptions
  USING (EXISTS (
    SELECT FROM relationship.published_grants g
    WHERE g.partner = (SELECT common.account()) AND g.customer = subscriptions.customer
      AND g.roles && ARRAY['subscription_admin', 'global_admin']));
DROP TABLE directory.license_assignments;
ALTER TABLE directory.subscriptions DROP COLUMN assigned;
ALTER POLICY creation ON directory.users
  WITH CHECK (EXISTS (
    SELECT FROM directory.customers c
    WHERE c.name = users.customer AND c.creator = (SELECT common.account())));
DROP POLICY work ON directory.users;
DROP POLICY changed_by_grant ON directory.users;
DROP POLICY added_by_grant ON directory.users;
DROP POLICY own ON directory.users;
ALTER POLICY held_grant ON directory.users
  USING (EXISTS (
    SELECT FROM relationship.published_grants g
    WHERE g.partner = (SELECT common.account()) AND g.customer = users.customer
      AND g.roles && ARRAY['user_admin', 'directory_reader', 'global_admin']));
DROP INDEX directory.users_to_purge;
DROP INDEX directory.users_newest_of_customer;
DROP INDEX directory.users_by_principal_name;
DROP TRIGGER legal_transition ON directory.users;
DELETE FROM directory.transitions WHERE resource = 'user';
-- Without the state a deleted user would be one like any other. The owner is behind the walls too.
ALTER TABLE directory.users NO FORCE ROW LEVEL SECURITY;
DELETE FROM directory.users WHERE state = 'DELETED';
ALTER TABLE directory.users FORCE ROW LEVEL SECURITY;
ALTER TABLE directory.users
  DROP COLUMN purge_time, DROP COLUMN delete_time, DROP COLUMN state, DROP COLUMN blocked;
CREATE UNIQUE INDEX users_by_principal_name
  ON directory.users (customer, lower(user_principal_name));
COMMIT;
