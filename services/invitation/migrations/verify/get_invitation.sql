BEGIN;
SELECT has_function_privilege('invitation', 'invitation.get_invitation(text, text, uuid)', 'EXECUTE');
ROLLBACK;
