BEGIN;
SET LOCAL ROLE invitation_owner;
DROP FUNCTION invitation.find_ground(text, text, text, uuid, text, text, text, uuid, text, text, text);
CREATE FUNCTION invitation.find_ground(account text, subject text, method text, request_id uuid,
    of_partner text, of_kind text, except_id uuid, account_hint text, domain_hint text,
    email_hint text)
  RETURNS TABLE (request_hash bytea, response bytea, root_event uuid, present timestamptz,
                 partner text, display_name text, country text, is_active boolean,
                 agreement_version text, open_equal uuid, is_some_due boolean)
  LANGUAGE plpgsql SECURITY INVOKER ROWS 1
  SET search_path = pg_catalog AS $$
#variable_conflict use_column
BEGIN
  PERFORM set_config('partnerlink.account', find_ground.account, true);
  RETURN QUERY
    SELECT k.request_hash, k.response, k.root_event, clock_timestamp(), p.name, p.display_name,
      p.country, p.state = 'ACTIVE', agreement.version,
      -- Each kind of hint by its own index, however many are open.
      (SELECT open.id
       FROM (SELECT i.id, i.create_time FROM invitation.invitations i
             WHERE i.partner = of_partner AND i.kind = of_kind AND i.state = 'PENDING'
               AND i.hint_account = account_hint AND i.hint_account <> ''
               AND i.expire_time > clock_timestamp() AND i.id <> except_id
             UNION ALL
             SELECT i.id, i.create_time FROM invitation.invitations i
             WHERE i.partner = of_partner AND i.kind = of_kind AND i.state = 'PENDING'
               AND i.hint_domain = domain_hint AND i.hint_domain <> ''
               AND i.expire_time > clock_timestamp() AND i.id <> except_id
             UNION ALL
             SELECT i.id, i.create_time FROM invitation.invitations i
             WHERE i.partner = of_partner AND i.kind = of_kind AND i.state = 'PENDING'
               AND i.hint_email_key = email_hint AND i.hint_email_key <> ''
               AND i.expire_time > clock_timestamp() AND i.id <> except_id) AS open
       ORDER BY open.create_time LIMIT 1),
      EXISTS (SELECT FROM invitation.invitations i
              WHERE i.partner = of_partner AND i.state = 'PENDING'
                AND i.expire_time <= statement_timestamp())
    FROM (SELECT a.version FROM invitation.agreement_texts a
          WHERE a.effective_time <= clock_timestamp()
          ORDER BY a.effective_time DESC, a.version DESC LIMIT 1) AS agreement
    LEFT JOIN relationship.published_partners p ON p.name = of_partner
    LEFT JOIN common.request_ids k
      ON k.account = find_ground.account AND k.subject = find_ground.subject
        AND k.method = find_ground.method AND k.request_id = find_ground.request_id;
END $$;
REVOKE ALL ON FUNCTION invitation.find_ground FROM PUBLIC;
GRANT EXECUTE ON FUNCTION invitation.find_ground TO invitation;
ALTER TABLE invitation.redemption_relationships
  DROP CONSTRAINT redemption_relationships_type_check,
  ADD CONSTRAINT redemption_relationships_type_check CHECK (type IN ('RESELLER', 'PROVIDER'));
ALTER TABLE invitation.redemptions
  DROP CONSTRAINT redemptions_customer_check,
  ADD CONSTRAINT redemptions_customer_check
    CHECK (customer ~ '^customers/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$');
DROP TABLE invitation.declines;
DROP POLICY provider_decision ON invitation.invitations;
DROP POLICY provider ON invitation.invitations;
DROP INDEX invitation.invitations_of_provider_newest, invitation.invitations_due,
  invitation.invitations_one_open_by_account, invitation.invitations_one_open_by_domain,
  invitation.invitations_one_open_by_email;
CREATE INDEX invitations_due ON invitation.invitations (expire_time) WHERE state = 'PENDING';
CREATE UNIQUE INDEX invitations_one_open_by_account
  ON invitation.invitations (partner, kind, hint_account)
  WHERE state = 'PENDING' AND hint_account <> '';
CREATE UNIQUE INDEX invitations_one_open_by_domain
  ON invitation.invitations (partner, kind, hint_domain)
  WHERE state = 'PENDING' AND hint_domain <> '';
CREATE UNIQUE INDEX invitations_one_open_by_email
  ON invitation.invitations (partner, kind, hint_email_key)
  WHERE state = 'PENDING' AND hint_email_key <> '';
DELETE FROM invitation.transitions
WHERE resource = 'invitation'
  AND ('AWAITING_PROVIDER' IN (from_state, to_state) OR to_state = 'EXHAUSTED');
ALTER TABLE invitation.invitations
  DROP CONSTRAINT invitations_partnership_gives_no_grant,
  DROP CONSTRAINT invitations_open_to_all,
  DROP CONSTRAINT invitations_exhausted_by_use,
  DROP CONSTRAINT invitations_end_with_mode,
  DROP CONSTRAINT invitations_issued_states,
  DROP CONSTRAINT invitations_consent_with_kind,
  DROP CONSTRAINT invitations_provider_with_kind,
  DROP CONSTRAINT invitations_state_check,
  DROP CONSTRAINT invitations_mode_check,
  DROP CONSTRAINT invitations_kind_check,
  ADD CONSTRAINT invitations_kind_check CHECK (kind IN ('CUSTOMER')),
  ADD CONSTRAINT invitations_mode_check CHECK (mode IN ('TARGETED')),
  ADD CONSTRAINT invitations_state_check CHECK (
    state IN ('DRAFT', 'PENDING', 'ACCEPTED', 'DECLINED', 'REVOKED', 'EXPIRED'));
COMMIT;
