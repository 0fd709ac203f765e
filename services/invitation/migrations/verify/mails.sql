BEGIN;
SELECT delivery_state, delivery_time, delivery_attempts, delivery_error
FROM invitation.invitations WHERE false;
SELECT partner, invitation, id, generation, address_key, state, attempts, next_time, last_time, error,
  create_time
FROM invitation.mails WHERE false;
SELECT address_key, reason, create_time FROM invitation.suppressed_addresses WHERE false;
SELECT has_function_privilege('invitation', 'invitation.address_standing(text)', 'EXECUTE');
ROLLBACK;
