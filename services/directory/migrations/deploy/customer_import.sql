-- Customers that a partner creates many at a time: how far each import has come, and what became of its
-- chunks.
BEGIN;
SET LOCAL ROLE directory_owner;

CREATE TABLE directory.imports (
  partner text NOT NULL,
  import_id text NOT NULL CHECK (import_id ~ '^[A-Za-z0-9._-]{1,64}$'),
  committed_position bigint NOT NULL DEFAULT 0 CHECK (committed_position >= 0),
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  update_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (partner, import_id)
);

-- Written in the chunk's own transaction: who sends it again gets the first answer.
CREATE TABLE directory.import_chunks (
  partner text NOT NULL,
  import_id text NOT NULL,
  position bigint NOT NULL CHECK (position >= 0),
  request_hash bytea NOT NULL,
  answer bytea NOT NULL,  -- partnerlink.directory.v1.ImportCustomersResponse, serialised
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (partner, import_id, position),
  FOREIGN KEY (partner, import_id) REFERENCES directory.imports (partner, import_id)
);

ALTER TABLE directory.imports ENABLE ROW LEVEL SECURITY;
ALTER TABLE directory.imports FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON directory.imports TO directory
  USING (partner = (SELECT common.account())) WITH CHECK (partner = (SELECT common.account()));
ALTER TABLE directory.import_chunks ENABLE ROW LEVEL SECURITY;
ALTER TABLE directory.import_chunks FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON directory.import_chunks TO directory
  USING (partner = (SELECT common.account())) WITH CHECK (partner = (SELECT common.account()));
GRANT SELECT, INSERT, UPDATE (committed_position, update_time) ON directory.imports TO directory;
GRANT SELECT, INSERT ON directory.import_chunks TO directory;

-- An import goes forwards only, whoever writes it.
CREATE FUNCTION directory.check_import() RETURNS trigger
  LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.committed_position <= OLD.committed_position THEN
    RAISE EXCEPTION 'import % of % stands at %', OLD.import_id, OLD.partner, OLD.committed_position
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER forwards_only BEFORE UPDATE ON directory.imports
  FOR EACH ROW EXECUTE FUNCTION directory.check_import();

-- Whether the partner has a customer already by which its row is known.
CREATE INDEX partner_customers_by_correlation
  ON directory.partner_customers (partner, correlation_id) WHERE correlation_id <> '';
COMMIT;
