BEGIN;
SELECT is_held FROM invitation.mails WHERE false;
SELECT 1 / has_column_privilege('invitation_worker', 'invitation.mails', 'is_held', 'UPDATE')::int;
ROLLBACK;
