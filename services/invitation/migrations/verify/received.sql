BEGIN;
SELECT has_function_privilege('invitation', 'invitation.received(text[], text)', 'EXECUTE');
ROLLBACK;
