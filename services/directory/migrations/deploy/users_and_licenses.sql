-- The people of a customer from their creation until they are purged, and who has which licence.
BEGIN;
SET LOCAL ROLE directory_owner;

ALTER TABLE directory.users
  ADD COLUMN blocked boolean NOT NULL DEFAULT false,
  ADD COLUMN state text NOT NULL DEFAULT 'ACTIVE' CHECK (state IN ('ACTIVE', 'DELETED')),
  ADD COLUMN delete_time timestamptz,
  ADD COLUMN purge_time timestamptz,  -- from then on there is no such user
  ADD CONSTRAINT users_deleted_until_purged CHECK (
    CASE state WHEN 'DELETED' THEN coalesce(purge_time > delete_time, false)
               ELSE delete_time IS NULL AND purge_time IS NULL END);

INSERT INTO directory.transitions (resource, from_state, to_state) VALUES
  ('user', '', 'ACTIVE'), ('user', 'ACTIVE', 'DELETED'), ('user', 'DELETED', 'ACTIVE');
CREATE TRIGGER legal_transition BEFORE INSERT OR UPDATE OF state ON directory.users
  FOR EACH ROW EXECUTE FUNCTION directory.check_transition('user');

-- The name of a deleted user is free for another one.
DROP INDEX directory.users_by_principal_name;
CREATE UNIQUE INDEX users_by_principal_name
  ON directory.users (customer, lower(user_principal_name)) WHERE state = 'ACTIVE';
CREATE INDEX users_newest_of_customer ON directory.users (customer, create_time DESC, id DESC);
CREATE INDEX users_to_purge ON directory.users (purge_time) WHERE state = 'DELETED';

-- How many of the seats are somebody's: always as many as there are rows in license_assignments.
-- The check is what no race gets past, whoever writes: an assignment, or a change of the seats.
ALTER TABLE directory.subscriptions
  ADD COLUMN assigned integer NOT NULL DEFAULT 0,
  ADD CONSTRAINT subscriptions_assigned CHECK (assigned BETWEEN 0 AND quantity);

CREATE TABLE directory.license_assignments (
  customer text NOT NULL,
  subscription uuid NOT NULL,
  user_id uuid NOT NULL,
  assign_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (customer, subscription, user_id),
  FOREIGN KEY (customer, subscription) REFERENCES directory.subscriptions (customer, id),
  FOREIGN KEY (customer, user_id) REFERENCES directory.users (customer, id)
);
CREATE INDEX license_assignments_of_user ON directory.license_assignments (customer, user_id);

-- A customer administers its users itself, a partner by its grants, as Relationship publishes them
-- at this moment. Which role a grant needs for what, the decision in the service says to the last
-- word; the walls keep out everybody without a role with which these rows are ever touched.
ALTER POLICY held_grant ON directory.users
  USING (EXISTS (
    SELECT FROM relationship.published_grants g
    WHERE g.partner = (SELECT common.account()) AND g.customer = users.customer
      AND g.roles && ARRAY['user_admin', 'license_admin', 'directory_reader', 'global_admin']));
CREATE POLICY own ON directory.users TO directory
  USING (customer = (SELECT common.account())) WITH CHECK (customer = (SELECT common.account()));
CREATE POLICY added_by_grant ON directory.users FOR INSERT TO directory
  WITH CHECK (EXISTS (
    SELECT FROM relationship.published_grants g
    WHERE g.partner = (SELECT common.account()) AND g.customer = users.customer
      AND g.roles && ARRAY['user_admin', 'global_admin']));
-- A user's revision counts its licences too.
CREATE POLICY changed_by_grant ON directory.users FOR UPDATE TO directory
  USING (EXISTS (
    SELECT FROM relationship.published_grants g
    WHERE g.partner = (SELECT common.account()) AND g.customer = users.customer
      AND g.roles && ARRAY['user_admin', 'license_admin', 'global_admin']));
CREATE POLICY work ON directory.users TO directory_worker USING (true) WITH CHECK (true);
-- The first administrator comes with the customer, and not after its relationship.
ALTER POLICY creation ON directory.users
  WITH CHECK (EXISTS (
    SELECT FROM directory.customers c
    WHERE c.name = users.customer AND c.creator = (SELECT common.account()) AND NOT EXISTS (
      SELECT FROM directory.edges e
      WHERE e.partner = (SELECT common.account()) AND e.customer = c.name)));

ALTER TABLE directory.license_assignments ENABLE ROW LEVEL SECURITY;
ALTER TABLE directory.license_assignments FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON directory.license_assignments TO directory
  USING (customer = (SELECT common.account())) WITH CHECK (customer = (SELECT common.account()));
