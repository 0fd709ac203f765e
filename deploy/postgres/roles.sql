-- The database's roles and who may connect: run by a superuser, connected to the suite's database,
-- before the migrations. May be repeated. Sets no passwords.
\set ON_ERROR_STOP on
SET client_min_messages = warning;

DO $$
DECLARE
  owners constant text[] := ARRAY[
    'common_owner', 'invitation_owner', 'relationship_owner', 'directory_owner'];
  services constant text[] := ARRAY['invitation', 'relationship', 'directory'];
  workers constant text[] := ARRAY['invitation_worker', 'relationship_worker', 'directory_worker'];
  logins constant text[] := services || workers || ARRAY['migrator', 'auditor', 'rebuilder'];
  name text;
BEGIN
  FOREACH name IN ARRAY owners || logins LOOP
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = name) THEN
      EXECUTE format('CREATE ROLE %I', name);
    END IF;
    EXECUTE format(
      'ALTER ROLE %I %s %s NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION',
      name, CASE WHEN name = ANY (logins) THEN 'LOGIN' ELSE 'NOLOGIN' END,
      CASE WHEN name = 'migrator' THEN 'INHERIT' ELSE 'NOINHERIT' END);
    EXECUTE format('ALTER ROLE %I SET search_path = pg_catalog', name);
  END LOOP;

  FOREACH name IN ARRAY owners LOOP
    EXECUTE format('GRANT %I TO migrator', name);
  END LOOP;

  -- The calls' own deadlines are shorter: these end what has been forgotten.
  FOREACH name IN ARRAY services || workers LOOP
    EXECUTE format('ALTER ROLE %I SET statement_timeout = ''35s''', name);
    EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = ''60s''', name);
  END LOOP;
  FOREACH name IN ARRAY services LOOP
    EXECUTE format('ALTER ROLE %I CONNECTION LIMIT 40', name);
  END LOOP;
  FOREACH name IN ARRAY workers LOOP
    EXECUTE format('ALTER ROLE %I CONNECTION LIMIT 20', name);
  END LOOP;
  ALTER ROLE migrator CONNECTION LIMIT 4;
  ALTER ROLE migrator SET lock_timeout = '5s';
  ALTER ROLE auditor CONNECTION LIMIT 4;
  ALTER ROLE auditor SET default_transaction_read_only = on;
  ALTER ROLE rebuilder CONNECTION LIMIT 2;
  ALTER ROLE rebuilder SET statement_timeout = '60s';
  ALTER ROLE rebuilder SET idle_in_transaction_session_timeout = '60s';

  EXECUTE format('ALTER DATABASE %I OWNER TO migrator', current_database());
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  FOREACH name IN ARRAY logins LOOP
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), name);
  END LOOP;
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
