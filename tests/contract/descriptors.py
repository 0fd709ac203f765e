"""The public protos as descriptors: compiled by protoc, read in a pool of their own."""

import functools
import os
import re
import subprocess
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

ROOT = Path(__file__).resolve().parents[2]
PROTO = ROOT / "proto"
# The google/api and google/rpc protos of googleapis-common-protos.
GOOGLEAPIS = Path(os.environ.get("PARTNERLINK_GOOGLEAPIS") or sysconfig.get_paths()["purelib"])
# What the protos of ours do not import, but the details of refusals are made of.
DETAILS = ["google/rpc/error_details.proto", "google/rpc/status.proto"]
# What may be a reason's name in a comment, and a method's.
WORD = re.compile(r"\b[A-Z]+(?:_[A-Z]+)*\b")
LIKE = re.compile(r"\blike\s+([A-Z][A-Za-z]+)")


def proto_files() -> list[str]:
    return sorted(str(path.relative_to(PROTO)) for path in PROTO.glob("partnerlink/**/*.proto"))


def compile_protos(folder: Path = PROTO) -> bytes:
    """The serialised descriptor set of the protos in `folder`, with imports and comments."""
    with tempfile.NamedTemporaryFile() as output:
        subprocess.run(
            ["protoc", f"-I{folder}", f"-I{GOOGLEAPIS}", "--include_imports",
             "--include_source_info", f"-o{output.name}", *proto_files(), *DETAILS],
            check=True,
        )
        return Path(output.name).read_bytes()


@dataclass(frozen=True)
class Binding:
    """One HTTP way to a method."""

    verb: str
    path: str
    body: str


class Method:
    """One RPC with its options."""

    def __init__(self, protoset: "Protoset", descriptor, comment: str):
        self.descriptor = descriptor
        self.comment = comment
        self.name = descriptor.name
        self.service = descriptor.containing_service.full_name
        self.request = descriptor.input_type
        self.response = descriptor.output_type
        self.access = protoset.option(descriptor, "partnerlink.common.v1.access")
        self.http = protoset.option(descriptor, "google.api.http")

    def __repr__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return f"/{self.service}/{self.name}"

    @property
    def is_public(self) -> bool:
        """Whether callers may call it, and not peers alone."""
        return not self.access.peers or bool(self.access.callers)

    @property
    def is_stream(self) -> bool:
        return self.descriptor.client_streaming or self.descriptor.server_streaming

    @property
    def bindings(self) -> list[Binding]:
        if self.http is None:
            return []
        rules = [self.http, *self.http.additional_bindings]
        found = []
        for rule in rules:
            verb = rule.WhichOneof("pattern")
            found.append(Binding(verb.upper(), getattr(rule, verb), rule.body))
        return found


class Protoset:
    """A descriptor set, open to questions."""

    def __init__(self, serialized: bytes):
        self.files = descriptor_pb2.FileDescriptorSet.FromString(serialized)
        self.pool = descriptor_pool.DescriptorPool()
        for file in self.files.file:
            self.pool.Add(file)

    def message(self, name: str):
        """The class of a message."""
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name))

    def option(self, descriptor, extension: str):
        """The value of an option, or None; `descriptor` is a method's, field's or message's."""
        options = descriptor.GetOptions()
        kind = self.message(options.DESCRIPTOR.full_name)
        known = kind.FromString(options.SerializeToString())
        field = self.pool.FindExtensionByName(extension)
        if field.is_repeated:
            return list(known.Extensions[field])
        return known.Extensions[field] if known.HasExtension(field) else None

    def behaviors(self, field) -> set[str]:
        """Such as `REQUIRED` and `OUTPUT_ONLY`."""
        names = self.pool.FindEnumTypeByName("google.api.FieldBehavior").values_by_number
        return {names[number].name for number in self.option(field, "google.api.field_behavior")}

    @functools.cached_property
    def our_files(self) -> list:
        return [file for file in self.files.file if file.package.startswith("partnerlink.")]

    @functools.cached_property
    def methods(self) -> list[Method]:
        """Every method of ours, in the files' order."""
        found = []
        for file in self.our_files:
            comments = comments_of(file)
            for number, service in enumerate(file.service):
                descriptor = self.pool.FindServiceByName(f"{file.package}.{service.name}")
                for index, method in enumerate(descriptor.methods):
                    comment = comments.get((6, number, 2, index), "")
                    found.append(Method(self, method, comment))
        return found

    @functools.cached_property
    def reason_comments(self) -> dict[str, str]:
        """What each ErrorReason says of itself."""
        for file in self.our_files:
            for number, enum in enumerate(file.enum_type):
                if enum.name == "ErrorReason":
                    comments = comments_of(file)
                    return {
                        value.name: comments[5, number, 2, index]
                        for index, value in enumerate(enum.value)
                    }
        raise AssertionError("there is no ErrorReason")

    @functools.cached_property
    def reasons(self) -> dict[str, set[str]]:
        """The codes that each ErrorReason may come with, as its comment begins with them."""
        return {reason: codes_in(comment) for reason, comment in self.reason_comments.items()}

    @functools.cached_property
    def common_refusals(self) -> set[str]:
        """The reasons that any method may give: those that RelationshipService's comment names."""
        for file in self.our_files:
            for number, service in enumerate(file.service):
                if service.name == "RelationshipService":
                    return self.reasons_in(comments_of(file)[6, number])
        raise AssertionError("there is no RelationshipService")

    @functools.cached_property
    def refusals(self) -> dict[str, set[str]]:
        """The reasons that each method's comment names, with those of the methods it is `like`."""
        comments = {method.name: method.comment for method in self.methods}

        def named_by(name: str) -> set[str]:
            alike = (named_by(other) for other in LIKE.findall(comments[name]) if other in comments)
            return self.reasons_in(comments[name]).union(*alike)

        return {name: named_by(name) for name in comments}

    def reasons_in(self, comment: str) -> set[str]:
        return set(WORD.findall(comment)) & set(self.reasons)


def comments_of(file) -> dict[tuple, str]:
    """The leading comments of a file's elements, by their place."""
    return {
        tuple(location.path): location.leading_comments.strip()
        for location in file.source_code_info.location
    }


def codes_in(comment: str) -> set[str]:
    """`FAILED_PRECONDITION, or of one edge. The partner …` names one code."""
    first = comment.partition(".")[0]
    return {word for word in first.replace(",", " ").split() if word.isupper() and len(word) > 3}


@functools.cache
def load() -> Protoset:
    """The protos of this checkout."""
    return Protoset(compile_protos())
