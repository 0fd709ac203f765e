-- An acceptance in two steps: what it rests on, in one statement (see get_invitation), and the guarded
-- write.
BEGIN;
SET LOCAL ROLE invitation_owner;

-- The invitation that a link names, the redemption that the account has of it, both parties and the
-- clock; and what is kept of the same call. An unknown link costs the same look-ups as a known one.
CREATE FUNCTION invitation.open_link(account text, subject text, method text, request_id uuid,
    link uuid)
  RETURNS TABLE (request_hash bytea, response bytea, root_event uuid, present timestamptz,
                 found invitation.invitations, redemption uuid, customer text, actor text,
                 accept_time timestamptz, agreement_version text, granted text,
                 relationships text[], partner text, display_name text, partner_country text,
                 is_active boolean, customer_country text, verified_domains text[],
                 current_agreement text)
  LANGUAGE plpgsql SECURITY INVOKER ROWS 1
  SET search_path = pg_catalog AS $$
#variable_conflict use_column
DECLARE
  opened invitation.invitations;
  its_partner text;
BEGIN
  PERFORM set_config('partnerlink.account', open_link.account, true),
    set_config('partnerlink.invitation', link::text, true);
  SELECT i.* INTO opened FROM invitation.invitations i WHERE i.id = link;
  its_partner := coalesce(opened.partner, '');
  RETURN QUERY
    SELECT k.request_hash, k.response, k.root_event, clock_timestamp(), opened, r.id, r.customer,
      r.actor, r.accept_time, r.agreement_version, r.granted,
      ARRAY(SELECT ARRAY[o.type, o.edge_partner, o.relationship, o.state, o.reason]
            FROM invitation.redemption_relationships o
            WHERE o.partner = r.partner AND o.invitation = r.invitation AND o.redemption = r.id
            ORDER BY o.type DESC),
      p.name, p.display_name, p.country, p.state = 'ACTIVE', c.country, c.verified_domains,
      agreement.version
    FROM (SELECT a.version FROM invitation.agreement_texts a
          WHERE a.effective_time <= clock_timestamp()
          ORDER BY a.effective_time DESC, a.version DESC LIMIT 1) AS agreement
    LEFT JOIN relationship.published_partners p ON p.name = its_partner
    LEFT JOIN directory.published_customers c ON c.name = open_link.account
    LEFT JOIN invitation.redemptions r
      ON r.partner = its_partner AND r.invitation = link AND r.customer = open_link.account
    LEFT JOIN common.request_ids k
      ON k.account = open_link.account AND k.subject = open_link.subject
        AND k.method = open_link.method AND k.request_id = open_link.request_id;
END $$;
REVOKE ALL ON FUNCTION invitation.open_link FROM PUBLIC;
GRANT EXECUTE ON FUNCTION invitation.open_link TO invitation;

-- PENDING → ACCEPTED with redemption and one PENDING relationship, guarded by what was read, uses, the
-- partner's state and the clock, which is read after all waiting. Where the guard does not hold, the
-- transaction fails as one that lost a race: its caller reads anew and says why.
CREATE FUNCTION invitation.accept_invitation(account text, of_partner text, link uuid,
    read_revision bigint, redemption uuid, actor text, agreement text, accepted timestamptz)
  RETURNS void
  LANGUAGE plpgsql SECURITY INVOKER
  SET search_path = pg_catalog AS $$
#variable_conflict use_column
BEGIN
  PERFORM set_config('partnerlink.account', accept_invitation.account, true),
    set_config('partnerlink.invitation', link::text, true);
  PERFORM FROM invitation.invitations i WHERE i.partner = of_partner AND i.id = link FOR UPDATE;
  WITH consumed AS (
    UPDATE invitation.invitations AS i
    SET state = 'ACCEPTED', use_count = i.use_count + 1, decided_by = accept_invitation.account,
      decide_time = clock_timestamp(), revision = i.revision + 1, update_time = clock_timestamp()
    WHERE i.partner = of_partner AND i.id = link AND i.revision = read_revision
      AND i.state = 'PENDING' AND i.use_count < i.max_uses AND i.expire_time > clock_timestamp()
      AND EXISTS (SELECT FROM relationship.published_partners p
                  WHERE p.name = of_partner AND p.state = 'ACTIVE')
    RETURNING i.partner, i.id),
  redeemed AS (
    INSERT INTO invitation.redemptions (partner, invitation, id, customer, actor, accept_time,
      agreement_version)
    SELECT c.partner, c.id, accept_invitation.redemption, accept_invitation.account,
      accept_invitation.actor, accepted, agreement
    FROM consumed c
    RETURNING partner, invitation, id, customer)
  INSERT INTO invitation.redemption_relationships (partner, invitation, redemption, type, customer,
    edge_partner, state)
  SELECT r.partner, r.invitation, r.id, 'RESELLER', r.customer, r.partner, 'PENDING'
  FROM redeemed r;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the invitation is not as it was read any more'
      USING ERRCODE = 'serialization_failure';
  END IF;
END $$;
REVOKE ALL ON FUNCTION invitation.accept_invitation FROM PUBLIC;
GRANT EXECUTE ON FUNCTION invitation.accept_invitation TO invitation;
COMMIT;
