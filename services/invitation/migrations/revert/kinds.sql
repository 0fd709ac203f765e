BEGIN;
SET LOCAL ROLE invitation_owner;
ALTER TABLE invitation.redemption_relationships
  DROP CONSTRAINT redemption_relationships_type_check,
  ADD CONSTRAINT redemption_relationships_type_check CHECK (type IN ('RESELLER', 'PROVIDER'));
ALTER TABLE invitation.redemptions
  DROP CONSTRAINT redemptions_customer_check,
  ADD CONSTRAINT redemptions_customer_check
    CHECK (customer ~ '^customers/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$');
DROP TABLE invitation.declines;
DROP POLICY provider_decision ON invitation.invitations;
DROP POLICY provider ON invitation.invitations;
DROP INDEX invitation.invitations_of_provider_newest, invitation.invitations_due,
  invitation.invitations_one_open_by_account, invitation.invitations_one_open_by_domain,
  invitation.invitations_one_open_by_email;
CREATE INDEX invitations_due ON invitation.invitations (expire_time) WHERE state = 'PENDING';
CREATE UNIQUE INDEX invitations_one_open_by_account
  ON invitation.invitations (partner, kind, hint_account)
  WHERE state = 'PENDING' AND hint_account <> '';
CREATE UNIQUE INDEX invitations_one_open_by_domain
  ON invitation.invitations (partner, kind, hint_domain)
  WHERE state = 'PENDING' AND hint_domain <> '';
CREATE UNIQUE INDEX invitations_one_open_by_email
  ON invitation.invitations (partner, kind, hint_email_key)
  WHERE state = 'PENDING' AND hint_email_key <> '';
DELETE FROM invitation.transitions
WHERE resource = 'invitation'
  AND ('AWAITING_PROVIDER' IN (from_state, to_state) OR to_state = 'EXHAUSTED');
ALTER TABLE invitation.invitations
  DROP CONSTRAINT invitations_partnership_gives_no_grant,
  DROP CONSTRAINT invitations_open_to_all,
  DROP CONSTRAINT invitations_exhausted_by_use,
  DROP CONSTRAINT invitations_end_with_mode,
  DROP CONSTRAINT invitations_issued_states,
  DROP CONSTRAINT invitations_consent_with_kind,
  DROP CONSTRAINT invitations_provider_with_kind,
  DROP CONSTRAINT invitations_state_check,
  DROP CONSTRAINT invitations_mode_check,
  DROP CONSTRAINT invitations_kind_check,
  ADD CONSTRAINT invitations_kind_check CHECK (kind IN ('CUSTOMER')),
  ADD CONSTRAINT invitations_mode_check CHECK (mode IN ('TARGETED')),
  ADD CONSTRAINT invitations_state_check CHECK (
    state IN ('DRAFT', 'PENDING', 'ACCEPTED', 'DECLINED', 'REVOKED', 'EXPIRED'));
COMMIT;
