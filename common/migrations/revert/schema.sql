BEGIN;
REVOKE SELECT ON sqitch.changes FROM
  invitation, invitation_worker, relationship, relationship_worker, directory, directory_worker;
REVOKE USAGE ON SCHEMA sqitch FROM
  invitation, invitation_worker, relationship, relationship_worker, directory, directory_worker;
SET LOCAL ROLE common_owner;
DROP FUNCTION common.refuse_change(), common.fold(text), common.uuid_v7(), common.account();
RESET ROLE;
DROP EXTENSION unaccent;
SET LOCAL ROLE common_owner;
DROP SCHEMA common;
COMMIT;
