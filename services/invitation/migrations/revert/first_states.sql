BEGIN;
SET LOCAL ROLE invitation_owner;
DROP TRIGGER legal_first_state ON invitation.redemption_relationships;
DROP TRIGGER legal_transition ON invitation.redemption_relationships;
CREATE TRIGGER legal_transition
  BEFORE INSERT OR UPDATE OF state ON invitation.redemption_relationships
  FOR EACH ROW EXECUTE FUNCTION invitation.check_transition('redemption_relationship');
DROP TRIGGER legal_first_state ON invitation.invitations;
DROP TRIGGER legal_transition ON invitation.invitations;
CREATE TRIGGER legal_transition BEFORE INSERT OR UPDATE OF state ON invitation.invitations
  FOR EACH ROW EXECUTE FUNCTION invitation.check_transition('invitation');
COMMIT;
