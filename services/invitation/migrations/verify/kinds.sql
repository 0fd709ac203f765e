BEGIN;
SELECT partner, invitation, account, actor, reason, decline_time FROM invitation.declines WHERE false;
SELECT 1 / count(*) FROM invitation.transitions WHERE to_state = 'AWAITING_PROVIDER';
SELECT 1 / count(*) FROM pg_policies
WHERE schemaname = 'invitation' AND tablename = 'invitations' AND policyname = 'provider_decision';
ROLLBACK;
