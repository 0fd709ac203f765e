"""The protos: golden surface, access options, comments, reasons, lint."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import access_table
import descriptors
import golden
import pytest

PROTOSET = descriptors.load()
# The service that the design names as the owner of each method's rows.
SERVICES = ("invitation", "relationship", "directory")


def lint(image: bytes, folder: Path) -> subprocess.CompletedProcess:
    (folder / "image.binpb").write_bytes(image)
    return subprocess.run(
        [Path(sys.executable).with_name("buf"), "lint", folder / "image.binpb",
         "--config", descriptors.PROTO / "buf.yaml", "--path", "partnerlink"],
        capture_output=True, text=True, check=False,
    )


def changed_copy(folder: Path, file: str, old: str, new: str) -> descriptors.Protoset:
    """The protos with one text replaced."""
    copy = folder / "proto"
    shutil.copytree(descriptors.PROTO, copy)
    text = (copy / file).read_text()
    assert old in text
    (copy / file).write_text(text.replace(old, new))
    return descriptors.Protoset(descriptors.compile_protos(copy))


def test_api_is_the_golden_one():
    assert golden.describe(PROTOSET) == golden.GOLDEN.read_text(), (
        "the API has changed: if it was meant to, run tests/contract/golden --write")


def test_renumbered_field_is_no_longer_golden(tmp_path):
    changed = changed_copy(tmp_path, "partnerlink/directory/v1/customer.proto",
                           "string display_name = 2;", "string display_name = 22;")
    assert golden.describe(changed) != golden.GOLDEN.read_text()


def test_wider_access_is_no_longer_golden(tmp_path):
    changed = changed_copy(tmp_path, "partnerlink/directory/v1/customer_directory_service.proto",
                           'peers: "relationship"', 'peers: "relationship" peers: "gateway"')
    assert golden.describe(changed) != golden.GOLDEN.read_text()


@pytest.mark.parametrize("method", PROTOSET.methods, ids=repr)
def test_method_says_who_may_call(method):
    assert method.access is not None
    named = len(method.access.callers) > 0 or len(method.access.peers) > 0
    assert named != method.access.anonymous


@pytest.mark.parametrize("method", PROTOSET.methods, ids=repr)
def test_public_method_has_an_http_path_and_an_internal_one_has_none(method):
    # Of the streams those that are a file.
    is_call = not method.is_stream or method.response.full_name == "google.api.HttpBody"
    assert bool(method.bindings) == (method.is_public and is_call)


@pytest.mark.parametrize("method", PROTOSET.methods, ids=repr)
def test_mutation_takes_a_request_id(method):
    asks = method.name in {"LookupInvitation", "CheckAccess", "BatchCheckAccess",
                           "CheckCustomerExists"}
    reads = not method.is_public or asks or all(
        binding.verb == "GET" for binding in method.bindings)
    if method.is_stream:
        return  # each message says where it stands, and may be said again
    assert reads != ("request_id" in method.request.fields_by_name)


def test_everything_has_a_comment():
    bare = []
    for file in PROTOSET.our_files:
        comments = descriptors.comments_of(file)
        # Messages, enums, services, extensions, their fields, values and methods.
        bare += [f"{file.name} {path}" for path, comment in comments.items()
                 if is_declared(path) and not comment]
    assert bare == []


def is_declared(path: tuple) -> bool:
    """Whether a source location is a declaration and not a part of one."""
    kinds = "".join(map(str, path[0::2]))
    return bool(re.fullmatch(r"(4(3)*(2|4|42)?|5(2)?|6(2)?|7)", kinds)) and len(path) % 2 == 0


def test_planted_uncommented_field_is_found(tmp_path):
    changed = changed_copy(tmp_path, "partnerlink/directory/v1/customer.proto",
                           "  // Since when the directory knows the customer.\n", "\n")
    file = next(f for f in changed.our_files if f.name.endswith("directory/v1/customer.proto"))
    bare = [p for p, c in descriptors.comments_of(file).items() if is_declared(p) and not c]
    assert len(bare) == 1


def test_every_reason_names_its_code():
    codes = {"INVALID_ARGUMENT", "NOT_FOUND", "PERMISSION_DENIED", "ABORTED", "ALREADY_EXISTS",
             "FAILED_PRECONDITION", "RESOURCE_EXHAUSTED", "UNAVAILABLE", "DEADLINE_EXCEEDED",
             "CANCELLED", "UNAUTHENTICATED", "INTERNAL"}
    wrong = {reason: found for reason, found in PROTOSET.reasons.items() if not found <= codes}
    assert wrong == {}
    # Of an edge inside an answer, never of a call.
    inner = {reason for reason, found in PROTOSET.reasons.items() if not found}
    assert inner == {"ERROR_REASON_UNSPECIFIED", "RELATIONSHIP_EXISTS", "PARTNERSHIP_EXISTS"}


def test_reason_that_a_comment_names_exists():
    words = re.compile(r"\b[A-Z]{3,}(?:_[A-Z]+)+\b")
    ours = {value.name for file in PROTOSET.our_files for value in all_values(file)}
    known = set(PROTOSET.reasons) | ours | set().union(*PROTOSET.reasons.values())
    unknown = {
        f"{method.name}: {word}"
        for method in PROTOSET.methods for word in words.findall(method.comment)
        if word not in known
    }
    assert unknown == set()


def test_every_reason_is_named_by_those_who_give_it():
    assert misnamed(PROTOSET) == []


def misnamed(protoset) -> list[str]:
    """Reasons that no method names, or other methods than the reason's own comment."""
    named = set().union(protoset.common_refusals, *protoset.refusals.values())
    faults = [f"no method gives {reason}" for reason, codes in protoset.reasons.items()
              if codes and reason not in named]
    for reason, comment in protoset.reason_comments.items():
        says = {word for word in re.findall(r"\w+", comment) if word in protoset.refusals}
        gives = {name for name, reasons in protoset.refusals.items() if reason in reasons}
        if says and says != gives:
            faults.append(f"{reason}: its comment or theirs does not name {sorted(says ^ gives)}")
    return faults


