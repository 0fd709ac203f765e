BEGIN;
SELECT has_function_privilege(
  'invitation',
  'invitation.find_ground(text, text, text, uuid, text, text, text, uuid, text, text, text)', 'EXECUTE');
ROLLBACK;
