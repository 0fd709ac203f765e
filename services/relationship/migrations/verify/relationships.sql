BEGIN;
SELECT partner, id, type, customer, state, origin, source, invitation, via_partner, predecessor,
  effective_end_time, revision, create_time, update_time
FROM relationship.relationships WHERE false;
SELECT source, response, create_time FROM relationship.establishments WHERE false;
SELECT partner, relationship, text_version, actor, attest_time
FROM relationship.attestations WHERE false;
SELECT 1 / count(*) FROM relationship.attestation_texts;
ROLLBACK;
