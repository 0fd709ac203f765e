BEGIN;
SET LOCAL ROLE invitation_owner;
REVOKE UPDATE (reminded_generation) ON invitation.invitations FROM invitation;
COMMIT;
