BEGIN;
SELECT name, display_name, country, contact_display_name, contact_email_address,
  contact_phone_number, registration_number, revision, create_time, update_time
FROM directory.customers WHERE false;
SELECT customer, name, verified FROM directory.domains WHERE false;
SELECT partner, relationship, customer, type, state, revision FROM directory.edges WHERE false;
SELECT partner, customer, listed, display_name, folded_name, sort_key, country, types, channel,
  labels, correlation_id, create_time
FROM directory.partner_customers WHERE false;
ROLLBACK;
