-- Who has accepted is listed newest first, for the provider that the invitation names too.
BEGIN;
SET LOCAL ROLE invitation_owner;

CREATE INDEX redemptions_newest
  ON invitation.redemptions (partner, invitation, accept_time DESC, id DESC);
-- The provider sees as much of an invitation as that one's own policy shows it.
CREATE POLICY provider ON invitation.redemptions FOR SELECT
  USING (EXISTS (SELECT FROM invitation.invitations i
                 WHERE i.partner = redemptions.partner AND i.id = redemptions.invitation
                   AND i.provider <> '' AND i.provider = common.account()));
CREATE POLICY provider ON invitation.redemption_relationships FOR SELECT
  USING (EXISTS (SELECT FROM invitation.invitations i
                 WHERE i.partner = redemption_relationships.partner
                   AND i.id = redemption_relationships.invitation
                   AND i.provider <> '' AND i.provider = common.account()));
COMMIT;
