BEGIN;
SET LOCAL ROLE common_owner;
REVOKE INSERT ON common.audit_entries FROM rebuilder;
DROP POLICY rebuild ON common.audit_entries;
REVOKE SELECT (service, target, account, resource, create_time, delivered_time), INSERT
  ON common.outbox FROM rebuilder;
DROP POLICY rebuild ON common.outbox;
DROP POLICY rebuild_owed ON common.outbox;
REVOKE USAGE ON SCHEMA common FROM rebuilder;
RESET ROLE;
REVOKE SELECT ON sqitch.changes FROM rebuilder;
REVOKE USAGE ON SCHEMA sqitch FROM rebuilder;
COMMIT;
