-- Partners: who may hold relationships and grants.
BEGIN;
CREATE SCHEMA relationship AUTHORIZATION relationship_owner;
SET LOCAL ROLE relationship_owner;
GRANT USAGE ON SCHEMA relationship TO relationship, relationship_worker;

-- The legal changes of state, an empty from_state for creation. The rules in the code are compared
-- with this table by a test; the trigger makes it hold for every writer.
CREATE TABLE relationship.transitions (
  resource text NOT NULL,
  from_state text NOT NULL,
  to_state text NOT NULL,
  PRIMARY KEY (resource, from_state, to_state)
);
GRANT SELECT ON relationship.transitions TO relationship, relationship_worker;

CREATE FUNCTION relationship.check_transition() RETURNS trigger
  LANGUAGE plpgsql AS $$
DECLARE
  previous text := CASE TG_OP WHEN 'INSERT' THEN '' ELSE OLD.state END;
BEGIN
  IF NEW.state IS DISTINCT FROM previous AND NOT EXISTS (
      SELECT FROM relationship.transitions
      WHERE resource = TG_ARGV[0] AND from_state = previous AND to_state = NEW.state) THEN
    RAISE EXCEPTION 'illegal transition of a %: % to %', TG_ARGV[0], previous, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TABLE relationship.partners (
  name text PRIMARY KEY CHECK (name ~ '^partners/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$'),
  display_name text NOT NULL CHECK (char_length(display_name) BETWEEN 1 AND 200),
  types text[] NOT NULL CHECK (cardinality(types) > 0 AND types <@ ARRAY['RESELLER', 'PROVIDER']),
  country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  partner_number text NOT NULL UNIQUE CHECK (partner_number ~ '^[A-Za-z0-9-]{1,64}$'),
  state text NOT NULL DEFAULT 'ACTIVE' CHECK (state IN ('ACTIVE', 'SUSPENDED')),
  provider_consent text NOT NULL DEFAULT 'AUTO' CHECK (provider_consent IN ('AUTO', 'CONFIRM')),
  on_removal text NOT NULL DEFAULT 'KEEP_GRANTS'
    CHECK (on_removal IN ('KEEP_GRANTS', 'REVOKE_GRANTS', 'REVOKE_GRANTS_AFTER')),
  revoke_after_days integer NOT NULL DEFAULT 0
    CHECK (revoke_after_days BETWEEN 0 AND 365
           AND (revoke_after_days > 0) = (on_removal = 'REVOKE_GRANTS_AFTER')),
  removal_notice text NOT NULL DEFAULT 'NONE' CHECK (removal_notice IN ('NONE', 'NOTIFY')),
  end_notice_days integer NOT NULL DEFAULT 0 CHECK (end_notice_days BETWEEN 0 AND 365),
  revision bigint NOT NULL DEFAULT 1,
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  update_time timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO relationship.transitions (resource, from_state, to_state) VALUES
  ('partner', '', 'ACTIVE'), ('partner', 'ACTIVE', 'SUSPENDED'), ('partner', 'SUSPENDED', 'ACTIVE');
CREATE TRIGGER legal_transition BEFORE INSERT OR UPDATE OF state ON relationship.partners
  FOR EACH ROW EXECUTE FUNCTION relationship.check_transition('partner');

ALTER TABLE relationship.partners ENABLE ROW LEVEL SECURITY;
ALTER TABLE relationship.partners FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON relationship.partners FOR SELECT USING (name = common.account());
CREATE POLICY operator ON relationship.partners
  USING (common.account() = 'operators') WITH CHECK (common.account() = 'operators');
CREATE POLICY work ON relationship.partners TO relationship_worker USING (true);
-- Through the published view only: names and states, for the other services' rules.
CREATE POLICY published ON relationship.partners FOR SELECT TO relationship_owner USING (true);

GRANT SELECT, INSERT ON relationship.partners TO relationship;
GRANT SELECT ON relationship.partners TO relationship_worker;
-- FOR SHARE, which keeps a partner's state while its edges are made, asks for a right to update.
GRANT UPDATE (update_time) ON relationship.partners TO relationship_worker;
COMMIT;
