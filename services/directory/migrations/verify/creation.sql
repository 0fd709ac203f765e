BEGIN;
SELECT creator FROM directory.customers WHERE false;
SELECT revision FROM directory.partner_customers WHERE false;
SELECT customer, id, user_principal_name, given_name, family_name, display_name, roles, revision,
  create_time, update_time
FROM directory.users WHERE false;
ROLLBACK;
