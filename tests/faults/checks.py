"""What must hold between the rows that a change leaves: state, audit, outbox, request id. CHECKS:
these and the agreements.
"""

from dataclasses import dataclass

from agreements import AGREEMENTS
from check import Check


@dataclass(frozen=True)
class Kind:
    """A table whose every row is the last of a chain of audited changes, one per revision."""

    table: str
    account: str = "partner"  # of the audit rows, from the columns
    resource: str = "name"  # likewise
    pattern: str = ""  # of the resource in the audit rows
    where: str = "true"  # what else its audit rows are known by
    revision: str = "revision"  # from the columns
    # That wrote the row last, from the columns; null: no matter which.
    transaction: str = "xmin::text::bigint"
    only: str = "true"  # which of the rows are of the kind

    @property
    def service(self) -> str:
        return self.table.partition(".")[0]

    @property
    def rows(self) -> str:
        return (f"SELECT {self.account} AS account, {self.resource} AS resource, "
                f"{self.revision} AS revision, {self.transaction} AS transaction "
                f"FROM {self.table} WHERE {self.only}")

    @property
    def entries(self) -> str:
        """The audit rows of the kind. An acceptance changes the invitation and is recorded under
        the redemption."""
        return f"""
          SELECT account, regexp_replace(resource, '/redemptions/.*', '') AS resource, after,
            create_time, xmin::text::bigint AS transaction
          FROM common.audit_entries
          WHERE service = '{self.service}' AND decision = 'ALLOWED' AND resource ~ '{self.pattern}'
            AND {self.where}"""


# That somebody is told of it changes nothing of it.
CHANGES_IT = "method <> 'sweep/notices'"
# What operators look at is audited, too.
IS_LOOK = "actor_account = 'operators' AND before IS NULL AND after IS NULL"

# Who has a seat is counted in the subscription's row, and audited as the user's.
UNLESS_LICENSED = """CASE WHEN NOT EXISTS (
  SELECT FROM common.audit_entries a WHERE a.account = subscriptions.customer
    AND a.after->'licenses' @> to_jsonb(format('%s/subscriptions/%s', subscriptions.customer,
      subscriptions.id)))
  THEN subscriptions.xmin::text::bigint END"""
# The first administrator is audited as a part of the customer's creation.
NOT_FIRST = "customer NOT IN (SELECT name FROM directory.customers WHERE creator <> '')"

KINDS = [
    Kind("invitation.invitations", resource="partner || '/invitations/' || id",
         pattern="^partners/[^/]+/invitations/"),
    Kind("relationship.partners", account="name", pattern="^partners/[^/]+$"),
    # What happens to a partnership is recorded for the reseller, too.
    Kind("relationship.partnerships", account="provider",
         resource="provider || '/partnerships/' || id", pattern="^partners/[^/]+/partnerships/",
         where="account = split_part(resource, '/partnerships/', 1)"),
    # What a removal says to the customer is recorded for the customer, too.
    Kind("relationship.relationships", resource="'relationships/' || id",
         pattern="^relationships/", where=f"account LIKE 'partners/%' AND {CHANGES_IT}"),
    # What happens to a grant but a draft is recorded for the customer, too.
    Kind("relationship.grants", resource="partner || '/grants/' || id",
         pattern="^partners/[^/]+/grants/", where=f"account LIKE 'partners/%' AND {CHANGES_IT}"),
    # A partner's row of a customer is recorded by the customer's name, too.
    Kind("directory.customers", account="name", pattern="^customers/", where="account = resource"),
    Kind("directory.offers", account="'operators'", pattern="^offers/"),
    Kind("directory.subscriptions", account="customer",
         resource="customer || '/subscriptions/' || id", pattern="^customers/[^/]+/subscriptions/",
         transaction=UNLESS_LICENSED),
    Kind("directory.users", account="customer", resource="customer || '/users/' || id",
         pattern="^customers/[^/]+/users/", only=NOT_FIRST),
    # What happens to a transfer is recorded for the partner that is asked, too.
    Kind("directory.transfers", resource="partner || '/transfers/' || id",
         pattern="^partners/[^/]+/transfers/",
         where="account = split_part(resource, '/transfers/', 1)"),
    # Never changed.
    Kind("directory.orders", account="customer", resource="customer || '/orders/' || id",
         pattern="^customers/[^/]+/orders/", revision="1"),
]


