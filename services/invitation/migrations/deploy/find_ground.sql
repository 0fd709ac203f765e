-- What inviting rests on, in one statement: the partner and what it is, the agreement in force, an open
-- equal of the invitation, whether some have run out, the clock; and what is kept of the same call. See
-- get_invitation.
BEGIN;
SET LOCAL ROLE invitation_owner;

CREATE FUNCTION invitation.find_ground(account text, subject text, method text, request_id uuid,
    of_partner text, of_kind text, of_provider text, except_id uuid, account_hint text,
    domain_hint text, email_hint text)
  RETURNS TABLE (request_hash bytea, response bytea, root_event uuid, present timestamptz,
                 partner text, display_name text, country text, is_active boolean,
                 is_reseller boolean, is_provider boolean, agreement_version text, open_equal uuid,
                 is_some_due boolean)
  LANGUAGE plpgsql SECURITY INVOKER ROWS 1
  SET search_path = pg_catalog AS $$
#variable_conflict use_column
BEGIN
  PERFORM set_config('partnerlink.account', find_ground.account, true);
  RETURN QUERY
    SELECT k.request_hash, k.response, k.root_event, clock_timestamp(), p.name, p.display_name,
      p.country, p.state = 'ACTIVE', 'RESELLER' = ANY (p.types), 'PROVIDER' = ANY (p.types),
      agreement.version,
      -- Each kind of hint by its own index, however many are open.
      (SELECT open.id
       FROM (SELECT i.id, i.create_time FROM invitation.invitations i
             WHERE i.partner = of_partner AND i.kind = of_kind AND i.provider = of_provider
               AND i.state IN ('AWAITING_PROVIDER', 'PENDING')
               AND i.hint_account = account_hint AND i.hint_account <> ''
               AND i.expire_time > clock_timestamp() AND i.id <> except_id
             UNION ALL
             SELECT i.id, i.create_time FROM invitation.invitations i
             WHERE i.partner = of_partner AND i.kind = of_kind AND i.provider = of_provider
               AND i.state IN ('AWAITING_PROVIDER', 'PENDING')
               AND i.hint_domain = domain_hint AND i.hint_domain <> ''
               AND i.expire_time > clock_timestamp() AND i.id <> except_id
             UNION ALL
             SELECT i.id, i.create_time FROM invitation.invitations i
             WHERE i.partner = of_partner AND i.kind = of_kind AND i.provider = of_provider
               AND i.state IN ('AWAITING_PROVIDER', 'PENDING')
               AND i.hint_email_key = email_hint AND i.hint_email_key <> ''
               AND i.expire_time > clock_timestamp() AND i.id <> except_id) AS open
       ORDER BY open.create_time LIMIT 1),
      EXISTS (SELECT FROM invitation.invitations i
              WHERE i.partner = of_partner AND i.state IN ('AWAITING_PROVIDER', 'PENDING')
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
COMMIT;
