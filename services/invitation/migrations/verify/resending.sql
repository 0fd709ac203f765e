BEGIN;
SELECT reminded_generation FROM invitation.invitations WHERE false;
SELECT 1 / count(*) FROM invitation.transitions WHERE from_state = 'EXPIRED';
SELECT 1 / count(*) FROM pg_trigger WHERE tgname = 'one_link_per_generation';
SELECT 1 / has_column_privilege('invitation', 'invitation.invitations', 'generation', 'UPDATE')::int;
ROLLBACK;
