-- Combined invitations and partnerships; invitations for several; the provider's consent.
BEGIN;
SET LOCAL ROLE invitation_owner;

ALTER TABLE invitation.invitations
  DROP CONSTRAINT invitations_kind_check,
  DROP CONSTRAINT invitations_mode_check,
  DROP CONSTRAINT invitations_state_check,
  ADD CONSTRAINT invitations_kind_check
    CHECK (kind IN ('CUSTOMER', 'CUSTOMER_WITH_PROVIDER', 'PARTNERSHIP')),
  ADD CONSTRAINT invitations_mode_check CHECK (mode IN ('TARGETED', 'OPEN')),
  ADD CONSTRAINT invitations_state_check CHECK (
    state IN ('DRAFT', 'AWAITING_PROVIDER', 'PENDING', 'ACCEPTED', 'EXHAUSTED', 'DECLINED', 'REVOKED',
              'EXPIRED', 'REFUSED')),
  ADD CONSTRAINT invitations_provider_with_kind
    CHECK ((provider <> '') = (kind = 'CUSTOMER_WITH_PROVIDER') AND provider <> partner),
  ADD CONSTRAINT invitations_consent_with_kind
    CHECK (state NOT IN ('AWAITING_PROVIDER', 'REFUSED') OR kind = 'CUSTOMER_WITH_PROVIDER'),
  ADD CONSTRAINT invitations_issued_states
    CHECK (state NOT IN ('AWAITING_PROVIDER', 'EXHAUSTED', 'REFUSED') OR issue_time IS NOT NULL),
  ADD CONSTRAINT invitations_end_with_mode
    CHECK (CASE mode WHEN 'OPEN' THEN state NOT IN ('ACCEPTED', 'DECLINED')
           ELSE state <> 'EXHAUSTED' END),
  ADD CONSTRAINT invitations_exhausted_by_use
    CHECK ((state = 'EXHAUSTED') = (mode = 'OPEN' AND use_count = max_uses AND state <> 'REVOKED')),
  ADD CONSTRAINT invitations_open_to_all
    CHECK (mode <> 'OPEN' OR (hint_account = '' AND hint_domain = '' AND hint_email_key = '')),
  ADD CONSTRAINT invitations_partnership_gives_no_grant
    CHECK (kind <> 'PARTNERSHIP' OR relationship_only);

INSERT INTO invitation.transitions (resource, from_state, to_state) VALUES
  ('invitation', 'DRAFT', 'AWAITING_PROVIDER'),
  ('invitation', 'AWAITING_PROVIDER', 'PENDING'), ('invitation', 'AWAITING_PROVIDER', 'REFUSED'),
  ('invitation', 'AWAITING_PROVIDER', 'REVOKED'), ('invitation', 'AWAITING_PROVIDER', 'EXPIRED'),
  ('invitation', 'PENDING', 'EXHAUSTED');

-- Of an equal invitation one may be open.
DROP INDEX invitation.invitations_one_open_by_account, invitation.invitations_one_open_by_domain,
  invitation.invitations_one_open_by_email, invitation.invitations_due;
CREATE UNIQUE INDEX invitations_one_open_by_account
  ON invitation.invitations (partner, kind, provider, hint_account)
  WHERE state IN ('AWAITING_PROVIDER', 'PENDING') AND hint_account <> '';
CREATE UNIQUE INDEX invitations_one_open_by_domain
  ON invitation.invitations (partner, kind, provider, hint_domain)
  WHERE state IN ('AWAITING_PROVIDER', 'PENDING') AND hint_domain <> '';
CREATE UNIQUE INDEX invitations_one_open_by_email
  ON invitation.invitations (partner, kind, provider, hint_email_key)
  WHERE state IN ('AWAITING_PROVIDER', 'PENDING') AND hint_email_key <> '';
CREATE INDEX invitations_due ON invitation.invitations (expire_time)
  WHERE state IN ('AWAITING_PROVIDER', 'PENDING');
CREATE INDEX invitations_of_provider_newest
  ON invitation.invitations (provider, create_time DESC, id DESC) WHERE provider <> '';

-- The provider sees what names it, once it is issued, and decides while that waits for it.
CREATE POLICY provider ON invitation.invitations FOR SELECT
  USING (provider <> '' AND provider = common.account() AND state <> 'DRAFT');
CREATE POLICY provider_decision ON invitation.invitations FOR UPDATE
  USING (provider <> '' AND provider = common.account() AND state = 'AWAITING_PROVIDER')
  WITH CHECK (provider = common.account() AND state IN ('PENDING', 'REFUSED'));

-- Who has declined an invitation for several.
CREATE TABLE invitation.declines (
  partner text NOT NULL,
  invitation uuid NOT NULL,
  account text NOT NULL CHECK (account ~ '^(customers|partners)/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$'),
  actor text NOT NULL,
  reason text NOT NULL DEFAULT '' CHECK (char_length(reason) <= 300),
  decline_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (partner, invitation, account),
  FOREIGN KEY (partner, invitation) REFERENCES invitation.invitations (partner, id)
);
ALTER TABLE invitation.declines ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitation.declines FORCE ROW LEVEL SECURITY;
CREATE POLICY decliner ON invitation.declines
  USING (account = common.account()) WITH CHECK (account = common.account());
CREATE POLICY tenant ON invitation.declines FOR SELECT USING (partner = common.account());
CREATE POLICY operator ON invitation.declines FOR SELECT USING (common.account() = 'operators');
GRANT SELECT, INSERT ON invitation.declines TO invitation;

-- A reseller redeems too; of its partnership as of a relationship is kept what becomes of it.
ALTER TABLE invitation.redemptions
  DROP CONSTRAINT redemptions_customer_check,
  ADD CONSTRAINT redemptions_customer_check
    CHECK (customer ~ '^(customers|partners)/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$');
ALTER TABLE invitation.redemption_relationships
  DROP CONSTRAINT redemption_relationships_type_check,
  ADD CONSTRAINT redemption_relationships_type_check
    CHECK (type IN ('RESELLER', 'PROVIDER', 'PARTNERSHIP'));
COMMIT;
