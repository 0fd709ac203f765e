BEGIN;
SET LOCAL ROLE relationship_owner;
DROP FUNCTION relationship.share_partner_number(text);
DROP FUNCTION relationship.lock_partner_number(text);
DROP FUNCTION relationship.partner_number_lock_key(text);
DROP TABLE relationship.portal_jobs;
DROP TABLE relationship.portal_records;
DELETE FROM relationship.transitions WHERE resource = 'portal_record';
COMMIT;
