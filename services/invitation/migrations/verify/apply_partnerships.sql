BEGIN;
SELECT provider FROM invitation.invitations WHERE false;
SELECT 1 / has_column_privilege('invitation_worker', 'invitation.invitations', 'state_cause', 'update')::int;
ROLLBACK;
