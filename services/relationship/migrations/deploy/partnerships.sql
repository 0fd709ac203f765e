-- Partnerships: the links between a provider and the resellers that buy through it.
BEGIN;
SET LOCAL ROLE relationship_owner;

CREATE TABLE relationship.partnerships (
  provider text NOT NULL REFERENCES relationship.partners (name),
  id uuid NOT NULL DEFAULT common.uuid_v7(),
  reseller text NOT NULL REFERENCES relationship.partners (name),
  state text NOT NULL CHECK (state IN ('ACTIVE', 'SUSPENDED', 'ENDED')),
  state_cause text NOT NULL DEFAULT '' CHECK (char_length(state_cause) <= 300),
  source text NOT NULL,  -- the redemption it comes from
  invitation text NOT NULL,
  end_time timestamptz,
  revision bigint NOT NULL DEFAULT 1,
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  update_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (provider, id),
  CHECK (provider <> reseller),
  CHECK ((state = 'ENDED') = (end_time IS NOT NULL))
);
CREATE UNIQUE INDEX partnerships_one_live_of_a_pair
  ON relationship.partnerships (provider, reseller) WHERE state <> 'ENDED';
CREATE INDEX partnerships_newest_of_provider
  ON relationship.partnerships (provider, create_time DESC, id DESC);
CREATE INDEX partnerships_newest_of_reseller
  ON relationship.partnerships (reseller, create_time DESC, id DESC);

INSERT INTO relationship.transitions (resource, from_state, to_state) VALUES
  ('partnership', '', 'ACTIVE'),
  ('partnership', 'ACTIVE', 'SUSPENDED'), ('partnership', 'SUSPENDED', 'ACTIVE'),
  ('partnership', 'ACTIVE', 'ENDED'), ('partnership', 'SUSPENDED', 'ENDED');
CREATE TRIGGER legal_transition BEFORE INSERT OR UPDATE OF state ON relationship.partnerships
  FOR EACH ROW EXECUTE FUNCTION relationship.check_transition('partnership');

ALTER TABLE relationship.partnerships ENABLE ROW LEVEL SECURITY;
ALTER TABLE relationship.partnerships FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON relationship.partnerships FOR SELECT
  USING (provider = common.account() OR reseller = common.account());
CREATE POLICY operator ON relationship.partnerships FOR SELECT
  USING (common.account() = 'operators');
-- The provider pauses and ends it, the reseller ends it, an operator pauses it.
CREATE POLICY provider_change ON relationship.partnerships FOR UPDATE TO relationship
  USING (provider = common.account()) WITH CHECK (provider = common.account());
CREATE POLICY reseller_change ON relationship.partnerships FOR UPDATE TO relationship
  USING (reseller = common.account())
  WITH CHECK (reseller = common.account() AND state = 'ENDED');
CREATE POLICY operator_change ON relationship.partnerships FOR UPDATE TO relationship
  USING (common.account() = 'operators')
  WITH CHECK (common.account() = 'operators' AND state <> 'ENDED');
CREATE POLICY work ON relationship.partnerships TO relationship_worker
  USING (true) WITH CHECK (true);
-- Through the published view only.
CREATE POLICY published ON relationship.partnerships FOR SELECT TO relationship_owner USING (true);
GRANT SELECT ON relationship.partnerships TO relationship;
GRANT UPDATE (state, state_cause, end_time, revision, update_time) ON relationship.partnerships
  TO relationship;
GRANT SELECT, INSERT ON relationship.partnerships TO relationship_worker;

-- A partner sees who its partners are.
CREATE POLICY partnered ON relationship.partners FOR SELECT TO relationship
  USING (EXISTS (SELECT FROM relationship.partnerships p
                 WHERE p.provider = common.account() AND p.reseller = name AND p.state <> 'ENDED')
      OR EXISTS (SELECT FROM relationship.partnerships p
                 WHERE p.reseller = common.account() AND p.provider = name AND p.state <> 'ENDED'));

-- The partnerships that are not over: what the rules on combined invitations and on orders ask.
CREATE VIEW relationship.published_partnerships WITH (security_barrier) AS
  SELECT provider, reseller, id, state FROM relationship.partnerships WHERE state <> 'ENDED';
GRANT SELECT ON relationship.published_partnerships TO invitation, directory, directory_owner;

-- The lock of a pair. Who makes, pauses or ends its partnership holds it alone; who does something
-- that needs the partnership to be ACTIVE shares it, and reads the state behind it. Held until the
-- transaction ends; behind the partners' locks, before a customer's.
CREATE FUNCTION relationship.partnership_lock_key(provider text, reseller text) RETURNS bigint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN hashtextextended('partnership of ' || provider || ' and ' || reseller, 0);
CREATE FUNCTION relationship.lock_partnership(provider text, reseller text) RETURNS void
  LANGUAGE sql VOLATILE
  BEGIN ATOMIC
    SELECT pg_advisory_xact_lock(relationship.partnership_lock_key(provider, reseller));
  END;
CREATE FUNCTION relationship.share_partnership(provider text, reseller text) RETURNS void
  LANGUAGE sql VOLATILE
  BEGIN ATOMIC
    SELECT pg_advisory_xact_lock_shared(relationship.partnership_lock_key(provider, reseller));
  END;
COMMIT;
