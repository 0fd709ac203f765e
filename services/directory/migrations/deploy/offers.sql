-- The catalogue: what can be ordered. The same for every partner, kept by the operators.
BEGIN;
SET LOCAL ROLE directory_owner;

-- The legal changes of state, an empty from_state for creation. The rules in the code are compared
-- with this table by a test; the trigger makes it hold for every writer.
CREATE TABLE directory.transitions (
  resource text NOT NULL,
  from_state text NOT NULL,
  to_state text NOT NULL,
  PRIMARY KEY (resource, from_state, to_state)
);
GRANT SELECT ON directory.transitions TO directory, directory_worker;

CREATE FUNCTION directory.check_transition() RETURNS trigger
  LANGUAGE plpgsql AS $$
DECLARE
  previous text := CASE TG_OP WHEN 'INSERT' THEN '' ELSE OLD.state END;
BEGIN
  IF NEW.state IS DISTINCT FROM previous AND NOT EXISTS (
      SELECT FROM directory.transitions
      WHERE resource = TG_ARGV[0] AND from_state = previous AND to_state = NEW.state) THEN
    RAISE EXCEPTION 'illegal transition of a %: % to %', TG_ARGV[0], previous, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TABLE directory.offers (
  name text PRIMARY KEY CHECK (name ~ '^offers/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$'),
  display_name text NOT NULL CHECK (char_length(display_name) BETWEEN 1 AND 200),
  -- The services by name, and the address of each at the same place.
  services text[] NOT NULL DEFAULT '{}' CHECK (cardinality(services) <= 20),
  admin_uris text[] NOT NULL DEFAULT '{}' CHECK (cardinality(admin_uris) = cardinality(services)),
  term_months integer NOT NULL CHECK (term_months BETWEEN 1 AND 36),
  state text NOT NULL CHECK (state IN ('ACTIVE', 'RETIRED')),
  revision bigint NOT NULL DEFAULT 1,
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  update_time timestamptz NOT NULL DEFAULT clock_timestamp()
);

INSERT INTO directory.transitions (resource, from_state, to_state) VALUES
  ('offer', '', 'ACTIVE'), ('offer', '', 'RETIRED'),
  ('offer', 'ACTIVE', 'RETIRED'), ('offer', 'RETIRED', 'ACTIVE');
CREATE TRIGGER legal_transition BEFORE INSERT OR UPDATE OF state ON directory.offers
  FOR EACH ROW EXECUTE FUNCTION directory.check_transition('offer');

-- No tenant's rows: everyone reads them.
ALTER TABLE directory.offers ENABLE ROW LEVEL SECURITY;
ALTER TABLE directory.offers FORCE ROW LEVEL SECURITY;
CREATE POLICY catalogue ON directory.offers FOR SELECT TO directory, directory_worker USING (true);
CREATE POLICY operator ON directory.offers TO directory
  USING ((SELECT common.account()) = 'operators')
  WITH CHECK ((SELECT common.account()) = 'operators');

GRANT SELECT ON directory.offers TO directory, directory_worker;
GRANT INSERT ON directory.offers TO directory;
GRANT UPDATE (display_name, services, admin_uris, term_months, state, revision, update_time)
  ON directory.offers TO directory;
COMMIT;
