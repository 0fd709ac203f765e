BEGIN;
SELECT 1 / count(*) FROM invitation.agreement_texts WHERE effective_time <= clock_timestamp();
ROLLBACK;
