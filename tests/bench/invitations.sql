-- What GetInvitation reads: 10,000 invitations of one partner, and a copy of the table without
-- row-level security for pgbench. load.cc and get_invitation.sql know the form of the ids.
INSERT INTO invitation.invitations (partner, id, kind, mode, state, hint_company_name,
  hint_email_address, hint_email_key, hint_country, note, locale, channel, relationship_only,
  grant_roles, grant_duration_days, grant_auto_extend, agreement_version, max_uses, ttl, salt,
  key_id, secret_hash, subject, body_text, creator)
SELECT 'partners/contoso', ('01900000-0000-7000-8000-' || n)::uuid, 'CUSTOMER', 'TARGETED', 'DRAFT',
  'Customer ' || n, 'admin' || n || '@customer.example', 'admin' || n || '@customer.example', 'DE',
  'We are glad to work with you.', 'en', 'OWN_MARKETING', false,
  '{service_support_admin,license_admin}', 365, 180, '2026-01', 1, interval '30 days',
  decode(md5(n::text), 'hex'), 1, sha256(n::text::bytea), 'Contoso asks for your consent',
  repeat('Please follow the link. ', 25),
  'anna@contoso.example'
FROM generate_series(100000000000, 100000009999) AS n;
UPDATE invitation.invitations
SET state = 'PENDING', issue_time = clock_timestamp(), expire_time = clock_timestamp() + ttl;

CREATE SCHEMA bench;
CREATE TABLE bench.invitations (LIKE invitation.invitations INCLUDING ALL);
INSERT INTO bench.invitations SELECT * FROM invitation.invitations;
VACUUM FULL ANALYZE invitation.invitations;
VACUUM FULL ANALYZE bench.invitations;
CHECKPOINT;
