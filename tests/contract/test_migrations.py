"""The migrations, from empty and back, and the walls they leave behind."""

import re

import cluster
import descriptors
import pytest

ROOT = descriptors.ROOT
SCHEMAS = ["common", "invitation", "relationship", "directory"]
OWNERS = [f"{schema}_owner" for schema in SCHEMAS]
SERVICES = ["invitation", "relationship", "directory"]
LOGINS = [*SERVICES, *(f"{service}_worker" for service in SERVICES), "auditor", "migrator",
          "rebuilder"]
# Without a tenant: the same for everyone.
REFERENCE_TABLES = {
    "directory.transitions",
    "invitation.transitions", "invitation.agreement_texts",
    "relationship.transitions", "relationship.attestation_texts",
}

TABLES = """
  SELECT n.nspname || '.' || c.relname, c.relrowsecurity, c.relforcerowsecurity
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname IN ('common', 'invitation', 'relationship', 'directory')
    AND c.relkind IN ('r', 'p')"""


@pytest.fixture(scope="module")
def deployed(postgres):
    """A database with every migration; its roles were made twice."""
    postgres.psql("postgres", "CREATE DATABASE deployed TEMPLATE partnerlink_template")
    postgres.psql("deployed", (ROOT / "deploy/postgres/roles.sql").read_text())
    return lambda sql, login="postgres": postgres.psql("deployed", sql, login)


def plan(project: str) -> tuple[str, list[str]]:
    text = (ROOT / project / "migrations/sqitch.plan").read_text()
    name = re.search(r"^%project=(.+)$", text, re.MULTILINE)[1]
    return name, re.findall(r"^(\w+) .*<", text, re.MULTILINE)


def test_from_empty_twice_and_back(postgres):
    database = "back_and_forth"
    postgres.make_database(database)
    postgres.deploy(database)
    before = postgres.psql(database, "SELECT project || change FROM sqitch.changes ORDER BY 1")

    again = postgres.deploy(database)
    assert again.count("Nothing to deploy") == len(cluster.PROJECTS)

    for project in cluster.PROJECTS:
        verified = postgres.sqitch(database, project, "verify")
        assert verified.returncode == 0, verified.stdout + verified.stderr

    for project in reversed(cluster.PROJECTS):
        reverted = postgres.sqitch(database, project, "revert", "-y")
        assert reverted.returncode == 0, reverted.stdout + reverted.stderr
    left = postgres.psql(database, f"""
      SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname = ANY ('{{{','.join(SCHEMAS)}}}')
      UNION ALL
      SELECT 'extension ' || extname FROM pg_extension WHERE extname <> 'plpgsql'
      UNION ALL
      SELECT 'object of ' || r.rolname FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid
      WHERE d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND d.refclassid = 'pg_authid'::regclass AND r.rolname <> 'migrator'""")
    assert left == []

    postgres.deploy(database)
    assert before == postgres.psql(
        database, "SELECT project || change FROM sqitch.changes ORDER BY 1")


def test_countries_that_directory_knows_are_taken_over(postgres):
    """By Relationship, which is deployed before it: on a database that is older than the change."""
    database = "older"
    postgres.psql("postgres", f"CREATE DATABASE {database} TEMPLATE partnerlink_template")
    migrations = ROOT / "services/relationship/migrations"
    postgres.psql(database, (migrations / "revert/customers.sql").read_text(), "migrator")
    postgres.psql(database, """
      INSERT INTO directory.customers (name, display_name, country)
      VALUES ('customers/alpine', 'Alpine', 'PL'), ('customers/tailspin', 'Tailspin', 'US')""")
    postgres.psql(database, (migrations / "deploy/customers.sql").read_text(), "migrator")
    assert postgres.psql(database, "SELECT name, country FROM relationship.customers ORDER BY 1") == [
        "customers/alpine|PL", "customers/tailspin|US"]


def test_wrong_order_is_refused(postgres):
    postgres.make_database("wrong_order")
    result = postgres.sqitch("wrong_order", "services/invitation", "deploy")
    assert result.returncode != 0
    assert "Missing required change" in result.stdout + result.stderr


@pytest.mark.parametrize("project", cluster.PROJECTS)
def test_every_change_has_its_scripts(project):
    _, changes = plan(project)
    assert changes
    folder = ROOT / project / "migrations"
    for kind in ("deploy", "verify", "revert"):
        assert {path.stem for path in (folder / kind).glob("*.sql")} == set(changes)


@pytest.mark.parametrize("service", SERVICES)
def test_changes_that_a_service_requires_are_planned(service):
    planned = {f"{name}:{change}" for name, changes in map(plan, cluster.PROJECTS)
               for change in changes}
    main = (ROOT / f"services/{service}/main.cc").read_text()
    required = re.findall(r'"(\w+:\w+)"', main)
    assert required
    assert set(required) <= planned
    assert any(change.startswith(f"{service}:") for change in required)


@pytest.mark.parametrize("service", SERVICES)
def test_service_requires_the_last_change_of_its_own(service):
    _, changes = plan(f"services/{service}")
    main = (ROOT / f"services/{service}/main.cc").read_text()
    assert f'"{service}:{changes[-1]}"' in main


def test_every_tenant_table_has_forced_row_level_security(deployed):
    open_tables = {row.split("|")[0] for row in deployed(TABLES) if not row.endswith("|t|t")}
    assert open_tables == REFERENCE_TABLES


def test_open_table_is_found(deployed):
    deployed("ALTER TABLE invitation.invitations NO FORCE ROW LEVEL SECURITY")
    try:
        assert "invitation.invitations|t|f" in deployed(TABLES)
    finally:
        deployed("ALTER TABLE invitation.invitations FORCE ROW LEVEL SECURITY")


