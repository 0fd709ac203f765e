BEGIN;
SELECT partner_number, id, portal, customer, company, roles, state, reason, relationship,
  create_time, update_time FROM relationship.portal_records WHERE false;
SELECT partner, partner_number, create_time FROM relationship.portal_jobs WHERE false;
SELECT 1 / has_function_privilege('relationship', 'relationship.lock_partner_number(text)', 'execute')::int;
SELECT 1 / has_function_privilege('relationship', 'relationship.share_partner_number(text)', 'execute')::int;
ROLLBACK;
