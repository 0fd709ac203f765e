"""The house's layering: each rule holds, and each rule finds a violation that is planted."""

import shutil

import descriptors
import layering
import pytest

# For each rule a file and a line that break it.
PLANTED = {
    "grpc_at_the_edge": ("services/invitation/invitations/store.cc", "#include <grpcpp/grpcpp.h>"),
    "sql_in_stores": ("services/directory/customers/get_customer.cc", '#include "pqxx/pqxx"'),
    "rules_are_pure": (
        "services/invitation/invitations/rules.cc",
        '#include "common/postgres/transact.h"',
    ),
    "services_stay_apart": (
        "services/directory/customers/store.cc",
        '#include "services/relationship/grants/rules.h"',
    ),
    "rooms_by_their_doors": (
        "services/invitation/redemptions/store.cc",
        '#include "services/invitation/invitations/handlers.h"',
    ),
    "flags_in_mains": ("services/invitation/invitations/issuing.cc", '#include "absl/flags/flag.h"'),
    "rpc_files_tell_a_story": (
        "services/relationship/partners/get_partner.cc",
        'constexpr char kSql[] = "SELECT name FROM relationship.partners";',
    ),
    "exceptions_end_in_postgres": (
        "services/relationship/partners/store.cc",
        "void F() { try { G(); } catch (const std::exception& e) {} }",
    ),
    "handlers_see_no_edge": (
        "services/directory/customers/get_customer.cc",
        '#include "common/rpc/service.h"',
    ),
}


def name_of(rule) -> str:
    return rule.__name__


@pytest.mark.parametrize("rule", layering.RULES, ids=name_of)
def test_rule_holds(rule):
    assert layering.violations(rule, descriptors.ROOT) == []


@pytest.mark.parametrize("rule", layering.RULES, ids=name_of)
def test_planted_violation_is_found(rule, tmp_path):
    for top in ("common", "services"):
        shutil.copytree(descriptors.ROOT / top, tmp_path / top)
    path, line = PLANTED[rule.__name__]
    with (tmp_path / path).open("a") as file:
        file.write(line + "\n")
    found = layering.violations(rule, tmp_path)
    assert [violation.partition(":")[0] for violation in found] == [path]
