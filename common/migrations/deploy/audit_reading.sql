-- The audit is read by those whose rows were touched, through the service that lists it.
BEGIN;
SET LOCAL ROLE common_owner;
CREATE POLICY tenant ON common.audit_entries FOR SELECT TO relationship
  USING (account = common.account());
CREATE POLICY operator ON common.audit_entries FOR SELECT TO relationship
  USING (common.account() = 'operators');
GRANT SELECT ON common.audit_entries TO relationship;
COMMIT;

-- Beside running services: the table grows with every change that anybody makes.
SET ROLE common_owner;
DROP INDEX CONCURRENTLY IF EXISTS common.audit_entries_newest_of_account;
CREATE INDEX CONCURRENTLY audit_entries_newest_of_account
  ON common.audit_entries (account, create_time DESC, id DESC);
DROP INDEX CONCURRENTLY IF EXISTS common.audit_entries_newest;
CREATE INDEX CONCURRENTLY audit_entries_newest ON common.audit_entries (create_time DESC, id DESC);
DROP INDEX CONCURRENTLY IF EXISTS common.audit_entries_newest_by_operators;
CREATE INDEX CONCURRENTLY audit_entries_newest_by_operators
  ON common.audit_entries (create_time DESC, id DESC) WHERE actor_account = 'operators';
RESET ROLE;
