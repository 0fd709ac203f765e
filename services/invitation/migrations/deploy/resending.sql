-- An invitation that is sent again has a new link, and a new time; before the time is over its partner
-- is reminded.
BEGIN;
SET LOCAL ROLE invitation_owner;

INSERT INTO invitation.transitions (resource, from_state, to_state) VALUES
  ('invitation', 'EXPIRED', 'PENDING'), ('invitation', 'EXPIRED', 'AWAITING_PROVIDER'),
  ('invitation', 'PENDING', 'AWAITING_PROVIDER');

-- A link changes with its generation, which grows by one, and never goes back: what was dead stays
-- dead.
CREATE FUNCTION invitation.check_link() RETURNS trigger
  LANGUAGE plpgsql AS $$
BEGIN
  IF (CASE NEW.generation
        WHEN OLD.generation THEN (NEW.salt, NEW.key_id, NEW.secret_hash)
          IS DISTINCT FROM (OLD.salt, OLD.key_id, OLD.secret_hash)
        WHEN OLD.generation + 1 THEN NEW.secret_hash = OLD.secret_hash
        ELSE true END) THEN
    RAISE EXCEPTION 'the link of an invitation changes only with its generation, by one'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER one_link_per_generation
  BEFORE UPDATE OF generation, salt, key_id, secret_hash ON invitation.invitations
  FOR EACH ROW EXECUTE FUNCTION invitation.check_link();
GRANT UPDATE (generation, key_id, secret_hash) ON invitation.invitations TO invitation;

-- The generation whose partner was reminded last.
ALTER TABLE invitation.invitations ADD COLUMN reminded_generation integer NOT NULL DEFAULT 0
  CHECK (reminded_generation BETWEEN 0 AND generation);
CREATE INDEX invitations_to_remind ON invitation.invitations (expire_time)
  WHERE state IN ('AWAITING_PROVIDER', 'PENDING') AND reminded_generation < generation;
GRANT UPDATE (reminded_generation) ON invitation.invitations TO invitation_worker;
COMMIT;
