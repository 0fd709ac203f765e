BEGIN;
SELECT partner, id, display_name, customer, roles, state, start_time, end_time, duration_days,
  auto_extend, invitation, renews, end_cause, revision, create_time, update_time
FROM relationship.grants WHERE false;
ROLLBACK;
