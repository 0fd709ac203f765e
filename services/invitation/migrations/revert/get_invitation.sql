BEGIN;
SET LOCAL ROLE invitation_owner;
DROP FUNCTION invitation.get_invitation(text, text, uuid);
COMMIT;
