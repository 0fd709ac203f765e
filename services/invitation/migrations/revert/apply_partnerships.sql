BEGIN;
SET LOCAL ROLE invitation_owner;
REVOKE UPDATE (state_cause) ON invitation.invitations FROM invitation_worker;
DROP INDEX invitation.invitations_open_of_pair;
ALTER TABLE invitation.invitations DROP COLUMN provider;
COMMIT;
