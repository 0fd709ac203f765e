-- By name: its parameters change later.
BEGIN;
SELECT has_function_privilege('invitation', 'invitation.find_ground'::regproc, 'EXECUTE');
ROLLBACK;
