-- Whose a subscription is stays; who asked for which is gone.
BEGIN;
SET LOCAL ROLE directory_owner;
REVOKE UPDATE (partner, relationship) ON directory.subscriptions FROM directory;
DROP POLICY accepted_transfer_made ON directory.subscriptions;
DROP POLICY accepted_transfer ON directory.subscriptions;
DROP TRIGGER handed_over ON directory.subscriptions;
DROP FUNCTION directory.check_hand_over();
DROP TABLE directory.transfers;
DROP FUNCTION directory.check_asked();
DROP FUNCTION directory.share_transfers(uuid);
DROP FUNCTION directory.lock_transfers(uuid);
DROP FUNCTION directory.transfer_lock_key(uuid);
DROP FUNCTION directory.check_transfer();
DROP FUNCTION directory.transfer_state(text, timestamptz);
DELETE FROM directory.transitions WHERE resource = 'transfer';
COMMIT;
