BEGIN;
SELECT id, kind, resource, partner, customer, recipient, address_key, locale, partner_display_name,
  customer_display_name, state, counts, attempts, next_time, last_time, error, create_time
FROM invitation.notices WHERE false;
SELECT 1 / (count(*) = 7)::int FROM invitation.transitions WHERE resource = 'notice';
SELECT 1 / has_function_privilege('invitation_worker', 'invitation.address_standing(text)',
                                  'execute')::int;
ROLLBACK;
