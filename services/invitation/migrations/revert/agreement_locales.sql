-- The texts are append-only for everyone but the one who takes the change itself back.
BEGIN;
SET LOCAL ROLE invitation_owner;
ALTER TABLE invitation.agreement_texts DISABLE TRIGGER append_only;
DELETE FROM invitation.agreement_texts WHERE version = '2026-11' AND locale IN ('de', 'pl');
ALTER TABLE invitation.agreement_texts ENABLE TRIGGER append_only;
COMMIT;
