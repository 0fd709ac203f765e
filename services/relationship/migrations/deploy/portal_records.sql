-- Which customers partners serve in other portals, as internal systems say, before or after a
-- partner is enrolled; and the jobs that make relationships of them.
BEGIN;
SET LOCAL ROLE relationship_owner;

CREATE TABLE relationship.portal_records (
  partner_number text NOT NULL CHECK (partner_number ~ '^[A-Za-z0-9-]{1,64}$'),
  id uuid NOT NULL DEFAULT common.uuid_v7(),
  portal text NOT NULL CHECK (portal ~ '^[a-z0-9-]{1,64}$'),
  customer text NOT NULL CHECK (customer ~ '^customers/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$'),
  company bytea NOT NULL,  -- partnerlink.common.v1.Company, serialised
  roles text[] NOT NULL,
  state text NOT NULL DEFAULT 'RECORDED' CHECK (state IN ('RECORDED', 'ESTABLISHED', 'REFUSED')),
  reason text NOT NULL DEFAULT '' CHECK ((state = 'REFUSED') = (reason <> '')),
  relationship uuid CHECK ((state = 'ESTABLISHED') = (relationship IS NOT NULL)),
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  update_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (partner_number, id),
  UNIQUE (partner_number, customer, portal)
);
CREATE INDEX portal_records_waiting ON relationship.portal_records (partner_number, id)
  WHERE state = 'RECORDED';
CREATE INDEX portal_records_by_state ON relationship.portal_records (partner_number, state);
CREATE INDEX portal_records_newest_of_number
  ON relationship.portal_records (partner_number, create_time DESC, id DESC);

INSERT INTO relationship.transitions (resource, from_state, to_state) VALUES
  ('portal_record', '', 'RECORDED'),
  ('portal_record', 'RECORDED', 'ESTABLISHED'), ('portal_record', 'RECORDED', 'REFUSED'),
  ('portal_record', 'REFUSED', 'RECORDED');
CREATE TRIGGER legal_transition BEFORE INSERT OR UPDATE OF state ON relationship.portal_records
  FOR EACH ROW EXECUTE FUNCTION relationship.check_transition('portal_record');

ALTER TABLE relationship.portal_records ENABLE ROW LEVEL SECURITY;
ALTER TABLE relationship.portal_records FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON relationship.portal_records FOR SELECT TO relationship
  USING (partner_number = (SELECT p.partner_number FROM relationship.partners p
                           WHERE p.name = common.account()));
CREATE POLICY operator ON relationship.portal_records TO relationship
  USING (common.account() = 'operators') WITH CHECK (common.account() = 'operators');
CREATE POLICY work ON relationship.portal_records TO relationship_worker
  USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON relationship.portal_records TO relationship;
GRANT UPDATE (company, roles, state, reason, update_time) ON relationship.portal_records
  TO relationship;
GRANT SELECT ON relationship.portal_records TO relationship_worker;
GRANT UPDATE (state, reason, relationship, update_time) ON relationship.portal_records
  TO relationship_worker;

-- The partners whose records are being made relationships of.
CREATE TABLE relationship.portal_jobs (
  partner text PRIMARY KEY REFERENCES relationship.partners (name),
  partner_number text NOT NULL,
  create_time timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE relationship.portal_jobs ENABLE ROW LEVEL SECURITY;
ALTER TABLE relationship.portal_jobs FORCE ROW LEVEL SECURITY;
CREATE POLICY operator ON relationship.portal_jobs TO relationship
  USING (common.account() = 'operators') WITH CHECK (common.account() = 'operators');
CREATE POLICY work ON relationship.portal_jobs TO relationship_worker
  USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE (create_time) ON relationship.portal_jobs TO relationship;
GRANT SELECT, UPDATE (create_time), DELETE ON relationship.portal_jobs TO relationship_worker;

-- The lock of a partner number. Who enrols a partner holds it alone; who records its customers
-- shares it: so either sees what the other did. Held until the transaction ends.
CREATE FUNCTION relationship.partner_number_lock_key(partner_number text) RETURNS bigint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN hashtextextended('partner number ' || partner_number, 0);
CREATE FUNCTION relationship.lock_partner_number(partner_number text) RETURNS void
  LANGUAGE sql VOLATILE
  BEGIN ATOMIC
    SELECT pg_advisory_xact_lock(relationship.partner_number_lock_key(partner_number));
  END;
CREATE FUNCTION relationship.share_partner_number(partner_number text) RETURNS void
  LANGUAGE sql VOLATILE
  BEGIN ATOMIC
    SELECT pg_advisory_xact_lock_shared(relationship.partner_number_lock_key(partner_number));
  END;
COMMIT;
