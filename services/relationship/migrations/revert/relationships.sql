BEGIN;
SET LOCAL ROLE relationship_owner;
DROP POLICY related ON relationship.partners;
DROP TABLE relationship.attestations, relationship.attestation_texts, relationship.establishments,
  relationship.relationships;
DELETE FROM relationship.transitions WHERE resource = 'relationship';
COMMIT;
