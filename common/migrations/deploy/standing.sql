-- Accounts that may not act for now. The service that keeps an account writes it here in the
-- transaction that suspends it; every transaction of the account asks when it opens.
BEGIN;
SET LOCAL ROLE common_owner;

CREATE TABLE common.suspended_accounts (
  account text PRIMARY KEY,
  create_time timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE common.suspended_accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE common.suspended_accounts FORCE ROW LEVEL SECURITY;
CREATE POLICY operator ON common.suspended_accounts TO relationship
  USING (common.account() = 'operators') WITH CHECK (common.account() = 'operators');
-- Through the functions below only.
CREATE POLICY asked ON common.suspended_accounts FOR SELECT TO common_owner USING (true);
GRANT SELECT, INSERT, DELETE ON common.suspended_accounts TO relationship;

CREATE FUNCTION common.standing_lock_key(account text) RETURNS bigint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN hashtextextended('standing of ' || account, 0);

-- The account, if it may act; otherwise the error PL001.
CREATE FUNCTION common.acting(account text) RETURNS text
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  IF EXISTS (SELECT FROM common.suspended_accounts s WHERE s.account = acting.account) THEN
    RAISE EXCEPTION '% is suspended', account USING ERRCODE = 'PL001';
  END IF;
  RETURN account;
END $$;

-- The same for a transaction that writes: the account stays in its standing until the transaction
-- ends. Whoever suspends it waits for that, so that nothing of it comes after.
CREATE FUNCTION common.acting_to_write(account text) RETURNS text
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(common.standing_lock_key(account));
  RETURN common.acting(account);
END $$;

-- From here until the transaction ends no transaction of the account writes.
CREATE FUNCTION common.lock_standing(account text) RETURNS void
  LANGUAGE sql VOLATILE
  BEGIN ATOMIC
    SELECT pg_advisory_xact_lock(common.standing_lock_key(account));
  END;

REVOKE ALL ON FUNCTION common.acting(text), common.acting_to_write(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION common.acting(text), common.acting_to_write(text)
  TO invitation, invitation_worker, relationship, relationship_worker, directory, directory_worker;
COMMIT;
