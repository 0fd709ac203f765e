BEGIN;
SET LOCAL ROLE relationship_owner;
CREATE OR REPLACE VIEW relationship.published_grants WITH (security_barrier) AS
  SELECT partner, id, customer, roles,
    relationship.grant_end(state, end_time, auto_extend) AS end_time
  FROM relationship.grants
  WHERE state = 'ACTIVE' AND (auto_extend > 0 OR end_time > clock_timestamp());
DROP TRIGGER nothing_follows ON relationship.relationships;
DROP TRIGGER what_follows ON relationship.relationships;
DROP FUNCTION relationship.note_what_follows();
DROP TABLE relationship.notices;
DROP TABLE relationship.revocations;
DROP POLICY related ON relationship.partners;
CREATE POLICY related ON relationship.partners FOR SELECT TO relationship
  USING (EXISTS (SELECT FROM relationship.relationships r
                 WHERE r.customer = common.account() AND r.partner = name AND r.state <> 'ENDED'));
DROP TRIGGER end_is_kept ON relationship.relationships;
DROP FUNCTION relationship.keep_end();
DROP TRIGGER changed_by_whom ON relationship.relationships;
DROP FUNCTION relationship.check_changer();
REVOKE UPDATE (state, revision, update_time) ON relationship.relationships
  FROM relationship_worker;
DROP POLICY customer_end ON relationship.relationships;
DROP POLICY named_through_provider_pause ON relationship.relationships;
DROP POLICY named_through_provider ON relationship.relationships;
DROP POLICY provider_pause ON relationship.relationships;
DROP POLICY operator_pause ON relationship.relationships;
DROP FUNCTION relationship.came_through(text, text, text, text);
ALTER TABLE relationship.relationships
  DROP COLUMN state_cause, DROP COLUMN ending_from, DROP COLUMN revoke_grants,
  DROP COLUMN end_notice_days;
DROP INDEX relationship.relationships_ending;
COMMIT;
