-- Whether a partner and a partnership are active, for what Invitation does by itself: a mail that waits
-- to be sent does not go while its partner is suspended.
BEGIN;
SET LOCAL ROLE relationship_owner;
GRANT USAGE ON SCHEMA relationship TO invitation_worker;
GRANT SELECT ON relationship.published_partners, relationship.published_partnerships
  TO invitation_worker;
COMMIT;
