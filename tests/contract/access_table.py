"""Prints the table of a service's RPCs and of who may call them, from the protos' access options.

    access_table invitation            prints the table
    access_table --write invitation    puts it between the markers in services/invitation/README.md
"""

import argparse
import re
import sys
from pathlib import Path

import descriptors

ROLES = {
    "PARTNER": {"global_admin": "G", "admin_agent": "A", "sales_agent": "S", "helpdesk_agent": "H"},
    "CUSTOMER": {"global_admin": "CG", "billing_admin": "CB"},
    "OPERATOR": {"operator": "OP"},
}
LETTERS = """\
G global administrator, A admin agent, S sales agent, H helpdesk agent of a partner; CG global, CB
billing administrator of a customer; OP operator, ¹ with a `partnerlink-reason`. Own: the account in
the path must be the caller's."""
BLOCK = re.compile(r"(<!-- access -->\n).*?(<!-- /access -->)", re.DOTALL)


def readme_of(service: str) -> Path:
    return descriptors.ROOT / "services" / service / "README.md"


def caller_text(caller, access) -> str:
    family = caller.DESCRIPTOR.enum_types_by_name["Family"].values_by_number[caller.family].name
    letters = " ".join(ROLES[family][role] for role in caller.roles)
    if family == "OPERATOR" and access.operator_reason:
        letters += "¹"
    return f"own {letters}" if caller.own else letters


def who_may_call(access) -> str:
    if access.anonymous:
        return "anyone who holds the link"
    who = [caller_text(caller, access) for caller in access.callers]
    if access.peers:
        who.append("peer " + ", ".join(f"*{peer}*" for peer in access.peers))
    return "; ".join(who)


def table(protoset, service: str) -> str:
    """The block that stands between the markers."""
    lines = ["| RPC | HTTP | who may call |", "| --- | --- | --- |"]
    for method in protoset.methods:
        if method.service.split(".")[1] != service:
            continue
        ways = "<br>".join(f"{way.verb} {way.path}" for way in method.bindings) or "gRPC only"
        lines.append(f"| {method.name} | {ways} | {who_may_call(method.access)} |")
    return "\n".join([*lines, "", LETTERS, ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("service", choices=["invitation", "relationship", "directory"])
    arguments = parser.parse_args()
    text = table(descriptors.load(), arguments.service)
    if not arguments.write:
        sys.stdout.write(text)
        return
    readme = readme_of(arguments.service)
    old = readme.read_text()
    if not BLOCK.search(old):
        sys.exit(f"{readme} has no markers <!-- access --> and <!-- /access -->")
    readme.write_text(BLOCK.sub(lambda match: match[1] + text + match[2], old))


if __name__ == "__main__":
    main()
