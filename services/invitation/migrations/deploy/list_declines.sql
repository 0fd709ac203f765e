-- Who has declined is listed newest first, whatever the invitation's mode, for the provider that it
-- names too.
BEGIN;
SET LOCAL ROLE invitation_owner;

ALTER TABLE invitation.declines ADD COLUMN id uuid NOT NULL DEFAULT common.uuid_v7();
CREATE UNIQUE INDEX declines_newest
  ON invitation.declines (partner, invitation, decline_time DESC, id DESC);
CREATE INDEX declines_of_account ON invitation.declines (account, invitation);
CREATE POLICY provider ON invitation.declines FOR SELECT
  USING (invitation.is_provider_of(partner, invitation));

-- Of mode TARGETED the invitation alone said so until now, but not which person it was.
ALTER TABLE invitation.declines NO FORCE ROW LEVEL SECURITY;
INSERT INTO invitation.declines (partner, invitation, account, actor, reason, decline_time)
SELECT i.partner, i.id, i.decided_by, '', i.decline_reason, i.decide_time
FROM invitation.invitations i WHERE i.state = 'DECLINED';
ALTER TABLE invitation.declines FORCE ROW LEVEL SECURITY;
COMMIT;
