BEGIN;
SET LOCAL ROLE invitation_owner;
DROP POLICY provider ON invitation.redemption_relationships;
DROP POLICY provider ON invitation.redemptions;
DROP INDEX invitation.redemptions_newest;
COMMIT;
