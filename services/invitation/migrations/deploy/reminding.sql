-- Whoever gives an invitation more time lets it be reminded of anew.
BEGIN;
SET LOCAL ROLE invitation_owner;
GRANT UPDATE (reminded_generation) ON invitation.invitations TO invitation;
COMMIT;