def checks_of(kind: Kind) -> list[Check]:
    return [
        Check(
            f"every revision of {kind.table} has its audit row, of the same transaction",
            f"""
            SELECT format('%s: revision %s of transaction %s, %s audit rows, the last of %s',
              resource, r.revision, r.transaction, coalesce(e.count, 0), e.transaction)
            FROM ({kind.rows}) r
            LEFT JOIN (SELECT account, resource, count(*), max(transaction) AS transaction
                       FROM ({kind.entries}) every GROUP BY account, resource) e
              USING (account, resource)
            WHERE (r.revision, coalesce(r.transaction, e.transaction))
              IS DISTINCT FROM (e.count, e.transaction)""",
            f"DELETE FROM common.audit_entries WHERE ctid = (SELECT ctid FROM common.audit_entries "
            f"WHERE service = '{kind.service}' AND resource ~ '{kind.pattern}' "
            f"AND {kind.where} AND resource IN (SELECT r.resource FROM ({kind.rows}) r) LIMIT 1)"),
        Check(
            f"every audit row has its row in {kind.table}, unless the last one deleted it",
            f"""
            SELECT format('%s: %s', resource, CASE WHEN r.resource IS NULL
              THEN 'is not there' ELSE 'was deleted and is there' END)
            FROM (SELECT DISTINCT ON (resource) account, resource, after
                  FROM ({kind.entries}) e ORDER BY resource, create_time DESC) last
            LEFT JOIN ({kind.rows}) r USING (account, resource)
            WHERE (r.resource IS NULL) <> (last.after IS NULL)""",
            f"DELETE FROM {kind.table} WHERE ctid = "
            f"(SELECT ctid FROM {kind.table} WHERE {kind.only} LIMIT 1)"),
    ]


