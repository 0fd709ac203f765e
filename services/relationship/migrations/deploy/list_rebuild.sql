-- What the partners' lists are compared with: how every relationship stands, and nothing of where it
-- comes from. No published view, as these show the transaction's account only.
BEGIN;
SET LOCAL ROLE relationship_owner;
GRANT USAGE ON SCHEMA relationship TO rebuilder;
CREATE POLICY rebuild ON relationship.relationships FOR SELECT TO rebuilder USING (true);
GRANT SELECT (partner, id, customer, type, state, revision) ON relationship.relationships TO rebuilder;
COMMIT;
