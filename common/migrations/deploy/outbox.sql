-- What has happened, written in the transaction in which it happened. A row with a target is also a
-- delivery to that peer, owed until delivered_time is set. All rows that follow from one change
-- carry its first row's id as root: a change has arrived everywhere when no delivery of its root is
-- owed any more.
BEGIN;
SET LOCAL ROLE common_owner;

CREATE TABLE common.outbox (
  id uuid PRIMARY KEY,
  root uuid NOT NULL,
  account text NOT NULL,  -- whose row changed
  actor_account text NOT NULL,  -- who changed it; empty for a service's own work
  service text NOT NULL CHECK (service IN ('invitation', 'relationship', 'directory')),
  event text NOT NULL,  -- such as invitation.accepted
  resource text NOT NULL,
  target text CHECK (target IN ('invitation', 'relationship', 'directory')),
  payload bytea NOT NULL,  -- with a target the peer's request, otherwise the resource, serialised
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  delivered_time timestamptz,
  last_error text NOT NULL DEFAULT ''
);
CREATE INDEX outbox_owed ON common.outbox (service, target, next_attempt_time)
  WHERE target IS NOT NULL AND delivered_time IS NULL;
CREATE INDEX outbox_owed_by_root ON common.outbox (root)
  WHERE target IS NOT NULL AND delivered_time IS NULL;

ALTER TABLE common.outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE common.outbox FORCE ROW LEVEL SECURITY;
CREATE POLICY actor ON common.outbox FOR INSERT TO invitation, relationship, directory
  WITH CHECK (actor_account = common.account() AND service = current_user);
CREATE POLICY work ON common.outbox TO invitation_worker, relationship_worker, directory_worker
  USING (service || '_worker' = current_user) WITH CHECK (service || '_worker' = current_user);
CREATE POLICY published ON common.outbox FOR SELECT TO common_owner USING (true);

GRANT INSERT ON common.outbox TO
  invitation, invitation_worker, relationship, relationship_worker, directory, directory_worker;
GRANT SELECT ON common.outbox TO invitation_worker, relationship_worker, directory_worker;
GRANT UPDATE (attempts, next_attempt_time, delivered_time, last_error) ON common.outbox
  TO invitation_worker, relationship_worker, directory_worker;

-- Whether a delivery of this change is still owed: what a consistency token asks.
CREATE FUNCTION common.is_owed(root_event uuid) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
  RETURN EXISTS (
    SELECT FROM common.outbox
    WHERE root = root_event AND target IS NOT NULL AND delivered_time IS NULL);
REVOKE ALL ON FUNCTION common.is_owed(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION common.is_owed(uuid) TO invitation, relationship, directory;

COMMIT;