def test_every_tenant_table_has_a_policy(deployed):
    bare = deployed(f"""
      SELECT t.name FROM ({TABLES}) AS t (name, enabled, forced)
      WHERE enabled AND NOT EXISTS (
        SELECT FROM pg_policy p WHERE p.polrelid = t.name::regclass)""")
    assert bare == []


def test_reference_tables_are_written_by_nobody(deployed):
    writers = deployed(f"""
      SELECT l.login || ' ' || t.name || ' ' || p.privilege
      FROM unnest('{{{','.join(LOGINS)}}}'::text[]) AS l (login),
           unnest('{{{','.join(sorted(REFERENCE_TABLES))}}}'::text[]) AS t (name),
           unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS p (privilege)
      WHERE l.login <> 'migrator' AND has_table_privilege(l.login, t.name, p.privilege)""")
    assert writers == []


def test_no_login_is_above_the_walls(deployed):
    above = deployed(f"""
      SELECT rolname FROM pg_roles
      WHERE rolname = ANY ('{{{','.join(LOGINS)}}}')
        AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)""")
    assert above == []


def test_owners_cannot_log_in(deployed):
    owners = deployed("""SELECT rolname FROM pg_roles
                         WHERE rolname LIKE '%_owner' AND rolname !~ '^pg_' AND NOT rolcanlogin ORDER BY 1""")
    assert owners == sorted(OWNERS)


def test_no_login_but_the_migrator_is_a_member_of_anyone(deployed):
    members = deployed(f"""
      SELECT DISTINCT m.rolname FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member
      WHERE m.rolname = ANY ('{{{','.join(LOGINS)}}}')""")
    assert members == ["migrator"]


def test_no_login_owns_anything_of_ours(deployed):
    owned = deployed(f"""
      SELECT n.nspname || '.' || o.name || ' ' || r.rolname
      FROM (SELECT relname::text, relnamespace, relowner, 'pg_class'::regclass, oid FROM pg_class
            UNION ALL
            SELECT proname::text, pronamespace, proowner, 'pg_proc'::regclass, oid FROM pg_proc
            -- An array's type goes with that of its elements.
            UNION ALL
            SELECT typname::text, typnamespace, typowner, 'pg_type'::regclass,
              CASE typelem WHEN 0 THEN oid ELSE typelem END
            FROM pg_type
           ) AS o (name, namespace, owner, catalog, oid)
      JOIN pg_namespace n ON n.oid = o.namespace JOIN pg_roles r ON r.oid = o.owner
      WHERE n.nspname = ANY ('{{{','.join(SCHEMAS)}}}')
        AND r.rolname NOT IN ('common_owner', 'invitation_owner', 'relationship_owner',
                              'directory_owner')
        -- What an extension brings is a superuser's.
        AND NOT EXISTS (SELECT FROM pg_depend d
                        WHERE d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass
                          AND d.classid = o.catalog AND d.objid = o.oid)""")
    assert owned == []


def test_everyone_s_rights_are_none(deployed):
    open_to_all = deployed(f"""
      SELECT n.nspname || '.' || c.relname FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace,
      LATERAL aclexplode(c.relacl) a
      WHERE a.grantee = 0 AND n.nspname = ANY ('{{{','.join(SCHEMAS)}}}')
      UNION ALL
      SELECT 'schema ' || n.nspname FROM pg_namespace n, LATERAL aclexplode(n.nspacl) a
      WHERE a.grantee = 0 AND n.nspname = ANY ('{{{','.join([*SCHEMAS, 'public'])}}}')
      UNION ALL
      SELECT 'database ' || d.datname FROM pg_database d, LATERAL aclexplode(d.datacl) a
      WHERE a.grantee = 0 AND d.datname = current_database()""")
    assert open_to_all == []


def test_service_reads_other_schemas_through_published_views_only(deployed):
    reached = deployed(f"""
      SELECT l.service || ' ' || n.nspname || '.' || c.relname
      FROM unnest('{{{','.join(SERVICES)}}}'::text[]) AS l (service)
      CROSS JOIN (VALUES (''), ('_worker')) AS s (suffix), pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ANY ('{{invitation,relationship,directory}}') AND n.nspname <> l.service
        AND c.relkind IN ('r', 'p', 'v', 'm') AND c.relname NOT LIKE 'published%'
        AND has_any_column_privilege(l.service || s.suffix, c.oid,
                                     'SELECT, INSERT, UPDATE, REFERENCES')""")
    assert reached == []


def test_published_views_are_barriers_and_written_by_nobody(deployed):
    leaky = deployed("""
      SELECT n.nspname || '.' || c.relname FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'v' AND n.nspname IN ('invitation', 'relationship', 'directory')
        AND NOT coalesce('security_barrier=true' = ANY (c.reloptions), false)""")
    assert leaky == []


def test_audit_and_attestations_are_append_only(deployed):
    deployed("""
      INSERT INTO common.audit_entries (account, service, method, actor, actor_account,
        actor_roles, resource, decision, request_id)
      VALUES ('partners/a', 'test', 'm', 'a', '', '{}', 'r', 'ALLOWED', 'x')""")
    for attempt in ("UPDATE common.audit_entries SET actor = 'b'",
                    "DELETE FROM common.audit_entries",
                    "TRUNCATE common.audit_entries",
                    "TRUNCATE relationship.attestations CASCADE"):
        with pytest.raises(RuntimeError, match="append-only"):
            deployed(attempt)
