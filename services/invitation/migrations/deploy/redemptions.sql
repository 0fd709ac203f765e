-- Redemptions: who accepted what, and what became of each relationship.
BEGIN;
SET LOCAL ROLE invitation_owner;

CREATE TABLE invitation.redemptions (
  partner text NOT NULL,
  invitation uuid NOT NULL,
  id uuid NOT NULL DEFAULT common.uuid_v7(),
  customer text NOT NULL CHECK (customer ~ '^customers/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$'),
  actor text NOT NULL,
  accept_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  agreement_version text NOT NULL,
  granted text NOT NULL DEFAULT '',  -- the grant's name once it exists
  PRIMARY KEY (partner, invitation, id),
  FOREIGN KEY (partner, invitation) REFERENCES invitation.invitations (partner, id)
);
CREATE UNIQUE INDEX redemptions_once_per_customer
  ON invitation.redemptions (partner, invitation, customer);
CREATE INDEX redemptions_of_customer ON invitation.redemptions (customer);

CREATE TABLE invitation.redemption_relationships (
  partner text NOT NULL,
  invitation uuid NOT NULL,
  redemption uuid NOT NULL,
  type text NOT NULL CHECK (type IN ('RESELLER', 'PROVIDER')),
  customer text NOT NULL,
  edge_partner text NOT NULL,
  relationship text NOT NULL DEFAULT '',
  state text NOT NULL CHECK (state IN ('PENDING', 'ACTIVE', 'REFUSED')),
  reason text NOT NULL DEFAULT '' CHECK ((reason <> '') = (state = 'REFUSED')),
  PRIMARY KEY (partner, invitation, redemption, type),
  FOREIGN KEY (partner, invitation, redemption)
    REFERENCES invitation.redemptions (partner, invitation, id)
);
INSERT INTO invitation.transitions (resource, from_state, to_state) VALUES
  ('redemption_relationship', '', 'PENDING'),
  ('redemption_relationship', 'PENDING', 'ACTIVE'),
  ('redemption_relationship', 'PENDING', 'REFUSED');
CREATE TRIGGER legal_transition
  BEFORE INSERT OR UPDATE OF state ON invitation.redemption_relationships
  FOR EACH ROW EXECUTE FUNCTION invitation.check_transition('redemption_relationship');

ALTER TABLE invitation.redemptions ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitation.redemptions FORCE ROW LEVEL SECURITY;
CREATE POLICY customer ON invitation.redemptions
  USING (customer = common.account()) WITH CHECK (customer = common.account());
CREATE POLICY tenant ON invitation.redemptions FOR SELECT USING (partner = common.account());
CREATE POLICY operator ON invitation.redemptions FOR SELECT USING (common.account() = 'operators');
CREATE POLICY work ON invitation.redemptions TO invitation_worker USING (true);

ALTER TABLE invitation.redemption_relationships ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitation.redemption_relationships FORCE ROW LEVEL SECURITY;
CREATE POLICY customer ON invitation.redemption_relationships
  USING (customer = common.account()) WITH CHECK (customer = common.account());
CREATE POLICY tenant ON invitation.redemption_relationships FOR SELECT
  USING (partner = common.account());
CREATE POLICY operator ON invitation.redemption_relationships FOR SELECT
  USING (common.account() = 'operators');
CREATE POLICY work ON invitation.redemption_relationships TO invitation_worker USING (true);

GRANT SELECT, INSERT ON invitation.redemptions, invitation.redemption_relationships TO invitation;
GRANT SELECT ON invitation.redemptions, invitation.redemption_relationships TO invitation_worker;
GRANT UPDATE (granted) ON invitation.redemptions TO invitation_worker;
GRANT UPDATE (relationship, state, reason) ON invitation.redemption_relationships
  TO invitation_worker;
COMMIT;
