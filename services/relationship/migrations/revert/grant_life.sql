-- Drafts and requests, answered or not, have no place in the schema before: they go.
BEGIN;
SET LOCAL ROLE relationship_owner;
DROP TRIGGER drafts_only ON relationship.grants;
DROP FUNCTION relationship.refuse_delete();
DROP TRIGGER terms_and_times ON relationship.grants;
DROP FUNCTION relationship.check_grant();
REVOKE UPDATE (state, end_time, remind_time, end_cause, revision, update_time)
  ON relationship.grants FROM relationship_worker;
REVOKE DELETE ON relationship.grants FROM relationship;
REVOKE UPDATE (display_name, roles, state, start_time, end_time, duration_days, auto_extend,
               request_time, lapse_time, remind_time, end_cause, revision, update_time)
  ON relationship.grants FROM relationship;
REVOKE INSERT (partner, display_name, customer, roles, state, duration_days, auto_extend, renews)
  ON relationship.grants FROM relationship;
DROP POLICY customer_change ON relationship.grants;
DROP POLICY partner_change ON relationship.grants;
DROP POLICY discarding ON relationship.grants;
DROP POLICY drafting ON relationship.grants;
ALTER POLICY tenant ON relationship.grants
  USING (partner = common.account() OR customer = common.account());

CREATE OR REPLACE VIEW relationship.published_grants WITH (security_barrier) AS
  SELECT partner, id, customer, roles, end_time FROM relationship.grants
  WHERE state = 'ACTIVE' AND end_time > clock_timestamp();

ALTER TABLE relationship.grants NO FORCE ROW LEVEL SECURITY;
UPDATE relationship.grants SET end_time = relationship.grant_end(state, end_time, auto_extend)
WHERE state = 'ACTIVE' AND auto_extend > 0;
DELETE FROM relationship.grants WHERE start_time IS NULL;
ALTER TABLE relationship.grants FORCE ROW LEVEL SECURITY;
DELETE FROM relationship.transitions WHERE resource = 'grant' AND (from_state, to_state) NOT IN
  (('', 'ACTIVE'), ('ACTIVE', 'EXPIRED'), ('ACTIVE', 'TERMINATED'));

DROP FUNCTION relationship.next_reminder(timestamptz, timestamptz);
DROP FUNCTION relationship.grant_end(text, timestamptz, integer);
DROP FUNCTION relationship.grant_state(text, timestamptz, integer, timestamptz);
DROP INDEX relationship.grants_one_renewal, relationship.grants_ending, relationship.grants_lapsing,
  relationship.grants_to_remind;
ALTER TABLE relationship.grants
  DROP CONSTRAINT grants_renewed,
  DROP CONSTRAINT grants_requested,
  DROP CONSTRAINT grants_started,
  DROP COLUMN remind_time,
  DROP COLUMN lapse_time,
  DROP COLUMN request_time,
  ALTER COLUMN end_time SET NOT NULL,
  ALTER COLUMN start_time SET NOT NULL,
  DROP CONSTRAINT grants_end_cause_length,
  DROP CONSTRAINT grants_display_name_length,
  DROP CONSTRAINT grants_state_check,
  ADD CONSTRAINT grants_state_check CHECK (state IN ('ACTIVE', 'EXPIRED', 'TERMINATED'));
COMMIT;
