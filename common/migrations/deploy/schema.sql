-- The schema that every service appends to, and the words that all policies and lists share.
BEGIN;

CREATE SCHEMA common AUTHORIZATION common_owner;
-- unaccent is a trusted extension: no superuser is needed.
CREATE EXTENSION unaccent SCHEMA common;

SET LOCAL ROLE common_owner;

GRANT USAGE ON SCHEMA common TO
  invitation, invitation_worker, relationship, relationship_worker, directory, directory_worker,
  auditor, invitation_owner, relationship_owner, directory_owner;

-- The account on whose behalf the transaction runs: `partners/{id}`, `customers/{id}`, `operators`,
-- or null. Set with set_config(…, true) by the transaction itself; every policy compares with it.
CREATE FUNCTION common.account() RETURNS text
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('partnerlink.account', true), '');

-- RFC 9562, version 7: the time in ms in front, then random bits.
CREATE FUNCTION common.uuid_v7() RETURNS uuid
  LANGUAGE sql VOLATILE PARALLEL SAFE
  RETURN encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
              PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
              FROM 1 FOR 6),
      52, 1), 53, 1), 'hex')::uuid;

-- Case- and accent-folded text, for sorting and searching in any script.
CREATE FUNCTION common.fold(value text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN lower(common.unaccent('common.unaccent'::regdictionary, normalize(value, NFKC))) COLLATE "C";

-- For triggers on tables whose rows stay as they were written.
CREATE FUNCTION common.refuse_change() RETURNS trigger
  LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: rows are append-only', TG_OP, TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;

RESET ROLE;

-- What is deployed: the services compare it with what they need.
GRANT USAGE ON SCHEMA sqitch TO
  invitation, invitation_worker, relationship, relationship_worker, directory, directory_worker;
GRANT SELECT ON sqitch.changes TO
  invitation, invitation_worker, relationship, relationship_worker, directory, directory_worker;

COMMIT;
