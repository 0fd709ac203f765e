BEGIN;
SET LOCAL ROLE invitation_owner;
DROP INDEX invitation.invitations_to_remind;
ALTER TABLE invitation.invitations DROP COLUMN reminded_generation;
REVOKE UPDATE (generation, key_id, secret_hash) ON invitation.invitations FROM invitation;
DROP TRIGGER one_link_per_generation ON invitation.invitations;
DROP FUNCTION invitation.check_link();
DELETE FROM invitation.transitions
WHERE resource = 'invitation' AND (from_state = 'EXPIRED'
  OR (from_state = 'PENDING' AND to_state = 'AWAITING_PROVIDER'));
COMMIT;
