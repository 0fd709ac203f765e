\set n :first + :client_id * :share + :i
BEGIN;
UPDATE bench.invitations SET state = 'ACCEPTED', use_count = use_count + 1, decided_by = 'customers/c10000', decide_time = clock_timestamp(), revision = revision + 1, update_time = clock_timestamp() WHERE partner = 'partners/contoso' AND id = ('01900000-0000-7000-9000-' || :n)::uuid AND state = 'PENDING' AND generation = 1 AND use_count < max_uses AND expire_time > clock_timestamp();
ROLLBACK;
INSERT INTO bench.audit_entries (account, service, method, actor, actor_account, actor_roles, resource, decision, reason, cause, request_id) VALUES ('customers/c10000', 'invitation', 'partnerlink.invitation.v1.InvitationService/AcceptInvitation', 'c10000-person', 'customers/c10000', '{global_admin}', 'customers/c10000', 'REFUSED', 'INVITATION_USED', '', '01900000-0000-7000-a000-000000000000');
