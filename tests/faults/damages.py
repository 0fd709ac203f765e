"""Damages to what was acknowledged: reading it back must find each of them."""

from dataclasses import dataclass

from check import PLANTING


@dataclass(frozen=True)
class Damage:
    """A change that nobody made, and as what it is to be found."""

    name: str
    sql: str
    resource: str  # that it must be found of: what its name holds
    fault: str  # what is said of it, from its beginning


DAMAGES = [
    # First: a licence of a subscription that was over is missed by nobody, once another damage lets it run.
    Damage(
        "a user that has lost a licence",
        "DELETE FROM directory.license_assignments WHERE ctid = "
        "(SELECT a.ctid FROM directory.license_assignments a JOIN directory.subscriptions s "
        "ON s.customer = a.customer AND s.id = a.subscription WHERE s.state = 'ACTIVE' LIMIT 1)",
        "/users/", "licenses is "),
    Damage(
        "a subscription with a seat too many",
        "UPDATE directory.subscriptions SET quantity = quantity + 1 WHERE id = "
        "(SELECT id FROM directory.subscriptions WHERE state = 'ACTIVE' LIMIT 1)",
        "/subscriptions/", "quantity is "),
    Damage(
        "a cancelled subscription that runs",
        "UPDATE directory.subscriptions SET state = 'ACTIVE', end_cause = '' WHERE id = "
        "(SELECT id FROM directory.subscriptions WHERE state = 'CANCELLED' LIMIT 1)",
        "/subscriptions/", "state is 'ACTIVE' instead of 'CANCELLED'"),
    Damage(
        "a deleted user that is there",
        "UPDATE directory.users SET state = 'ACTIVE', delete_time = NULL, purge_time = NULL "
        "WHERE ctid = (SELECT ctid FROM directory.users WHERE state = 'DELETED' LIMIT 1)",
        "/users/", "state is 'ACTIVE' instead of 'DELETED'"),
    Damage(
        "a transfer that was answered and waits",
        # One of each that may wait: not of every one is it known how it was answered.
        "UPDATE directory.transfers SET state = 'REQUESTED' WHERE id IN ("
        "SELECT DISTINCT ON (t.partner, t.subscription) t.id "
        "FROM directory.transfers t WHERE t.state <> 'REQUESTED' AND NOT EXISTS "
        "(SELECT FROM directory.transfers w WHERE w.state = 'REQUESTED' AND w.partner = t.partner "
        "AND w.subscription = t.subscription) ORDER BY t.partner, t.subscription, t.id)",
        "/transfers/", "state is 'REQUESTED' instead of "),
    Damage(
        "a removed relationship that is in force",
        "UPDATE relationship.relationships SET state = 'ACTIVE', effective_end_time = NULL "
        "WHERE id = (SELECT id FROM relationship.relationships "
        "WHERE state = 'ENDED' AND origin = 'CREATED' LIMIT 1)",
        "relationships/", "state is 'ACTIVE' instead of 'ENDED'"),
    Damage(
        "a partnership that has ended and is in force",
        "UPDATE relationship.partnerships SET state = 'ACTIVE', end_time = NULL WHERE id = "
        # Of a pair that has none since.
        "(SELECT id FROM relationship.partnerships p WHERE state = 'ENDED' AND NOT EXISTS "
        "(SELECT FROM relationship.partnerships q WHERE q.provider = p.provider "
        "AND q.reseller = p.reseller AND q.state <> 'ENDED') LIMIT 1)",
        "/partnerships/", "state is 'ACTIVE' instead of 'ENDED'"),
    Damage(
        "a grant that is over",
        # Every removal answers which grants it has kept.
        "UPDATE relationship.grants SET state = 'TERMINATED' WHERE id = "
        "(SELECT g.id FROM relationship.grants g JOIN relationship.relationships r "
        "USING (partner, customer) WHERE g.state = 'ACTIVE' AND r.state = 'ENDED' "
        "AND r.ending_from IS NULL AND g.create_time < r.effective_end_time LIMIT 1)",
        "/grants/", "state is 'TERMINATED' instead of 'ACTIVE'"),
    Damage(
        "a grant that has lost a role",
        "UPDATE relationship.grants SET roles = roles[2:] WHERE id = "
        "(SELECT id FROM relationship.grants WHERE state = 'ACTIVE' AND request_time IS NOT NULL "
        "AND cardinality(roles) > 1 AND (partner, customer) NOT IN (SELECT partner, customer "
        "FROM relationship.relationships WHERE state = 'ENDED') LIMIT 1)",
        "/grants/", "roles is "),
    Damage(
        "a grant in force that a removal has revoked",
        "UPDATE relationship.grants SET state = 'ACTIVE', end_time = end_time + interval '1 day' "
        "WHERE id = (SELECT id FROM relationship.grants WHERE end_cause = 'removal' "
        "AND renews IS NULL LIMIT 1)",
        "/grants/", "state is 'ACTIVE' instead of 'TERMINATED'"),
    Damage(
        "a customer on the list of a partner that has removed it",
        "WITH removed AS (SELECT e.* FROM directory.edges e JOIN directory.customers c "
        "ON c.name = e.customer AND c.creator = e.partner WHERE e.state = 'ENDED' LIMIT 1), "
        "edge AS (UPDATE directory.edges e SET state = 'ACTIVE' FROM removed "
        "WHERE e.relationship = removed.relationship) "
        "UPDATE directory.partner_customers p SET listed = true FROM removed "
        "WHERE p.partner = removed.partner AND p.customer = removed.customer",
        "/customers/", "was deleted and is there"),
    Damage(
        "labels that are gone",
        "UPDATE directory.partner_customers SET labels = '{}' WHERE (partner, customer) = "
        "(SELECT p.partner, p.customer FROM directory.partner_customers p "
        "JOIN directory.customers c ON c.name = p.customer AND c.creator = p.partner "
        "WHERE p.types <> '{}' LIMIT 1)",
        "/customers/", "labels is {} instead of "),
    Damage(
        "a customer whose new name is not the one that it was given",
        "UPDATE directory.customers SET display_name = 'Another' WHERE name = "
        "(SELECT c.name FROM directory.customers c JOIN directory.partner_customers p "
        "ON p.customer = c.name AND p.partner = c.creator WHERE p.listed AND c.revision > 1 LIMIT 1)",
        "/customers/", "displayName is 'Another' instead of "),
    Damage(
        "an offer that is not as it was",
        "UPDATE directory.offers SET term_months = 37 - term_months WHERE name = "
        "(SELECT name FROM directory.offers LIMIT 1)",
        "offers/", "termMonths is "),
]


def without_target(suite) -> list[str]:
    """The damages for which there is no row yet. Nothing is changed."""
    return [damage.name for damage in DAMAGES
            if "hit" not in suite.psql(f"BEGIN; {PLANTING} {damage.sql} RETURNING 'hit'; ROLLBACK;")]


def all_damages() -> str:
    return f"BEGIN; {PLANTING} {'; '.join(damage.sql for damage in DAMAGES)}; COMMIT;"
