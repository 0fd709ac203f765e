BEGIN;
SET LOCAL ROLE invitation_owner;
DROP TABLE invitation.agreement_texts;
DROP SCHEMA invitation;
COMMIT;
