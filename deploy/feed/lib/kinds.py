"""What is fed: which columns a file has, and what its rows become."""

from dataclasses import dataclass
from typing import Callable

from table import lines_of, truth_of

CONTACT = ("contact.display_name", "contact.email_address", "contact.phone_number")
ADMIN = ("user_principal_name", "given_name", "family_name", "display_name")


@dataclass(frozen=True)
class Kind:
    """One kind of file."""

    # What its rows are, for people.
    word: str
    # The stream that takes them, and the field of its requests that holds rows.
    service: str
    method: str
    rows: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    # In files that the export has written, and said by the server alone.
    unread: tuple[str, ...]
    # A row as the fields of its message; ValueError says what is wrong with a cell.
    fields: Callable[[dict[str, str]], dict]

    @property
    def columns(self) -> tuple[str, ...]:
        return self.required + self.optional + self.unread


def customer(values: dict[str, str]) -> dict:
    given = values.get
    fields = company(values, "") | {
        "name": given("name", ""), "labels": labels(given("labels", "")),
        "domains": [{"name": name} for name in lines_of(given("domains", ""))],
        "correlation_id": given("correlation_id", "")}
    if given("channel", ""):
        fields["channel"] = values["channel"]
    row = {"customer": fields, "relationship_only": truth("relationship_only", values)}
    admin = {name: given(f"initial_admin.{name}", "") for name in ADMIN}
    if any(admin.values()):
        row["initial_admin"] = admin
    return row


def portal_record(values: dict[str, str]) -> dict:
    given = values.get
    fields = company(values, "company.") | {"domains": lines_of(given("company.domains", ""))}
    return {"portal": values["portal"], "partner_number": values["partner_number"],
            "customer": values["customer"], "roles": lines_of(given("roles", "")),
            "company": fields}


def company(values: dict[str, str], path: str) -> dict:
    """What both know of a company, its domains apart."""
    fields = {name: values.get(path + name, "")
              for name in ("display_name", "country", "registration_number")}
    contact = {name.partition(".")[2]: values.get(path + name, "") for name in CONTACT}
    return fields | ({"contact": contact} if any(contact.values()) else {})


def labels(cell: str) -> dict[str, str]:
    """`key=value` on a line each."""
    found = {}
    for line in lines_of(cell):
        key, sign, value = line.partition("=")
        if not sign:
            raise ValueError(f"labels: '{line}' is not of the form key=value")
        found[key] = value
    return found


def truth(column: str, values: dict[str, str]) -> bool:
    try:
        return truth_of(values.get(column, ""))
    except ValueError as error:
        raise ValueError(f"{column}: {error}") from None


CUSTOMERS = Kind(
    word="customers", service="partnerlink.directory.v1.CustomerDirectoryService",
    method="ImportCustomers", rows="rows", required=("display_name", "country"),
    optional=("name", "domains", *CONTACT, "registration_number", "channel", "labels",
              "correlation_id", *(f"initial_admin.{name}" for name in ADMIN), "relationship_only"),
    unread=("relationships", "create_time"), fields=customer)
PORTAL_RECORDS = Kind(
    word="portal records", service="partnerlink.relationship.v1.RelationshipService",
    method="ImportPortalCustomers", rows="records",
    required=("portal", "partner_number", "customer", "company.display_name", "company.country"),
    optional=("company.domains", *(f"company.{name}" for name in CONTACT),
              "company.registration_number", "roles"),
    unread=(), fields=portal_record)
