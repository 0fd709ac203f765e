"""A check: a query, as superuser, for what is wrong. Each has a plant: a fault put into the rows that
it must find.
"""

from dataclasses import dataclass

from suite import Suite

# So many of what a check finds are shown.
SHOWN = 5
# Triggers and foreign keys look away from what a plant does.
PLANTING = "SET LOCAL session_replication_role = replica;"


@dataclass(frozen=True)
class Check:
    """A query for faults, one text each, and statements that plant one."""

    name: str
    sql: str
    plant: str

    def faults(self, suite: Suite) -> list[str]:
        return suite.psql(f"{self.sql.rstrip()} LIMIT 1000")

    def faults_with_plant(self, suite: Suite) -> list[str]:
        return suite.psql(
            f"BEGIN; {PLANTING} {self.plant}; {self.sql.rstrip()} LIMIT 1000; ROLLBACK;")
