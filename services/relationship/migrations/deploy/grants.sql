-- Grants: delegated administration rights of one partner over one customer.
BEGIN;
SET LOCAL ROLE relationship_owner;

CREATE TABLE relationship.grants (
  partner text NOT NULL REFERENCES relationship.partners (name),
  id uuid NOT NULL DEFAULT common.uuid_v7(),
  display_name text NOT NULL DEFAULT '',
  customer text NOT NULL CHECK (customer ~ '^customers/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$'),
  roles text[] NOT NULL CHECK (
    cardinality(roles) > 0
    AND roles <@ ARRAY['user_admin', 'license_admin', 'service_admin', 'subscription_admin',
                       'directory_reader', 'global_admin']),
  state text NOT NULL CHECK (state IN ('ACTIVE', 'EXPIRED', 'TERMINATED')),
  start_time timestamptz NOT NULL,
  end_time timestamptz NOT NULL CHECK (end_time > start_time),
  duration_days integer NOT NULL CHECK (duration_days BETWEEN 1 AND 730),
  auto_extend integer NOT NULL CHECK (
    auto_extend = 0 OR (auto_extend = 180 AND NOT 'global_admin' = ANY (roles))),
  invitation text NOT NULL DEFAULT '',
  renews uuid,
  end_cause text NOT NULL DEFAULT '',
  revision bigint NOT NULL DEFAULT 1,
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  update_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (partner, id)
);
CREATE INDEX grants_newest_of_partner ON relationship.grants (partner, create_time DESC, id DESC);
CREATE INDEX grants_newest_of_customer ON relationship.grants (customer, create_time DESC, id DESC);
CREATE INDEX grants_in_force ON relationship.grants (partner, customer, end_time)
  WHERE state = 'ACTIVE';

INSERT INTO relationship.transitions (resource, from_state, to_state) VALUES
  ('grant', '', 'ACTIVE'), ('grant', 'ACTIVE', 'EXPIRED'), ('grant', 'ACTIVE', 'TERMINATED');
CREATE TRIGGER legal_transition BEFORE INSERT OR UPDATE OF state ON relationship.grants
  FOR EACH ROW EXECUTE FUNCTION relationship.check_transition('grant');

ALTER TABLE relationship.grants ENABLE ROW LEVEL SECURITY;
ALTER TABLE relationship.grants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON relationship.grants FOR SELECT
  USING (partner = common.account() OR customer = common.account());
CREATE POLICY operator ON relationship.grants FOR SELECT USING (common.account() = 'operators');
CREATE POLICY work ON relationship.grants TO relationship_worker USING (true) WITH CHECK (true);
GRANT SELECT ON relationship.grants TO relationship;
GRANT SELECT, INSERT ON relationship.grants TO relationship_worker;
COMMIT;
