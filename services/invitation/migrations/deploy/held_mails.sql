-- Mails that wait because nobody could accept their invitation now: they are no backlog.
BEGIN;
SET LOCAL ROLE invitation_owner;
ALTER TABLE invitation.mails ADD COLUMN is_held boolean NOT NULL DEFAULT false;
GRANT UPDATE (is_held) ON invitation.mails TO invitation_worker;
COMMIT;
