BEGIN;
SET LOCAL ROLE invitation_owner;
DROP FUNCTION invitation.received(text[], text);
DROP POLICY received ON invitation.invitations;
DROP INDEX invitation.invitations_waiting_for_account, invitation.invitations_waiting_for_domain,
  invitation.invitations_waiting_for_email;
COMMIT;
