"""Every mail that the service says it has handed over lies in the sink's folder, and no other; twice
only where an attempt was cut off."""

import email
import email.policy
from collections import Counter

from suite import Suite


def kept_mails(suite: Suite) -> Counter:
    """How often the sink has each, by Message-ID."""
    kept = Counter()
    for file in (suite.folder / "mail").glob("*.eml"):
        kept[email.message_from_bytes(file.read_bytes(), policy=email.policy.SMTP)["Message-ID"]] += 1
    return kept


def faults(suite: Suite, kept: Counter) -> list[str]:
    """What does not fit together."""
    rows = suite.psql("SELECT '<' || invitation || '.' || generation || '@partnerlink.example>', "
                      "state, attempts FROM invitation.mails UNION ALL "
                      "SELECT '<' || id || '@partnerlink.example>', state, attempts "
                      "FROM invitation.notices")
    found, known = [], set()
    for message_id, state, attempts in (row.split("|") for row in rows):
        known.add(message_id)
        # What was cancelled while its attempt was cut off may have gone.
        least = 1 if state == "SENT" else 0
        if not least <= kept[message_id] <= int(attempts):
            found.append(f"{message_id} is {state} after {attempts} attempts, "
                         f"and came {kept[message_id]} times")
    return found + [f"{message_id} was not asked for" for message_id in kept if message_id not in known]
