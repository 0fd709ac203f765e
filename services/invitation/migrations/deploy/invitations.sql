-- Invitations. The link's secret is derived from the salt and a key that only the service has; the
-- row holds a keyed hash of it.
BEGIN;
SET LOCAL ROLE invitation_owner;

-- See relationship.transitions.
CREATE TABLE invitation.transitions (
  resource text NOT NULL,
  from_state text NOT NULL,
  to_state text NOT NULL,
  PRIMARY KEY (resource, from_state, to_state)
);
GRANT SELECT ON invitation.transitions TO invitation, invitation_worker;
INSERT INTO invitation.transitions (resource, from_state, to_state) VALUES
  ('invitation', '', 'DRAFT'),
  ('invitation', 'DRAFT', 'PENDING'), ('invitation', 'DRAFT', 'REVOKED'),
  ('invitation', 'PENDING', 'ACCEPTED'), ('invitation', 'PENDING', 'DECLINED'),
  ('invitation', 'PENDING', 'REVOKED'), ('invitation', 'PENDING', 'EXPIRED');

CREATE FUNCTION invitation.check_transition() RETURNS trigger
  LANGUAGE plpgsql AS $$
DECLARE
  previous text := CASE TG_OP WHEN 'INSERT' THEN '' ELSE OLD.state END;
BEGIN
  IF NEW.state IS DISTINCT FROM previous AND NOT EXISTS (
      SELECT FROM invitation.transitions
      WHERE resource = TG_ARGV[0] AND from_state = previous AND to_state = NEW.state) THEN
    RAISE EXCEPTION 'illegal transition of an %: % to %', TG_ARGV[0], previous, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION invitation.refuse_delete() RETURNS trigger
  LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an invitation in state % cannot be deleted', OLD.state
    USING ERRCODE = 'check_violation';
END $$;

CREATE TABLE invitation.invitations (
  partner text NOT NULL CHECK (partner ~ '^partners/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$'),
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('CUSTOMER')),
  mode text NOT NULL CHECK (mode IN ('TARGETED')),
  state text NOT NULL CHECK (
    state IN ('DRAFT', 'PENDING', 'ACCEPTED', 'DECLINED', 'REVOKED', 'EXPIRED')),
  state_cause text NOT NULL DEFAULT '' CHECK (char_length(state_cause) <= 300),
  hint_company_name text NOT NULL DEFAULT '',
  hint_email_address text NOT NULL DEFAULT '',
  hint_email_key text NOT NULL DEFAULT '',  -- normalised: what equality and binding compare
  hint_domain text NOT NULL DEFAULT '',
  hint_account text NOT NULL DEFAULT '',
  hint_country text NOT NULL DEFAULT '',
  note text NOT NULL DEFAULT '' CHECK (char_length(note) <= 2000),
  locale text NOT NULL,
  channel text NOT NULL DEFAULT '',
  relationship_only boolean NOT NULL,
  grant_roles text[] NOT NULL,
  grant_duration_days integer NOT NULL CHECK (grant_duration_days BETWEEN 0 AND 730),
  grant_auto_extend integer NOT NULL CHECK (grant_auto_extend IN (0, 180)),
  agreement_version text NOT NULL,
  max_uses integer NOT NULL CHECK (max_uses >= 1 AND (mode <> 'TARGETED' OR max_uses = 1)),
  use_count integer NOT NULL DEFAULT 0 CHECK (use_count BETWEEN 0 AND max_uses),
  ttl interval NOT NULL CHECK (ttl > interval '0' AND ttl <= interval '90 days'),
  expire_time timestamptz,
  generation integer NOT NULL DEFAULT 1 CHECK (generation >= 1),
  salt bytea NOT NULL CHECK (octet_length(salt) = 16),
  key_id integer NOT NULL CHECK (key_id BETWEEN 1 AND 255),
  secret_hash bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
  subject text NOT NULL CHECK (char_length(subject) BETWEEN 1 AND 200),
  body_text text NOT NULL CHECK (char_length(body_text) <= 10000),
  creator text NOT NULL,
  issue_time timestamptz,
  decline_reason text NOT NULL DEFAULT '' CHECK (char_length(decline_reason) <= 300),
  decided_by text NOT NULL DEFAULT '',  -- the customer that accepted or declined
  decide_time timestamptz,
  revision bigint NOT NULL DEFAULT 1,
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  update_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (partner, id),
  CHECK (relationship_only = (cardinality(grant_roles) = 0)),
  CHECK ((state = 'ACCEPTED') <= (use_count >= 1)),
  CHECK ((issue_time IS NULL) = (expire_time IS NULL)),
  CHECK ((state IN ('PENDING', 'ACCEPTED', 'DECLINED', 'EXPIRED')) <= (issue_time IS NOT NULL))
);
-- A link names only the id.
CREATE UNIQUE INDEX invitations_by_id ON invitation.invitations (id);
CREATE INDEX invitations_newest ON invitation.invitations (partner, create_time DESC, id DESC);
CREATE INDEX invitations_issued ON invitation.invitations (partner, issue_time);
CREATE INDEX invitations_due ON invitation.invitations (expire_time) WHERE state = 'PENDING';
-- An equal invitation may be open once.
CREATE UNIQUE INDEX invitations_one_open_by_account
  ON invitation.invitations (partner, kind, hint_account)
  WHERE state = 'PENDING' AND hint_account <> '';
CREATE UNIQUE INDEX invitations_one_open_by_domain
  ON invitation.invitations (partner, kind, hint_domain)
  WHERE state = 'PENDING' AND hint_domain <> '';
CREATE UNIQUE INDEX invitations_one_open_by_email
  ON invitation.invitations (partner, kind, hint_email_key)
  WHERE state = 'PENDING' AND hint_email_key <> '';

CREATE TRIGGER legal_transition BEFORE INSERT OR UPDATE OF state ON invitation.invitations
  FOR EACH ROW EXECUTE FUNCTION invitation.check_transition('invitation');
CREATE TRIGGER drafts_only BEFORE DELETE ON invitation.invitations
  FOR EACH ROW WHEN (OLD.state <> 'DRAFT') EXECUTE FUNCTION invitation.refuse_delete();

ALTER TABLE invitation.invitations ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitation.invitations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON invitation.invitations
  USING (partner = common.account()) WITH CHECK (partner = common.account());
CREATE POLICY operator ON invitation.invitations
  USING (common.account() = 'operators') WITH CHECK (common.account() = 'operators');
-- Set only by lookup, accept and decline, to the id in the link; the secret is then checked.
CREATE POLICY link ON invitation.invitations FOR SELECT
  USING (id = nullif(current_setting('partnerlink.invitation', true), '')::uuid);
CREATE POLICY link_decision ON invitation.invitations FOR UPDATE
  USING (id = nullif(current_setting('partnerlink.invitation', true), '')::uuid);
CREATE POLICY work ON invitation.invitations TO invitation_worker USING (true) WITH CHECK (true);

GRANT SELECT, INSERT, DELETE ON invitation.invitations TO invitation;
GRANT UPDATE (state, state_cause, hint_company_name, hint_email_address, hint_email_key, hint_domain,
  hint_account, hint_country, note, locale, channel, relationship_only, grant_roles,
  grant_duration_days, grant_auto_extend, agreement_version, use_count, ttl, expire_time, subject,
  body_text, issue_time, decline_reason, decided_by, decide_time, revision, update_time)
  ON invitation.invitations TO invitation;
GRANT SELECT ON invitation.invitations TO invitation_worker;
GRANT UPDATE (state, revision, update_time) ON invitation.invitations TO invitation_worker;
COMMIT;
