-- By name: parameters change later.
BEGIN;
SELECT has_function_privilege('invitation', 'invitation.open_link'::regproc, 'EXECUTE'),
  has_function_privilege('invitation', 'invitation.accept_invitation'::regproc, 'EXECUTE');
ROLLBACK;
