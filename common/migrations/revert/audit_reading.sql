BEGIN;
SET LOCAL ROLE common_owner;
DROP INDEX common.audit_entries_newest_by_operators;
DROP INDEX common.audit_entries_newest;
DROP INDEX common.audit_entries_newest_of_account;
REVOKE SELECT ON common.audit_entries FROM relationship;
DROP POLICY operator ON common.audit_entries;
DROP POLICY tenant ON common.audit_entries;
COMMIT;
