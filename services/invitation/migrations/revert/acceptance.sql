BEGIN;
SET LOCAL ROLE invitation_owner;
DROP FUNCTION invitation.accept_invitation(text, text, uuid, bigint, integer, uuid, text, text,
  timestamptz);
DROP FUNCTION invitation.open_link(text, text, text, uuid, uuid);
DROP FUNCTION invitation.parties(text, text, text);
COMMIT;
