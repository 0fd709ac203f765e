-- What acceptances consume: issued invitations without a hint, from `hashes` (the number of each and
-- what its row keeps of its link), and a copy for pgbench. links.cc knows ids and salts.
INSERT INTO invitation.invitations (partner, id, kind, mode, state, hint_company_name, hint_country,
  note, locale, channel, relationship_only, grant_roles, grant_duration_days, grant_auto_extend,
  agreement_version, max_uses, ttl, salt, key_id, secret_hash, subject, body_text, creator)
SELECT 'partners/contoso', made.id, 'CUSTOMER', 'TARGETED', 'DRAFT', 'Customer ' || made.n, 'DE',
  'We are glad to work with you.', 'en', 'OWN_MARKETING', false, '{user_admin,license_admin}', 365,
  180, '2026-11', 1, interval '30 days', uuid_send(made.id), 1, made.hash,
  'Contoso asks for your consent', repeat('Please follow the link. ', 25), 'anna@contoso.example'
FROM (SELECT n, ('01900000-0000-7000-9000-' || n)::uuid AS id, hash FROM hashes) AS made;
UPDATE invitation.invitations
SET state = 'PENDING', issue_time = clock_timestamp(), expire_time = clock_timestamp() + ttl
WHERE partner = 'partners/contoso' AND state = 'DRAFT' AND subject = 'Contoso asks for your consent';
INSERT INTO bench.invitations
SELECT i.* FROM invitation.invitations i
JOIN hashes ON i.partner = 'partners/contoso'
  AND i.id = ('01900000-0000-7000-9000-' || hashes.n)::uuid;
VACUUM ANALYZE invitation.invitations;
VACUUM ANALYZE bench.invitations;
