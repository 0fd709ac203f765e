BEGIN;
SELECT 1 / (count(*) = 2)::int FROM pg_policies
WHERE schemaname = 'invitation' AND tablename IN ('redemptions', 'redemption_relationships')
  AND policyname = 'provider';
SELECT 'invitation.redemptions_newest'::regclass;
SELECT has_function_privilege('invitation.is_provider_of(text, uuid)', 'execute');
ROLLBACK;
