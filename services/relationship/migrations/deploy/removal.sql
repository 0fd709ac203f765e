-- What a partner changes of its own: its name and policies, and the end of its relationships, which
-- nobody brings about without an attestation.
BEGIN;
SET LOCAL ROLE relationship_owner;

CREATE POLICY own ON relationship.partners FOR UPDATE TO relationship
  USING (name = common.account()) WITH CHECK (name = common.account());
GRANT UPDATE (display_name, provider_consent, on_removal, revoke_after_days, removal_notice,
              end_notice_days, revision, update_time) ON relationship.partners TO relationship;

-- To ENDED only: by way of ENDING, which is the customer's, a partner would need no attestation.
CREATE POLICY removal ON relationship.relationships FOR UPDATE TO relationship
  USING (partner = common.account()) WITH CHECK (partner = common.account() AND state = 'ENDED');
GRANT UPDATE (state, effective_end_time, revision, update_time) ON relationship.relationships
  TO relationship;
GRANT INSERT ON relationship.attestations TO relationship;

-- A relationship that a partner ends (ACTIVE or SUSPENDED before) has its attestation by then.
CREATE FUNCTION relationship.check_attested() RETURNS trigger
  LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state IN ('ACTIVE', 'SUSPENDED') AND NEW.state = 'ENDED' AND NOT EXISTS (
      SELECT FROM relationship.attestations a
      WHERE a.partner = NEW.partner AND a.relationship = NEW.id) THEN
    RAISE EXCEPTION 'relationship % cannot be removed without an attestation', NEW.id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER removal_is_attested BEFORE UPDATE OF state ON relationship.relationships
  FOR EACH ROW EXECUTE FUNCTION relationship.check_attested();
COMMIT;
