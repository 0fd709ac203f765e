BEGIN;
SELECT 1 / (count(*) = 9)::int FROM invitation.agreement_texts
WHERE version = '2026-11' AND locale IN ('en', 'de', 'pl')
  AND kind IN ('CUSTOMER', 'CUSTOMER_WITH_PROVIDER', 'PARTNERSHIP');
SELECT 1 / count(*) FROM pg_trigger
WHERE tgname = 'whole' AND tgrelid = 'invitation.agreement_texts'::regclass AND tginitdeferred;
ROLLBACK;
