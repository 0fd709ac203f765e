-- Who has accepted is listed newest first, for the provider that the invitation names too.
BEGIN;
SET LOCAL ROLE invitation_owner;

CREATE INDEX redemptions_newest
  ON invitation.redemptions (partner, invitation, accept_time DESC, id DESC);

-- Whether the caller is the provider of an invitation, as far as that one's own policy shows it. A
-- function: a sub-select in a policy is made ready for each statement that names the table, whether or
-- not it is asked.
CREATE FUNCTION invitation.is_provider_of(of_partner text, invitation uuid) RETURNS boolean
  LANGUAGE plpgsql STABLE SECURITY INVOKER
  SET search_path = pg_catalog AS $$
BEGIN
  RETURN EXISTS (SELECT FROM invitation.invitations i
                 WHERE i.partner = of_partner AND i.id = is_provider_of.invitation
                   AND i.provider <> '' AND i.provider = common.account());
END $$;
REVOKE ALL ON FUNCTION invitation.is_provider_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION invitation.is_provider_of TO invitation, invitation_worker;
CREATE POLICY provider ON invitation.redemptions FOR SELECT
  USING (invitation.is_provider_of(partner, invitation));
CREATE POLICY provider ON invitation.redemption_relationships FOR SELECT
  USING (invitation.is_provider_of(partner, invitation));
COMMIT;