CHECKS = [check for kind in KINDS for check in checks_of(kind)] + [
    Check(
        "every audit row has its outbox row, and the other way round",
        f"""
        SELECT format('%s of %s by %s: %s audit rows, %s outbox rows',
          resource, account, service, coalesce(a.count, 0), coalesce(o.count, 0))
        FROM (SELECT service, account, actor_account, resource, count(*)
              FROM common.audit_entries WHERE decision = 'ALLOWED' AND NOT ({IS_LOOK})
              GROUP BY 1, 2, 3, 4) a
        FULL JOIN (SELECT service, account, actor_account, resource, count(*)
                   FROM common.outbox GROUP BY 1, 2, 3, 4) o
          USING (service, account, actor_account, resource)
        WHERE a.count IS DISTINCT FROM o.count""",
        "DELETE FROM common.outbox WHERE id = (SELECT id FROM common.outbox LIMIT 1)"),
    Check(
        "every request id has its answer and its event",
        """
        SELECT format('%s %s: answer %s, event %s', r.method, r.request_id,
          CASE WHEN r.response IS NULL THEN 'missing' ELSE 'kept' END, r.root_event)
        FROM common.request_ids r
        LEFT JOIN common.outbox o ON o.id = r.root_event AND o.root = o.id
          AND o.actor_account = r.account
        WHERE r.response IS NULL OR (o.id IS NULL AND NOT (r.method ~ '/Batch' AND r.root_event IS NULL))""",
        "DELETE FROM common.outbox WHERE id = (SELECT root_event FROM common.request_ids "
        "WHERE root_event IS NOT NULL LIMIT 1)"),
    # A batch's own id stands for its body alone; each of its rows has an id, and a transaction.
    Check(
        "every request id has the audit rows of one transaction, its own",
        """
        SELECT format('%s %s of transaction %s: %s audit rows of transactions %s', r.method,
          r.request_id, r.transaction, count(a), array_agg(DISTINCT a.xmin::text))
        FROM (SELECT *, xmin::text::bigint AS transaction FROM common.request_ids
              WHERE root_event IS NOT NULL) r
        LEFT JOIN common.audit_entries a ON a.method = r.method AND a.actor = r.subject
          AND a.actor_account = r.account
          AND (a.request_id = r.request_id::text
               OR (r.method ~ '/Batch' AND a.xmin::text::bigint = r.transaction))
        GROUP BY r.method, r.request_id, r.transaction
        HAVING count(a) = 0 OR bool_or(a.xmin::text::bigint <> r.transaction)""",
        # The same change once more, in a transaction of its own.
        """
        INSERT INTO common.audit_entries (account, service, method, actor, actor_account, actor_roles,
          resource, decision, request_id)
        SELECT account, service, method, actor, actor_account, actor_roles, resource, decision,
          request_id
        FROM common.audit_entries WHERE actor_account <> '' AND method !~ '/Batch' LIMIT 1"""),
    Check(
        "every audited call has its request id",
        f"""
        SELECT format('%s %s of %s', a.method, a.request_id, a.resource)
        FROM common.audit_entries a
        LEFT JOIN common.request_ids r ON r.request_id::text = a.request_id
          AND r.method = a.method AND r.subject = a.actor AND r.account = a.actor_account
        WHERE a.actor_account <> '' AND r.request_id IS NULL AND NOT ({IS_LOOK})""",
        "DELETE FROM common.request_ids WHERE ctid = (SELECT ctid FROM common.request_ids "
        "WHERE method !~ '/Batch' LIMIT 1)"),
    Check(
        "no delivery is owed",
        """
        SELECT format('%s to %s, %s attempts: %s', resource, target, attempts, last_error)
        FROM common.outbox WHERE target IS NOT NULL AND delivered_time IS NULL""",
        "UPDATE common.outbox SET delivered_time = NULL WHERE id = (SELECT id FROM common.outbox "
        "WHERE target IS NOT NULL LIMIT 1)"),
    Check(
        "no mail is owed, and none was given up",
        """
        SELECT format('%s of %s, %s attempts: %s', state, invitation, attempts, error)
        FROM invitation.mails WHERE state IN ('QUEUED', 'FAILED')""",
        "UPDATE invitation.mails SET state = 'QUEUED' WHERE id = "
        "(SELECT id FROM invitation.mails LIMIT 1)"),
    Check(
        "every notice to a customer was handed over",
        """
        SELECT format('%s of %s, %s attempts: %s', state, resource, attempts, error)
        FROM invitation.notices WHERE state NOT IN ('SENT', 'JOINED')""",
        "UPDATE invitation.notices SET state = 'QUEUED' WHERE id = "
        "(SELECT id FROM invitation.notices LIMIT 1)"),
    Check(
        "every invitation shows the newest mail of its link",
        """
        SELECT format('%s: %s, but its mail is %s', i.id, i.delivery_state, m.state)
        FROM invitation.invitations i
        JOIN invitation.mails m ON m.partner = i.partner AND m.invitation = i.id
          AND m.generation = i.generation
        WHERE i.delivery_state <> CASE m.state WHEN 'CANCELLED' THEN 'NONE' ELSE m.state END""",
        "UPDATE invitation.invitations SET delivery_state = 'FAILED' WHERE id = "
        "(SELECT invitation FROM invitation.mails LIMIT 1)"),
    Check(
        "no delivery took longer than 60 s",
        """
        SELECT format('%s to %s: %s', resource, target, delivered_time - create_time)
        FROM common.outbox WHERE delivered_time > create_time + interval '60 seconds'""",
        "UPDATE common.outbox SET create_time = create_time - interval '60 seconds' "
        "WHERE id = (SELECT id FROM common.outbox WHERE target IS NOT NULL LIMIT 1)"),
] + AGREEMENTS
