-- The agreement that a customer accepts, by version and locale; the newest in effect is current.
BEGIN;
CREATE SCHEMA invitation AUTHORIZATION invitation_owner;
SET LOCAL ROLE invitation_owner;
GRANT USAGE ON SCHEMA invitation TO invitation, invitation_worker;

CREATE TABLE invitation.agreement_texts (
  version text NOT NULL,
  locale text NOT NULL,
  body text NOT NULL,
  effective_time timestamptz NOT NULL,
  PRIMARY KEY (version, locale)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON invitation.agreement_texts
  FOR EACH ROW EXECUTE FUNCTION common.refuse_change();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON invitation.agreement_texts
  FOR EACH STATEMENT EXECUTE FUNCTION common.refuse_change();
INSERT INTO invitation.agreement_texts (version, locale, body, effective_time) VALUES
  ('2026-11', 'en',
   'By accepting, our company agrees that the partner named here acts as its reseller and sees our '
   'company data and the subscriptions it sells to us. Where administration rights are asked for, our '
   'company gives them to the partner for the time named. Our company may end the relationship and '
   'the rights at any time.',
   '2026-11-01T00:00:00Z');
GRANT SELECT ON invitation.agreement_texts TO invitation;
COMMIT;
