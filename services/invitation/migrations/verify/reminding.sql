BEGIN;
SELECT 1 / has_column_privilege('invitation', 'invitation.invitations', 'reminded_generation', 'UPDATE')::int;
ROLLBACK;
