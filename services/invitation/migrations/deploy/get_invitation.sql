-- The hottest read in one statement: the account comes first and is set for this transaction only. Runs
-- as its caller, behind the caller's walls.
BEGIN;
SET LOCAL ROLE invitation_owner;

CREATE FUNCTION invitation.get_invitation(account text, partner text, id uuid)
  RETURNS SETOF invitation.invitations
  LANGUAGE plpgsql SECURITY INVOKER ROWS 1
  SET search_path = pg_catalog AS $$
BEGIN
  PERFORM set_config('partnerlink.account', account, true);
  RETURN QUERY SELECT i.* FROM invitation.invitations i
    WHERE i.partner = get_invitation.partner AND i.id = get_invitation.id;
END $$;
REVOKE ALL ON FUNCTION invitation.get_invitation FROM PUBLIC;
GRANT EXECUTE ON FUNCTION invitation.get_invitation TO invitation;
COMMIT;
