-- Who takes part, found by index: the views are security barriers, into which a condition reaches as a
-- parameter only. As a part of the statement that calls it, the function read every partner there is.
BEGIN;
SET LOCAL ROLE invitation_owner;
-- Its owner, who may not read what it reads, cannot have it checked here.
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION invitation.parties(inviter text, with_provider text, answering text)
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
  SET search_path = pg_catalog AS $$
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
COMMIT;
