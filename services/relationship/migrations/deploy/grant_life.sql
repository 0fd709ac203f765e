-- The whole life of a grant: drafted by the partner, approved or declined by the customer, extended,
-- renewed, and ended by the clock or by one side.
BEGIN;
SET LOCAL ROLE relationship_owner;

ALTER TABLE relationship.grants
  DROP CONSTRAINT grants_state_check,
  ADD CONSTRAINT grants_state_check CHECK (
    state IN ('CREATED', 'APPROVAL_PENDING', 'ACTIVE', 'EXPIRED', 'TERMINATED', 'DECLINED',
              'WITHDRAWN', 'LAPSED')),
  ADD CONSTRAINT grants_display_name_length CHECK (char_length(display_name) <= 200),
  ADD CONSTRAINT grants_end_cause_length CHECK (char_length(end_cause) <= 300),
  ALTER COLUMN start_time DROP NOT NULL,
  ALTER COLUMN end_time DROP NOT NULL,
  ADD CONSTRAINT grants_started CHECK (
    (state IN ('ACTIVE', 'EXPIRED', 'TERMINATED')) = (start_time IS NOT NULL)
    AND (start_time IS NULL) = (end_time IS NULL)),
  ADD COLUMN request_time timestamptz,
  ADD COLUMN lapse_time timestamptz,
  ADD CONSTRAINT grants_requested CHECK (
    (state IN ('APPROVAL_PENDING', 'DECLINED', 'WITHDRAWN', 'LAPSED')) <= (request_time IS NOT NULL)
    AND (request_time IS NULL) = (lapse_time IS NULL)),
  ADD COLUMN remind_time timestamptz,  -- of the next reminder; null: there will be none
  ADD CONSTRAINT grants_renewed FOREIGN KEY (partner, renews)
    REFERENCES relationship.grants (partner, id);

-- Of a grant one renewal waits or is in force.
CREATE UNIQUE INDEX grants_one_renewal ON relationship.grants (partner, renews)
  WHERE renews IS NOT NULL AND state IN ('APPROVAL_PENDING', 'ACTIVE');
-- What the sweeps look for.
CREATE INDEX grants_ending ON relationship.grants (end_time) WHERE state = 'ACTIVE';
CREATE INDEX grants_lapsing ON relationship.grants (lapse_time) WHERE state = 'APPROVAL_PENDING';
CREATE INDEX grants_to_remind ON relationship.grants (remind_time)
  WHERE state = 'ACTIVE' AND remind_time IS NOT NULL;

-- What holds by the clock, at once and for every reader; the rows follow. Days have 24 hours.
CREATE FUNCTION relationship.grant_state(state text, end_time timestamptz, auto_extend integer,
                                         lapse_time timestamptz) RETURNS text
  LANGUAGE sql VOLATILE
  RETURN CASE
    WHEN state = 'ACTIVE' AND auto_extend = 0 AND end_time <= clock_timestamp() THEN 'EXPIRED'
    WHEN state = 'APPROVAL_PENDING' AND lapse_time <= clock_timestamp() THEN 'LAPSED'
    ELSE state END;
CREATE FUNCTION relationship.grant_end(state text, end_time timestamptz, auto_extend integer)
  RETURNS timestamptz
  LANGUAGE sql VOLATILE
  RETURN CASE
    WHEN state = 'ACTIVE' AND auto_extend > 0 AND end_time <= clock_timestamp() THEN
      end_time + make_interval(hours => 24 * auto_extend * (
        1 + floor(extract(epoch FROM clock_timestamp() - end_time) / (86400 * auto_extend)))::int)
    ELSE end_time END;

-- When a grant's parties are reminded next, of its end: 30, 14, 7 and 1 days before it.
CREATE FUNCTION relationship.next_reminder(end_time timestamptz, after timestamptz)
  RETURNS timestamptz
  LANGUAGE sql STABLE
  RETURN (SELECT min(end_time - make_interval(hours => 24 * days))
          FROM unnest(ARRAY[30, 14, 7, 1]) AS days
          WHERE end_time - make_interval(hours => 24 * days) > after);
ALTER TABLE relationship.grants NO FORCE ROW LEVEL SECURITY;
UPDATE relationship.grants SET remind_time = relationship.next_reminder(end_time, clock_timestamp())
WHERE state = 'ACTIVE' AND auto_extend = 0;
ALTER TABLE relationship.grants FORCE ROW LEVEL SECURITY;

CREATE OR REPLACE VIEW relationship.published_grants WITH (security_barrier) AS
  SELECT partner, id, customer, roles,
    relationship.grant_end(state, end_time, auto_extend) AS end_time
  FROM relationship.grants
  WHERE state = 'ACTIVE' AND (auto_extend > 0 OR end_time > clock_timestamp());

