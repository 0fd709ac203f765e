BEGIN;
SELECT has_function_privilege('invitation', 'invitation.parties(text, text, text)', 'EXECUTE');
SELECT has_function_privilege('invitation', 'invitation.open_link(text, text, text, uuid, uuid)',
  'EXECUTE');
SELECT has_function_privilege(
  'invitation',
  'invitation.accept_invitation(text, text, uuid, bigint, integer, uuid, text, text, timestamptz)',
  'EXECUTE');
ROLLBACK;
