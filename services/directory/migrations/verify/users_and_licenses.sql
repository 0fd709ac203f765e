BEGIN;
SELECT blocked, state, delete_time, purge_time FROM directory.users WHERE false;
SELECT customer, subscription, user_id, assign_time FROM directory.license_assignments WHERE false;
SELECT assigned FROM directory.subscriptions WHERE false;
ROLLBACK;