INSERT INTO relationship.transitions (resource, from_state, to_state) VALUES
  ('grant', '', 'CREATED'), ('grant', 'CREATED', 'APPROVAL_PENDING'),
  ('grant', 'APPROVAL_PENDING', 'ACTIVE'), ('grant', 'APPROVAL_PENDING', 'DECLINED'),
  ('grant', 'APPROVAL_PENDING', 'WITHDRAWN'), ('grant', 'APPROVAL_PENDING', 'LAPSED');

-- What was asked for stays as it was asked for: a customer takes from it and adds nothing. And what
-- the clock decides is so by the clock, whoever writes.
CREATE FUNCTION relationship.check_grant() RETURNS trigger
  LANGUAGE plpgsql AS $$
DECLARE
  -- A statement has looked at the clock after it began and before now: whatever was in time then is.
  began timestamptz := statement_timestamp();
  present timestamptz := clock_timestamp();
  drafted boolean := OLD.state = 'CREATED';
  approved boolean := OLD.state = 'APPROVAL_PENDING' AND NEW.state = 'ACTIVE';
BEGIN
  IF (NEW.partner, NEW.id, NEW.customer, NEW.renews, NEW.invitation)
      IS DISTINCT FROM (OLD.partner, OLD.id, OLD.customer, OLD.renews, OLD.invitation)
    OR NOT drafted AND (NEW.display_name, NEW.request_time, NEW.lapse_time) IS DISTINCT FROM
      (OLD.display_name, OLD.request_time, OLD.lapse_time)
    OR NOT drafted AND NEW.roles IS DISTINCT FROM OLD.roles
      AND NOT (NEW.state = 'ACTIVE' AND NEW.roles <@ OLD.roles)
    OR NOT drafted AND (NEW.duration_days, NEW.auto_extend) IS DISTINCT FROM
      (OLD.duration_days, OLD.auto_extend)
      AND NOT (approved AND NEW.duration_days <= OLD.duration_days
               AND NEW.auto_extend <= OLD.auto_extend) THEN
    RAISE EXCEPTION 'a grant is changed that is not a draft' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state <> OLD.state AND NOT (CASE NEW.state
      WHEN 'ACTIVE' THEN OLD.lapse_time > began
      WHEN 'DECLINED' THEN OLD.lapse_time > began
      WHEN 'WITHDRAWN' THEN OLD.lapse_time > began
      WHEN 'LAPSED' THEN OLD.lapse_time <= present
      WHEN 'EXPIRED' THEN OLD.end_time <= present AND OLD.auto_extend = 0
      WHEN 'TERMINATED' THEN OLD.end_time > began OR OLD.auto_extend > 0
      ELSE true END) THEN
    RAISE EXCEPTION 'a grant is not % now', NEW.state USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER terms_and_times BEFORE UPDATE ON relationship.grants
  FOR EACH ROW EXECUTE FUNCTION relationship.check_grant();

CREATE FUNCTION relationship.refuse_delete() RETURNS trigger
  LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a grant in state % cannot be deleted', OLD.state
    USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER drafts_only BEFORE DELETE ON relationship.grants
  FOR EACH ROW WHEN (OLD.state <> 'CREATED') EXECUTE FUNCTION relationship.refuse_delete();

-- The customer sees no drafts. Either side brings about the states that are its own to decide.
ALTER POLICY tenant ON relationship.grants
  USING (partner = common.account() OR (customer = common.account() AND state <> 'CREATED'));
CREATE POLICY drafting ON relationship.grants FOR INSERT TO relationship
  WITH CHECK (partner = common.account() AND state = 'CREATED' AND EXISTS (
    SELECT FROM relationship.published_relationships r
    WHERE r.partner = common.account() AND r.customer = grants.customer AND r.state = 'ACTIVE'));
CREATE POLICY discarding ON relationship.grants FOR DELETE TO relationship
  USING (partner = common.account() AND state = 'CREATED');
CREATE POLICY partner_change ON relationship.grants FOR UPDATE TO relationship
  USING (partner = common.account())
  WITH CHECK (partner = common.account()
              AND state IN ('CREATED', 'APPROVAL_PENDING', 'WITHDRAWN', 'TERMINATED'));
CREATE POLICY customer_change ON relationship.grants FOR UPDATE TO relationship
  USING (customer = common.account() AND state <> 'CREATED')
  WITH CHECK (customer = common.account() AND state IN ('ACTIVE', 'DECLINED', 'TERMINATED'));
GRANT INSERT (partner, display_name, customer, roles, state, duration_days, auto_extend, renews)
  ON relationship.grants TO relationship;
GRANT UPDATE (display_name, roles, state, start_time, end_time, duration_days, auto_extend,
              request_time, lapse_time, remind_time, end_cause, revision, update_time)
  ON relationship.grants TO relationship;
GRANT DELETE ON relationship.grants TO relationship;
GRANT UPDATE (state, end_time, remind_time, end_cause, revision, update_time)
  ON relationship.grants TO relationship_worker;
COMMIT;
