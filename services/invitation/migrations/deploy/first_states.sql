-- Whether a transition is legal costs a look-up in every write. It is left out where a new row is in
-- its resource's only first state, and where a state stays as it is.
BEGIN;
SET LOCAL ROLE invitation_owner;

DROP TRIGGER legal_transition ON invitation.invitations;
CREATE TRIGGER legal_first_state BEFORE INSERT ON invitation.invitations
  FOR EACH ROW WHEN (NEW.state <> 'DRAFT')
  EXECUTE FUNCTION invitation.check_transition('invitation');
CREATE TRIGGER legal_transition BEFORE UPDATE OF state ON invitation.invitations
  FOR EACH ROW WHEN (NEW.state <> OLD.state)
  EXECUTE FUNCTION invitation.check_transition('invitation');

DROP TRIGGER legal_transition ON invitation.redemption_relationships;
CREATE TRIGGER legal_first_state BEFORE INSERT ON invitation.redemption_relationships
  FOR EACH ROW WHEN (NEW.state <> 'PENDING')
  EXECUTE FUNCTION invitation.check_transition('redemption_relationship');
CREATE TRIGGER legal_transition BEFORE UPDATE OF state ON invitation.redemption_relationships
  FOR EACH ROW WHEN (NEW.state <> OLD.state)
  EXECUTE FUNCTION invitation.check_transition('redemption_relationship');
COMMIT;
