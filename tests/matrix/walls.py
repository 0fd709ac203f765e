"""The two walls between accounts, and how a running copy loses one or both."""

import functools
import os
import subprocess
from pathlib import Path

from suite import Suite

# Which of them stand: the services' checks, and row-level security.
WALLS = {"both": (True, True), "checks only": (True, False), "rows only": (False, True),
         "none": (False, False)}
HERE = Path(__file__).resolve().parent
BUILD = Path(os.environ["PARTNERLINK_BUILD_DIR"])
PROGRAMS = {True: BUILD, False: BUILD / "tests/matrix/unchecked"}
# Every table behind row-level security, as schema and name.
TABLES = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND c.relrowsecurity
      AND n.nspname IN ('common', 'invitation', 'relationship', 'directory') ORDER BY 1, 2"""
# What search_customers asks, which reads as its owner: behind its policies there is nobody.
LIST_WALL = "directory.may_see_list(of_partner text)"
# Of each copy, by its folder, as it came.
list_walls: dict[str, str] = {}
# Columns that say whose row it is.
OWNERS = ("partner", "customer", "account", "name")


@functools.cache
def tables(suite: Suite) -> list[str]:
    return [line.replace("|", ".") for line in suite.psql(TABLES)]


@functools.cache
def owners(suite: Suite) -> dict[str, list[str]]:
    """Of each table its columns that say whose a row is."""
    columns: dict[str, list[str]] = {}
    for line in suite.psql("SELECT table_schema || '.' || table_name, column_name"
                           " FROM information_schema.columns"):
        table, column = line.split("|")
        if column in OWNERS:
            columns.setdefault(table, []).append(column)
    return columns


def set_walls(suite: Suite, walls: str) -> None:
    checks, rows = WALLS[walls]
    set_rows(suite, rows)
    run_services(suite, PROGRAMS[checks])


def set_rows(suite: Suite, closed: bool) -> None:
    """The services do not serve without forced row-level security: it stays, and lets all through."""
    sql = [f"DROP POLICY IF EXISTS open_to_all ON {table};" for table in tables(suite)]
    if not closed:
        sql += [f"CREATE POLICY open_to_all ON {table} USING (true) WITH CHECK (true);"
                for table in tables(suite)]
    # The other half of the wall before subscriptions: what of a row may be changed, and by whom.
    sql.append("ALTER TABLE directory.subscriptions"
               f" {'ENABLE' if closed else 'DISABLE'} TRIGGER counted_only;")
    own = list_walls.setdefault(str(suite.folder), "\n".join(
        suite.psql("SELECT pg_get_functiondef('directory.may_see_list'::regproc)")))
    sql.append(f"{own};" if closed else f"CREATE OR REPLACE FUNCTION {LIST_WALL} RETURNS boolean"
               " LANGUAGE sql STABLE RETURN true;")
    suite.psql("BEGIN;" + "\n".join(sql) + "COMMIT;")


def run_services(suite: Suite, programs: Path) -> None:
    result = subprocess.run(
        [HERE / "run_services", "--dir", suite.folder, programs], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stdout


def rows_of(suite: Suite, accounts: list[str]) -> dict[str, str]:
    """Of each table, the number and a checksum of the rows that belong to these accounts."""
    listed = ", ".join(f"'{account}'" for account in accounts)
    columns = owners(suite)
    queries = [
        f"SELECT '{table}', count(*), md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} t"
        f" WHERE {' OR '.join(f'{column} IN ({listed})' for column in columns[table])}"
        for table in tables(suite) if table in columns]
    found = [line.split("|", 1) for line in suite.psql(" UNION ALL ".join(queries))]
    return dict(found)
