-- Of which country a customer is, so that its region is asked of again with every relationship: who
-- accepts once more does not say it again. What Directory knows already is taken over.
BEGIN;
SET LOCAL ROLE relationship_owner;
CREATE TABLE relationship.customers (
  name text PRIMARY KEY CHECK (name ~ '^customers/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$'),
  country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  create_time timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- By the migrator, who may do what both owners may. On an empty database Directory comes later.
RESET ROLE;
DO $$
BEGIN
  IF to_regclass('directory.customers') IS NULL THEN RETURN; END IF;
  PERFORM set_config('partnerlink.account', 'operators', true);
  INSERT INTO relationship.customers (name, country)
    SELECT c.name, c.country FROM directory.customers c;
END $$;

SET LOCAL ROLE relationship_owner;
ALTER TABLE relationship.customers ENABLE ROW LEVEL SECURITY;
ALTER TABLE relationship.customers FORCE ROW LEVEL SECURITY;
CREATE POLICY work ON relationship.customers TO relationship_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON relationship.customers TO relationship_worker;
COMMIT;
