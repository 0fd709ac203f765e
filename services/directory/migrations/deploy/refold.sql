-- The names of the lists, folded anew.
BEGIN;
SET LOCAL ROLE directory_owner;
ALTER TABLE directory.partner_customers NO FORCE ROW LEVEL SECURITY;
UPDATE directory.partner_customers SET display_name = display_name
WHERE folded_name IS DISTINCT FROM common.fold(display_name);
ALTER TABLE directory.partner_customers FORCE ROW LEVEL SECURITY;
COMMIT;