@pytest.mark.parametrize("file, old, new, fault", [
    ("relationship", "of the request METHOD_NOT_FOUND, FIELD_INVALID", "of the request FIELD_INVALID",
     "no method gives METHOD_NOT_FOUND"),
    ("invitation", "AGREEMENT_VERSION (look the link up again)", "so on",
     "no method gives AGREEMENT_VERSION"),
    ("invitation", "DUPLICATED, LINK_FOREIGN where", "DUPLICATED where",
     "LINK_FOREIGN: its comment or theirs does not name ['CreateInvitation']"),
    ("invitation", "Refused like AcceptInvitation, what the account", "What the account",
     "CONFIRM_MISSING: its comment or theirs does not name ['AcceptReceivedInvitation']"),
])
def test_planted_reason_without_its_name_is_found(tmp_path, file, old, new, fault):
    changed = changed_copy(tmp_path, f"partnerlink/{file}/v1/{file}_service.proto", old, new)
    assert fault in misnamed(changed)


def all_values(holder):
    for enum in holder.enum_type:
        yield from enum.value
    for message in getattr(holder, "message_type", None) or getattr(holder, "nested_type", []):
        yield from all_values(message)


def test_lint_is_clean(tmp_path):
    result = lint(descriptors.compile_protos(), tmp_path)
    assert result.returncode == 0, result.stdout


def test_planted_lint_fault_is_found(tmp_path):
    changed = changed_copy(tmp_path, "partnerlink/directory/v1/customer.proto",
                           "int32 subscription_count", "int32 subscriptionCount")
    files = descriptors.descriptor_pb2.FileDescriptorSet(file=changed.files.file)
    result = lint(files.SerializeToString(), tmp_path)
    assert "subscriptionCount" in result.stdout


@pytest.mark.parametrize("service", SERVICES)
def test_readme_shows_the_access_table(service):
    text = access_table.readme_of(service).read_text()
    block = access_table.BLOCK.search(text)
    assert block, f"no markers: run tests/contract/access_table --write {service}"
    wanted = access_table.table(PROTOSET, service)
    assert block[0] == f"{block[1]}{wanted}{block[2]}", (
        f"not as the protos say: run tests/contract/access_table --write {service}")
