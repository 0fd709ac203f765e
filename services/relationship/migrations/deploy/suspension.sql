-- Operators suspend and resume partners. A suspended one may do nothing, in any service.
BEGIN;
SET LOCAL ROLE relationship_owner;

GRANT UPDATE (state) ON relationship.partners TO relationship;

CREATE FUNCTION relationship.keep_standing() RETURNS trigger
  LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state = 'SUSPENDED' THEN
    INSERT INTO common.suspended_accounts (account) VALUES (NEW.name) ON CONFLICT DO NOTHING;
  ELSE
    DELETE FROM common.suspended_accounts WHERE account = NEW.name;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER standing AFTER UPDATE OF state ON relationship.partners
  FOR EACH ROW EXECUTE FUNCTION relationship.keep_standing();

-- A partner writes its own row, but not how it stands.
CREATE FUNCTION relationship.check_suspender() RETURNS trigger
  LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state AND common.account() LIKE 'partners/%' THEN
    RAISE EXCEPTION 'a partner does not change its own state' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER suspended_by_others BEFORE UPDATE OF state ON relationship.partners
  FOR EACH ROW EXECUTE FUNCTION relationship.check_suspender();
COMMIT;
