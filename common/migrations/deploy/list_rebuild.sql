-- The login that compares the partners' lists with a rebuild sees which news Directory is still owed, by
-- account and not what they say, and leaves what every change leaves: as an operator's, with a reason.
BEGIN;
GRANT USAGE ON SCHEMA sqitch TO rebuilder;
GRANT SELECT ON sqitch.changes TO rebuilder;

SET LOCAL ROLE common_owner;
GRANT USAGE ON SCHEMA common TO rebuilder;

CREATE POLICY rebuild_owed ON common.outbox FOR SELECT TO rebuilder
  USING (service = 'relationship' AND target = 'directory' AND delivered_time IS NULL);
CREATE POLICY rebuild ON common.outbox FOR INSERT TO rebuilder
  WITH CHECK (service = 'directory' AND actor_account = 'operators' AND target IS NULL);
GRANT SELECT (service, target, account, resource, create_time, delivered_time), INSERT
  ON common.outbox TO rebuilder;

CREATE POLICY rebuild ON common.audit_entries FOR INSERT TO rebuilder
  WITH CHECK (service = 'directory' AND actor_account = 'operators' AND actor <> '' AND reason <> ''
              AND method = 'rebuild/customer_list');
GRANT INSERT ON common.audit_entries TO rebuilder;
COMMIT;
