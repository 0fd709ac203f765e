-- An acceptance in two steps: what it rests on, in one statement (see get_invitation), and the guarded
-- write. All by keys: with one plan for all values a connection plans each statement once, not six times.
BEGIN;
SET LOCAL ROLE invitation_owner;

-- Who takes part: the partner that invites, the provider that it names and their partnership, the
-- account that answers if it is a partner, or if it is a customer that the directory knows. Not in SQL:
-- the views are security barriers, into which a condition reaches as a parameter only; as a part of the
-- statement that calls it, the function would read every partner there is.
CREATE FUNCTION invitation.parties(inviter text, with_provider text, answering text)
  RETURNS TABLE (
    partner text, display_name text, country text, is_active boolean, is_reseller boolean,
    is_provider boolean,
    provider text, provider_display_name text, provider_country text, provider_is_active boolean,
    provider_is_reseller boolean, provider_is_provider boolean, wants_to_confirm boolean,
    partnership text, partnership_is_active boolean,
    account text, account_display_name text, account_country text, account_is_active boolean,
    account_is_reseller boolean, account_is_provider boolean,
    customer_country text, verified_domains text[], current_agreement text)
  LANGUAGE plpgsql STABLE SECURITY INVOKER ROWS 1
  SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT p.name, p.display_name, p.country, p.state = 'ACTIVE', 'RESELLER' = ANY (p.types),
      'PROVIDER' = ANY (p.types),
      q.name, q.display_name, q.country, q.state = 'ACTIVE', 'RESELLER' = ANY (q.types),
      'PROVIDER' = ANY (q.types), q.provider_consent = 'CONFIRM',
      coalesce(s.provider || '/partnerships/' || s.id, ''), coalesce(s.state = 'ACTIVE', false),
      a.name, a.display_name, a.country, a.state = 'ACTIVE', 'RESELLER' = ANY (a.types),
      'PROVIDER' = ANY (a.types),
      c.country, c.verified_domains, agreement.version
    FROM (SELECT t.version FROM invitation.agreement_texts t
          WHERE t.effective_time <= clock_timestamp()
          ORDER BY t.effective_time DESC, t.version DESC LIMIT 1) AS agreement
    LEFT JOIN relationship.published_partners p ON p.name = inviter
    LEFT JOIN relationship.published_partners q ON q.name = with_provider
    LEFT JOIN relationship.published_partnerships s
      ON s.provider = with_provider AND s.reseller = inviter
    LEFT JOIN relationship.published_partners a ON a.name = answering
    LEFT JOIN directory.published_customers c ON c.name = answering;
END $$;

-- The invitation that a link names, whether the account has declined it, and the redemption that it has
-- of it; the clock; and what is kept of the same call. An unknown link costs the same look-ups as a
-- known one.
CREATE FUNCTION invitation.open_link(account text, subject text, method text, request_id uuid,
    link uuid)
  RETURNS TABLE (request_hash bytea, response bytea, root_event uuid, present timestamptz,
                 found invitation.invitations, has_declined boolean, redemption uuid, customer text,
                 actor text, accept_time timestamptz, agreement_version text, granted text,
                 relationships text[])
  LANGUAGE plpgsql SECURITY INVOKER ROWS 1
  SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan AS $$
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
    SELECT k.request_hash, k.response, k.root_event, clock_timestamp(), opened,
      EXISTS (SELECT FROM invitation.declines d
              WHERE d.partner = its_partner AND d.invitation = link AND d.account = open_link.account),
      r.id, r.customer, r.actor, r.accept_time, r.agreement_version, r.granted,
      ARRAY(SELECT ARRAY[o.type, o.edge_partner, o.relationship, o.state, o.reason]
            FROM invitation.redemption_relationships o
            WHERE o.partner = r.partner AND o.invitation = r.invitation AND o.redemption = r.id
            ORDER BY o.type DESC)
    FROM (SELECT) AS one
    LEFT JOIN invitation.redemptions r
      ON r.partner = its_partner AND r.invitation = link AND r.customer = open_link.account
    LEFT JOIN common.request_ids k
      ON k.account = open_link.account AND k.subject = open_link.subject
        AND k.method = open_link.method AND k.request_id = open_link.request_id;
