-- The life of a relationship: paused and resumed, ended by its customer; and what a partner's removal
-- leaves to be done, where its policies ask for something.
BEGIN;
SET LOCAL ROLE relationship_owner;

ALTER TABLE relationship.relationships
  ADD COLUMN state_cause text NOT NULL DEFAULT '' CHECK (char_length(state_cause) <= 300),
  -- ENDING, and ENDED by the customer: the state before, and whether the grants end, too.
  ADD COLUMN ending_from text CHECK (ending_from IN ('ACTIVE', 'SUSPENDED')),
  ADD COLUMN revoke_grants boolean NOT NULL DEFAULT false,
  -- As the partner's policy was when the relationship began: what its customer agreed to.
  ADD COLUMN end_notice_days integer NOT NULL DEFAULT 0 CHECK (end_notice_days BETWEEN 0 AND 365);
CREATE INDEX relationships_ending ON relationship.relationships (effective_end_time)
  WHERE state = 'ENDING';

-- Whether a partner's RESELLER relationship came with one of the provider, in one invitation of both,
-- and still goes through it. Security definer: a policy of this table cannot read the table by itself.
CREATE FUNCTION relationship.came_through(the_provider text, the_reseller text, the_customer text,
                                          the_source text) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
  RETURN EXISTS (
      SELECT FROM relationship.relationships r
      WHERE r.partner = the_provider AND r.customer = the_customer AND r.type = 'PROVIDER'
        AND r.via_partner = the_reseller AND r.source = the_source AND r.state <> 'ENDED'
        AND (r.state <> 'ENDING' OR r.effective_end_time > clock_timestamp()))
    AND EXISTS (
      SELECT FROM relationship.partnerships s
      WHERE s.provider = the_provider AND s.reseller = the_reseller AND s.state <> 'ENDED');
