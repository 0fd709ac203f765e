-- Who did what: one row per mutation, in its transaction, never changed.
BEGIN;
SET LOCAL ROLE common_owner;

CREATE TABLE common.audit_entries (
  account text NOT NULL,  -- whose row was touched
  id uuid NOT NULL DEFAULT common.uuid_v7(),
  service text NOT NULL,
  method text NOT NULL,
  actor text NOT NULL,  -- the token's sub; a service's name for its own work
  actor_account text NOT NULL,  -- the caller's account; empty for a service's own work
  actor_roles text[] NOT NULL,
  on_behalf_of text NOT NULL DEFAULT '',
  resource text NOT NULL,
  decision text NOT NULL CHECK (decision IN ('ALLOWED', 'REFUSED')),
  reason text NOT NULL DEFAULT '',  -- of a refusal, or an operator's
  cause text NOT NULL DEFAULT '',
  before jsonb,
  after jsonb,
  request_id text NOT NULL,  -- the call's x-request-id
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (account, id)
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON common.audit_entries
  FOR EACH ROW EXECUTE FUNCTION common.refuse_change();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON common.audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION common.refuse_change();

ALTER TABLE common.audit_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE common.audit_entries FORCE ROW LEVEL SECURITY;
CREATE POLICY actor ON common.audit_entries FOR INSERT TO invitation, relationship, directory
  WITH CHECK (actor_account = common.account() AND service = current_user);
CREATE POLICY work ON common.audit_entries FOR INSERT
  TO invitation_worker, relationship_worker, directory_worker
  WITH CHECK (service || '_worker' = current_user);
CREATE POLICY auditor ON common.audit_entries FOR SELECT TO auditor USING (true);

GRANT INSERT ON common.audit_entries TO
  invitation, invitation_worker, relationship, relationship_worker, directory, directory_worker;
GRANT SELECT ON common.audit_entries TO auditor;

COMMIT;