END $$;

-- PENDING → ACCEPTED, of mode OPEN one use more and with the last one EXHAUSTED, with the redemption and
-- what is to come of it PENDING. Guarded by what was read (of mode OPEN the link: others may have used
-- it since), uses, the state of partner, provider and partnership, and the clock, which is read after
-- all waiting. Where the guard does not hold, the transaction fails as one that lost a race: its caller
-- reads anew and says why.
CREATE FUNCTION invitation.accept_invitation(account text, of_partner text, link uuid,
    read_revision bigint, read_generation integer, redemption uuid, actor text, agreement text,
    accepted timestamptz)
  RETURNS void
  LANGUAGE plpgsql SECURITY INVOKER
  SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  its_mode text;
  its_provider text;
  is_refused boolean := false;
BEGIN
  PERFORM set_config('partnerlink.account', accept_invitation.account, true),
    set_config('partnerlink.invitation', link::text, true);
  SELECT i.mode, i.provider INTO its_mode, its_provider
  FROM invitation.invitations i WHERE i.partner = of_partner AND i.id = link FOR UPDATE;
  -- Asked apart: what a statement might ask is made ready even where it does not.
  IF its_mode = 'OPEN' THEN
    is_refused := EXISTS (SELECT FROM invitation.declines d
                          WHERE d.partner = of_partner AND d.invitation = link
                            AND d.account = accept_invitation.account);
  END IF;
  IF its_provider <> '' AND NOT is_refused THEN
    is_refused := NOT EXISTS (SELECT FROM relationship.published_partners p
                              WHERE p.name = its_provider AND p.state = 'ACTIVE')
      OR NOT EXISTS (SELECT FROM relationship.published_partnerships s
                     WHERE s.provider = its_provider AND s.reseller = of_partner
                       AND s.state = 'ACTIVE');
  END IF;
  WITH consumed AS (
    UPDATE invitation.invitations AS i
    SET state = CASE WHEN i.mode <> 'OPEN' THEN 'ACCEPTED'
                     WHEN i.use_count + 1 >= i.max_uses THEN 'EXHAUSTED' ELSE i.state END,
      use_count = i.use_count + 1,
      decided_by = CASE i.mode WHEN 'OPEN' THEN '' ELSE accept_invitation.account END,
      decide_time = clock_timestamp(), revision = i.revision + 1, update_time = clock_timestamp()
    WHERE i.partner = of_partner AND i.id = link
      AND (i.mode = 'OPEN' OR i.revision = read_revision) AND i.generation = read_generation
      AND i.state = 'PENDING' AND i.use_count < i.max_uses AND i.expire_time > clock_timestamp()
      AND EXISTS (SELECT FROM relationship.published_partners p
                  WHERE p.name = of_partner AND p.state = 'ACTIVE')
      AND NOT is_refused
    RETURNING i.partner, i.id, i.kind, i.provider),
  redeemed AS (
    INSERT INTO invitation.redemptions (partner, invitation, id, customer, actor, accept_time,
      agreement_version)
    SELECT c.partner, c.id, accept_invitation.redemption, accept_invitation.account,
      accept_invitation.actor, accepted, agreement
    FROM consumed c)
  INSERT INTO invitation.redemption_relationships (partner, invitation, redemption, type, customer,
    edge_partner, state)
  SELECT c.partner, c.id, accept_invitation.redemption, edge.type, accept_invitation.account,
    edge.of_partner, 'PENDING'
  FROM consumed c,
    LATERAL (VALUES ('RESELLER', c.partner, c.kind <> 'PARTNERSHIP'),
                    ('PROVIDER', c.provider, c.kind = 'CUSTOMER_WITH_PROVIDER'),
                    ('PARTNERSHIP', c.partner, c.kind = 'PARTNERSHIP'))
      AS edge (type, of_partner, is_asked)
  WHERE edge.is_asked;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the invitation is not as it was read any more'
      USING ERRCODE = 'serialization_failure';
  END IF;
END $$;

REVOKE ALL ON FUNCTION invitation.parties, invitation.open_link, invitation.accept_invitation
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION invitation.parties, invitation.open_link, invitation.accept_invitation
  TO invitation;
COMMIT;
