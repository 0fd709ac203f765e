BEGIN;
SELECT 1 / (count(*) = 4)::integer FROM pg_catalog.pg_trigger
WHERE tgname IN ('legal_first_state', 'legal_transition') AND tgqual IS NOT NULL
  AND tgrelid IN ('invitation.invitations'::regclass,
                  'invitation.redemption_relationships'::regclass);
ROLLBACK;
