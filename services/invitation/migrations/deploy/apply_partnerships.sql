-- What is open of a reseller's invitations together with a provider ends with their partnership.
BEGIN;
SET LOCAL ROLE invitation_owner;

ALTER TABLE invitation.invitations ADD COLUMN provider text NOT NULL DEFAULT ''
  CHECK (provider = '' OR provider ~ '^partners/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$');
CREATE INDEX invitations_open_of_pair ON invitation.invitations (partner, provider, id)
  WHERE provider <> '' AND state IN ('DRAFT', 'AWAITING_PROVIDER', 'PENDING');
GRANT UPDATE (state_cause) ON invitation.invitations TO invitation_worker;
COMMIT;
