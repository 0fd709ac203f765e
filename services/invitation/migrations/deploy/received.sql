-- What waits for a customer that holds no link: PENDING invitations that are bound to it.
BEGIN;
SET LOCAL ROLE invitation_owner;

CREATE INDEX invitations_waiting_for_account ON invitation.invitations (hint_account)
  WHERE state = 'PENDING' AND hint_account <> '';
CREATE INDEX invitations_waiting_for_domain ON invitation.invitations (hint_domain)
  WHERE state = 'PENDING' AND hint_domain <> '';
CREATE INDEX invitations_waiting_for_email ON invitation.invitations (hint_email_key)
  WHERE state = 'PENDING' AND hint_email_key <> '';

-- Through the function below only.
CREATE POLICY received ON invitation.invitations FOR SELECT TO invitation_owner USING (true);

-- Those of the transaction's account, a customer with these verified domains, and of the person with
-- this verified address. Every hint of an invitation must fit. Runs as its owner, so that the table's
-- policies, which every other statement pays for, need not know of it.
CREATE FUNCTION invitation.received(verified_domains text[], email_key text)
  RETURNS SETOF invitation.invitations
  LANGUAGE sql STABLE SECURITY DEFINER ROWS 10
  SET search_path = pg_catalog AS $$
    WITH me AS (SELECT common.account() AS account WHERE common.account() LIKE 'customers/%'),
    bound AS (
      SELECT i.partner, i.id FROM me, invitation.invitations i
      WHERE i.state = 'PENDING' AND i.hint_account <> '' AND i.hint_account = me.account
      UNION
      SELECT i.partner, i.id FROM me, invitation.invitations i
      WHERE i.state = 'PENDING' AND i.hint_domain <> ''
        AND i.hint_domain = ANY (received.verified_domains)
      UNION
      SELECT i.partner, i.id FROM me, invitation.invitations i
      WHERE i.state = 'PENDING' AND i.hint_email_key <> ''
        AND i.hint_email_key = received.email_key)
    SELECT i.* FROM me, bound b JOIN invitation.invitations i ON i.partner = b.partner AND i.id = b.id
    WHERE i.kind <> 'PARTNERSHIP' AND i.expire_time > clock_timestamp()
      AND (i.hint_account = '' OR i.hint_account = me.account)
      AND (i.hint_domain = '' OR i.hint_domain = ANY (received.verified_domains))
      AND (i.hint_email_key = '' OR i.hint_email_key = received.email_key) $$;
REVOKE ALL ON FUNCTION invitation.received FROM PUBLIC;
GRANT EXECUTE ON FUNCTION invitation.received TO invitation;
COMMIT;
