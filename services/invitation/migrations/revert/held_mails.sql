BEGIN;
SET LOCAL ROLE invitation_owner;
ALTER TABLE invitation.mails DROP COLUMN is_held;
COMMIT;