REVOKE ALL ON FUNCTION relationship.came_through(text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relationship.came_through(text, text, text, text) TO relationship;

-- Operators pause every relationship, a provider its own PROVIDER ones and, of those that go through
-- it, the one that the transaction names; the customer ends its own. Which states each may bring about
-- from which is the triggers' to say.
CREATE POLICY operator_pause ON relationship.relationships FOR UPDATE TO relationship
  USING (common.account() = 'operators')
  WITH CHECK (common.account() = 'operators' AND state IN ('ACTIVE', 'SUSPENDED'));
CREATE POLICY provider_pause ON relationship.relationships FOR UPDATE TO relationship
  USING (partner = common.account() AND type = 'PROVIDER')
  WITH CHECK (partner = common.account() AND type = 'PROVIDER'
              AND state IN ('ACTIVE', 'SUSPENDED'));
CREATE POLICY named_through_provider ON relationship.relationships FOR SELECT TO relationship
  USING (id = nullif(current_setting('partnerlink.relationship', true), '')::uuid
         AND type = 'RESELLER'
         AND relationship.came_through(common.account(), partner, customer, source));
CREATE POLICY named_through_provider_pause ON relationship.relationships FOR UPDATE TO relationship
  USING (id = nullif(current_setting('partnerlink.relationship', true), '')::uuid
         AND type = 'RESELLER'
         AND relationship.came_through(common.account(), partner, customer, source))
  WITH CHECK (id = nullif(current_setting('partnerlink.relationship', true), '')::uuid
              AND type = 'RESELLER' AND state IN ('ACTIVE', 'SUSPENDED')
              AND relationship.came_through(common.account(), partner, customer, source));
CREATE POLICY customer_end ON relationship.relationships FOR UPDATE TO relationship
  USING (customer = common.account()) WITH CHECK (customer = common.account());
GRANT UPDATE (state_cause, revoke_grants) ON relationship.relationships TO relationship;
-- The sweep: what has come to its end.
GRANT UPDATE (state, revision, update_time) ON relationship.relationships TO relationship_worker;

-- Into ENDING, and out of it, goes only who may end it so: the customer, or time.
CREATE FUNCTION relationship.check_changer() RETURNS trigger
  LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state
      AND (common.account() LIKE 'customers/%') <> ('ENDING' IN (OLD.state, NEW.state)) THEN
    RAISE EXCEPTION '% does not bring a relationship from % to %',
        common.account(), OLD.state, NEW.state USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER changed_by_whom BEFORE UPDATE OF state ON relationship.relationships
  FOR EACH ROW EXECUTE FUNCTION relationship.check_changer();

-- An end that was said stays when it was said, comes then and not before, and can be taken back until
-- then: to the state before.
CREATE FUNCTION relationship.keep_end() RETURNS trigger
  LANGUAGE plpgsql AS $$
DECLARE
  is_over boolean := OLD.effective_end_time <= clock_timestamp();
  -- Whoever takes the end back has looked at the clock after the statement began and before now.
  was_over boolean := OLD.effective_end_time <= statement_timestamp();
BEGIN
  IF OLD.state <> 'ENDING' THEN
    NEW.ending_from := CASE WHEN NEW.state = 'ENDING' THEN OLD.state ELSE OLD.ending_from END;
  ELSIF NEW.state IN ('ENDING', 'ENDED') THEN
    IF NEW.effective_end_time IS DISTINCT FROM OLD.effective_end_time
        OR (NEW.state = 'ENDED' AND NOT is_over) THEN
      RAISE EXCEPTION 'relationship % ends at %', OLD.id, OLD.effective_end_time
        USING ERRCODE = 'check_violation';
    END IF;
  ELSE
    IF was_over OR NEW.state <> OLD.ending_from THEN
      RAISE EXCEPTION 'relationship % does not go back to %', OLD.id, NEW.state
        USING ERRCODE = 'check_violation';
    END IF;
    NEW.ending_from := NULL;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER end_is_kept BEFORE UPDATE OF state, effective_end_time ON relationship.relationships
  FOR EACH ROW EXECUTE FUNCTION relationship.keep_end();

-- By the clock, a customer no longer sees partners whose relationship is over.
DROP POLICY related ON relationship.partners;
CREATE POLICY related ON relationship.partners FOR SELECT TO relationship
  USING (EXISTS (SELECT FROM relationship.relationships r
                 WHERE r.customer = common.account() AND r.partner = name AND r.state <> 'ENDED'
                   AND (r.state <> 'ENDING' OR r.effective_end_time > clock_timestamp())));

-- What a removal leaves to be done, by the policies in force at that moment; nothing where they are
-- KEEP_GRANTS and NONE. Whoever removes writes neither, and workers carry them out.
CREATE TABLE relationship.revocations (
  partner text NOT NULL,
  relationship uuid NOT NULL,
  customer text NOT NULL,
  due_time timestamptz NOT NULL,
  done_time timestamptz,
  outcome text NOT NULL DEFAULT '' CHECK (outcome IN ('', 'DONE', 'STILL_RELATED', 'SUPERSEDED')),
  CHECK ((outcome = '') = (done_time IS NULL)),
  PRIMARY KEY (partner, relationship),
  FOREIGN KEY (partner, relationship) REFERENCES relationship.relationships (partner, id)
);
CREATE INDEX revocations_due ON relationship.revocations (due_time) WHERE done_time IS NULL;
ALTER TABLE relationship.revocations ENABLE ROW LEVEL SECURITY;
ALTER TABLE relationship.revocations FORCE ROW LEVEL SECURITY;
CREATE POLICY noted ON relationship.revocations TO relationship_owner
  USING (true) WITH CHECK (true);
CREATE POLICY work ON relationship.revocations TO relationship_worker
  USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE (done_time, outcome) ON relationship.revocations TO relationship_worker;

-- What customers are to be told of by mail. A partner asks for it with its own request for rights;
-- that of a removal is noted with it.
CREATE TABLE relationship.notices (
  partner text NOT NULL REFERENCES relationship.partners (name),
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('RELATIONSHIP_REMOVED', 'GRANT_APPROVAL_REQUESTED')),
  resource text NOT NULL,  -- what it is about
  customer text NOT NULL,
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  due_time timestamptz NOT NULL DEFAULT clock_timestamp(),  -- later where Directory is behind
  done_time timestamptz,
  outcome text NOT NULL DEFAULT '' CHECK (outcome IN ('', 'DONE', 'NO_ADDRESS')),
  CHECK ((outcome = '') = (done_time IS NULL)),
  PRIMARY KEY (partner, id)
);
CREATE INDEX notices_due ON relationship.notices (due_time) WHERE done_time IS NULL;
ALTER TABLE relationship.notices ENABLE ROW LEVEL SECURITY;
ALTER TABLE relationship.notices FORCE ROW LEVEL SECURITY;
CREATE POLICY noted ON relationship.notices FOR INSERT TO relationship_owner WITH CHECK (true);
CREATE POLICY asked ON relationship.notices FOR INSERT TO relationship
  WITH CHECK (partner = common.account() AND kind = 'GRANT_APPROVAL_REQUESTED' AND EXISTS (
    SELECT FROM relationship.grants g
    WHERE g.partner = notices.partner AND g.id = notices.id AND g.customer = notices.customer
      AND g.state = 'APPROVAL_PENDING'));
