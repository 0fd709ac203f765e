BEGIN;
SET LOCAL ROLE invitation_owner;
DROP POLICY provider ON invitation.redemption_relationships;
DROP POLICY provider ON invitation.redemptions;
DROP FUNCTION invitation.is_provider_of;
DROP INDEX invitation.redemptions_newest;
COMMIT;
