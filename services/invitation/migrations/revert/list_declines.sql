BEGIN;
SET LOCAL ROLE invitation_owner;
ALTER TABLE invitation.declines NO FORCE ROW LEVEL SECURITY;
DELETE FROM invitation.declines d USING invitation.invitations i
WHERE i.partner = d.partner AND i.id = d.invitation AND i.mode = 'TARGETED';
ALTER TABLE invitation.declines FORCE ROW LEVEL SECURITY;
DROP POLICY provider ON invitation.declines;
DROP INDEX invitation.declines_newest, invitation.declines_of_account;
ALTER TABLE invitation.declines DROP COLUMN id;
COMMIT;
