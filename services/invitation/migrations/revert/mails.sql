BEGIN;
SET LOCAL ROLE invitation_owner;
DROP FUNCTION invitation.address_standing(text);
DROP TABLE invitation.suppressed_addresses, invitation.mails;
DELETE FROM invitation.transitions WHERE resource = 'mail';
ALTER TABLE invitation.invitations
  DROP COLUMN delivery_state, DROP COLUMN delivery_time, DROP COLUMN delivery_attempts,
  DROP COLUMN delivery_error;
COMMIT;