CREATE POLICY work ON relationship.notices TO relationship_worker USING (true) WITH CHECK (true);
GRANT INSERT (partner, id, kind, resource, customer) ON relationship.notices TO relationship;
GRANT SELECT, UPDATE (due_time, done_time, outcome) ON relationship.notices
  TO relationship_worker;

CREATE FUNCTION relationship.note_what_follows() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  -- The last word counts: who comes back, removes under another policy, or ends without revoking.
  UPDATE relationship.revocations SET done_time = clock_timestamp(), outcome = 'SUPERSEDED'
  WHERE partner = NEW.partner AND customer = NEW.customer AND done_time IS NULL;
  IF TG_OP = 'INSERT' OR OLD.state = 'ENDING' THEN
    RETURN NULL;
  END IF;
  -- A day is 24 hours here, whatever the session's time zone makes of it.
  INSERT INTO relationship.revocations (partner, relationship, customer, due_time)
  SELECT NEW.partner, NEW.id, NEW.customer,
    NEW.effective_end_time + make_interval(hours => 24 * p.revoke_after_days)
  FROM relationship.partners p
  WHERE p.name = NEW.partner AND p.on_removal <> 'KEEP_GRANTS';
  INSERT INTO relationship.notices (partner, id, kind, resource, customer)
  SELECT NEW.partner, NEW.id, 'RELATIONSHIP_REMOVED', 'relationships/' || NEW.id, NEW.customer
  FROM relationship.partners p
  WHERE p.name = NEW.partner AND p.removal_notice = 'NOTIFY';
  RETURN NULL;
END $$;
CREATE TRIGGER what_follows AFTER UPDATE OF state ON relationship.relationships
  FOR EACH ROW WHEN (OLD.state <> 'ENDED' AND NEW.state = 'ENDED')
  EXECUTE FUNCTION relationship.note_what_follows();
CREATE TRIGGER nothing_follows AFTER INSERT ON relationship.relationships
  FOR EACH ROW EXECUTE FUNCTION relationship.note_what_follows();

-- As before; and past its date an end takes the grants that its customer has ended with it, before
-- the sweep writes so.
CREATE OR REPLACE VIEW relationship.published_grants WITH (security_barrier) AS
  SELECT partner, id, customer, roles,
    relationship.grant_end(state, end_time, auto_extend) AS end_time
  FROM relationship.grants g
  WHERE state = 'ACTIVE' AND (auto_extend > 0 OR end_time > clock_timestamp())
    AND NOT EXISTS (
      SELECT FROM relationship.relationships r
      WHERE r.partner = g.partner AND r.customer = g.customer AND r.state = 'ENDING'
        AND r.revoke_grants AND r.effective_end_time <= clock_timestamp());
COMMIT;
