BEGIN;
SELECT has_function_privilege(
    'invitation', 'invitation.open_link(text, text, text, uuid, uuid)', 'EXECUTE'),
  has_function_privilege(
    'invitation',
    'invitation.accept_invitation(text, text, uuid, bigint, uuid, text, text, timestamptz)',
    'EXECUTE');
ROLLBACK;
