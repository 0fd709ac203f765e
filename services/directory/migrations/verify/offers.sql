BEGIN;
SELECT resource, from_state, to_state FROM directory.transitions WHERE false;
SELECT name, display_name, services, admin_uris, term_months, state, revision, create_time,
  update_time
FROM directory.offers WHERE false;
ROLLBACK;
