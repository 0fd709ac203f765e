BEGIN;
SET LOCAL ROLE invitation_owner;
DROP TABLE invitation.redemption_relationships, invitation.redemptions;
DELETE FROM invitation.transitions WHERE resource = 'redemption_relationship';
COMMIT;
