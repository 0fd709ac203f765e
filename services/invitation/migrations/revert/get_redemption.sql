BEGIN;
SET LOCAL ROLE invitation_owner;
DROP FUNCTION invitation.get_redemption(text, text, uuid, uuid);
COMMIT;
