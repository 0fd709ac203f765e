-- The texts are append-only for everyone but the one who takes the change itself back.
BEGIN;
SET LOCAL ROLE invitation_owner;
DROP TRIGGER whole ON invitation.agreement_texts;
DROP FUNCTION invitation.check_agreement;
ALTER TABLE invitation.agreement_texts DISABLE TRIGGER append_only;
DELETE FROM invitation.agreement_texts WHERE kind <> 'CUSTOMER';
ALTER TABLE invitation.agreement_texts ENABLE TRIGGER append_only;
ALTER TABLE invitation.agreement_texts
  DROP CONSTRAINT agreement_texts_pkey,
  DROP COLUMN kind,
  ADD PRIMARY KEY (version, locale);
COMMIT;
