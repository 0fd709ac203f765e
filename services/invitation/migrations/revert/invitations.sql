BEGIN;
SET LOCAL ROLE invitation_owner;
DROP TABLE invitation.invitations;
DROP FUNCTION invitation.refuse_delete(), invitation.check_transition();
DROP TABLE invitation.transitions;
COMMIT;