CREATE POLICY held_grant ON directory.license_assignments FOR SELECT TO directory
  USING (EXISTS (
    SELECT FROM relationship.published_grants g
    WHERE g.partner = (SELECT common.account()) AND g.customer = license_assignments.customer
      AND g.roles && ARRAY['user_admin', 'license_admin', 'directory_reader', 'global_admin']));
CREATE POLICY added_by_grant ON directory.license_assignments FOR INSERT TO directory
  WITH CHECK (EXISTS (
    SELECT FROM relationship.published_grants g
    WHERE g.partner = (SELECT common.account()) AND g.customer = license_assignments.customer
      AND g.roles && ARRAY['license_admin', 'global_admin']));
-- A deleted user's licences are freed by whoever deletes it.
CREATE POLICY freed_by_grant ON directory.license_assignments FOR DELETE TO directory
  USING (EXISTS (
    SELECT FROM relationship.published_grants g
    WHERE g.partner = (SELECT common.account()) AND g.customer = license_assignments.customer
      AND g.roles && ARRAY['user_admin', 'license_admin', 'global_admin']));
CREATE POLICY work ON directory.license_assignments FOR SELECT TO directory_worker USING (true);

-- Every grant shows how many licences there are; those that change licences move the count.
ALTER POLICY held_grant ON directory.subscriptions
  USING (EXISTS (
    SELECT FROM relationship.published_grants g
    WHERE g.partner = (SELECT common.account()) AND g.customer = subscriptions.customer));
CREATE POLICY counted_by_customer ON directory.subscriptions FOR UPDATE TO directory
  USING (customer = (SELECT common.account()));
CREATE POLICY counted_by_grant ON directory.subscriptions FOR UPDATE TO directory
  USING (EXISTS (
    SELECT FROM relationship.published_grants g
    WHERE g.partner = (SELECT common.account()) AND g.customer = subscriptions.customer
      AND g.roles && ARRAY['user_admin', 'license_admin', 'global_admin']));

-- The policies open a whole row to whoever may change anything of it; what that is stands here. Who
-- sold it, and who administers subscriptions, changes what the other triggers let; a provider of the
-- reseller that sold it adds seats; everybody else counts licences. The worker has its column rights.
CREATE FUNCTION directory.check_counted() RETURNS trigger
  LANGUAGE plpgsql AS $$
DECLARE
  caller text := common.account();
  fields text[] := '{assigned}';
BEGIN
  IF current_user <> 'directory' THEN
    RETURN NEW;
  END IF;
  IF OLD.partner = caller AND EXISTS (
      SELECT FROM relationship.published_relationships r
      WHERE r.partner = caller AND r.customer = OLD.customer AND r.id = OLD.relationship
        AND r.state = 'ACTIVE') THEN
    RETURN NEW;
  END IF;
  IF to_jsonb(NEW) - fields = to_jsonb(OLD) - fields THEN
    RETURN NEW;
  END IF;
  IF EXISTS (
      SELECT FROM relationship.published_grants g
      WHERE g.partner = caller AND g.customer = OLD.customer
        AND g.roles && ARRAY['subscription_admin', 'global_admin']) THEN
    RETURN NEW;
  END IF;
  fields := '{quantity, revision, update_time}';
  IF NEW.quantity >= OLD.quantity AND to_jsonb(NEW) - fields = to_jsonb(OLD) - fields AND EXISTS (
      SELECT FROM relationship.published_relationships r
      JOIN relationship.published_partnerships p ON p.provider = r.partner
      WHERE r.partner = caller AND r.customer = OLD.customer
        AND r.type = 'PROVIDER' AND r.state = 'ACTIVE'
        AND p.reseller = OLD.partner AND p.state = 'ACTIVE') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a subscription is changed by whom it is not for'
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER counted_only BEFORE UPDATE ON directory.subscriptions
  FOR EACH ROW EXECUTE FUNCTION directory.check_counted();

GRANT INSERT (blocked) ON directory.users TO directory;
GRANT UPDATE (user_principal_name, given_name, family_name, display_name, blocked, roles, state,
              delete_time, purge_time, revision, update_time) ON directory.users TO directory;
GRANT SELECT, INSERT, DELETE ON directory.license_assignments TO directory;
GRANT UPDATE (assigned) ON directory.subscriptions TO directory;
GRANT SELECT, DELETE ON directory.users TO directory_worker;
GRANT SELECT ON directory.license_assignments TO directory_worker;
-- To lock a user asks for a right to update it.
GRANT UPDATE (update_time) ON directory.users TO directory_worker;
COMMIT;
