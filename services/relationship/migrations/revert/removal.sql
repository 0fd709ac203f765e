BEGIN;
SET LOCAL ROLE relationship_owner;
DROP TRIGGER removal_is_attested ON relationship.relationships;
DROP FUNCTION relationship.check_attested();
REVOKE INSERT ON relationship.attestations FROM relationship;
REVOKE UPDATE (state, effective_end_time, revision, update_time) ON relationship.relationships
  FROM relationship;
DROP POLICY removal ON relationship.relationships;
REVOKE UPDATE (display_name, provider_consent, on_removal, revoke_after_days, removal_notice,
               end_notice_days, revision, update_time) ON relationship.partners FROM relationship;
DROP POLICY own ON relationship.partners;
COMMIT;
