BEGIN;
SELECT account, id, service, method, actor, actor_account, actor_roles, on_behalf_of, resource,
  decision, reason, cause, before, after, request_id, create_time
FROM common.audit_entries WHERE false;
ROLLBACK;
