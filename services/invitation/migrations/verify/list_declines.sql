BEGIN;
SELECT id FROM invitation.declines WHERE false;
SELECT 'invitation.declines_newest'::regclass, 'invitation.declines_of_account'::regclass;
SELECT 1 / count(*) FROM pg_policies
WHERE schemaname = 'invitation' AND tablename = 'declines' AND policyname = 'provider';
ROLLBACK;
