BEGIN;
SELECT 1 / count(*) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE p.oid = 'invitation.parties(text, text, text)'::regprocedure AND l.lanname = 'plpgsql';
ROLLBACK;
