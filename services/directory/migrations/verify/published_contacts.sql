BEGIN;
SELECT name, display_name, country, contact_email_address FROM directory.published_contacts
WHERE false;
SELECT 1 / has_table_privilege('relationship_worker', 'directory.published_contacts', 'select')::int;
ROLLBACK;
