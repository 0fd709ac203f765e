BEGIN;
SET LOCAL ROLE invitation_owner;
DROP FUNCTION invitation.find_ground(text, text, text, uuid, text, text, text, uuid, text, text, text);
COMMIT;
