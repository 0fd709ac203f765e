BEGIN;
SELECT 1 / (count(DISTINCT locale) = 2)::int FROM invitation.agreement_texts
WHERE version = '2026-11' AND locale IN ('de', 'pl');
ROLLBACK;
