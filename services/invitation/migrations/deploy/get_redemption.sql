-- What an acceptance reads back in one statement, once it has waited for its relationships; see
-- get_invitation.
BEGIN;
SET LOCAL ROLE invitation_owner;

CREATE FUNCTION invitation.get_redemption(account text, of_partner text, of_invitation uuid, redemption uuid)
  RETURNS TABLE (partner text, invitation uuid, id uuid, customer text, actor text,
                 accept_time timestamptz, agreement_version text, granted text,
                 relationships text[])
  LANGUAGE plpgsql SECURITY INVOKER ROWS 1
  SET search_path = pg_catalog AS $$
BEGIN
  PERFORM set_config('partnerlink.account', account, true);
  RETURN QUERY
    SELECT r.partner, r.invitation, r.id, r.customer, r.actor, r.accept_time, r.agreement_version,
      r.granted,
      ARRAY(SELECT ARRAY[o.type, o.edge_partner, o.relationship, o.state, o.reason]
            FROM invitation.redemption_relationships o
            WHERE o.partner = r.partner AND o.invitation = r.invitation AND o.redemption = r.id
            ORDER BY o.type DESC)
    FROM invitation.redemptions r
    WHERE r.partner = of_partner AND r.invitation = of_invitation AND r.id = redemption;
END $$;
REVOKE ALL ON FUNCTION invitation.get_redemption FROM PUBLIC;
GRANT EXECUTE ON FUNCTION invitation.get_redemption TO invitation;
COMMIT;
