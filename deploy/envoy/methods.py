"""What the protoset says of the services: which methods the gateway routes, and for whom."""

import re
from dataclasses import dataclass

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory


class ProtosetError(Exception):
    """The protoset cannot be used; the text says why."""


@dataclass(frozen=True)
class Method:
    """One method of ours that the gateway routes."""

    service: str
    name: str
    anonymous: bool
    streaming: bool
    path_fields: frozenset[str]

    @property
    def path(self) -> str:
        return f"/{self.service}/{self.name}"

    @property
    def upstream(self) -> str:
        """The service's folder name: the second word of `partnerlink.{upstream}.v1.…`."""
        return self.service.split(".")[1]


class Protoset:
    """A descriptor set, with its own pool, so that options and messages can be read by name."""

    def __init__(self, serialized: bytes):
        self._files = descriptor_pb2.FileDescriptorSet.FromString(serialized)
        self._pool = descriptor_pool.DescriptorPool()
        for file in self._files.file:
            self._pool.Add(file)

    def message(self, name: str):
        """The class of a message."""
        try:
            return message_factory.GetMessageClass(self._pool.FindMessageTypeByName(name))
        except KeyError:
            raise ProtosetError(f"the protoset lacks {name}: build it with its imports") from None

    def enum_names(self, name: str) -> set[str]:
        return {value.name for value in self._pool.FindEnumTypeByName(name).values}

    def serialized(self) -> bytes:
        """The set without comments: what the gateway needs of it."""
        bare = descriptor_pb2.FileDescriptorSet()
        for file in self._files.file:
            bare.file.add().CopyFrom(file)
            bare.file[-1].ClearField("source_code_info")
        return bare.SerializeToString(deterministic=True)

    def _options(self, method, extension: str):
        options = self.message("google.protobuf.MethodOptions").FromString(
            method.options.SerializeToString()
        )
        field = self._pool.FindExtensionByName(extension)
        return options.Extensions[field] if options.HasExtension(field) else None

    def public_methods(self) -> list[Method]:
        """Every method that callers without a certificate may reach, in the files' order."""
        found = []
        for file in self._files.file:
            for service in file.service:
                if not file.package.startswith("partnerlink."):
                    continue
                for method in service.method:
                    name = f"{file.package}.{service.name}"
                    access = self._options(method, "partnerlink.common.v1.access")
                    if access is None:
                        raise ProtosetError(f"{name}/{method.name} has no access option")
                    if access.peers and not access.callers:
                        continue
                    found.append(
                        Method(
                            service=name,
                            name=method.name,
                            anonymous=access.anonymous,
                            streaming=method.client_streaming or method.server_streaming,
                            path_fields=_path_fields(self._options(method, "google.api.http")),
                        )
                    )
        if not found:
            raise ProtosetError("the protoset holds no public method")
        return found


def _path_fields(rule) -> frozenset[str]:
    """The fields that an HTTP path gives, such as `name` in `/v1/{name=partners/*}`."""
    if rule is None:
        return frozenset()
    fields = set()
    for binding in [rule, *rule.additional_bindings]:
        path = getattr(binding, binding.WhichOneof("pattern"))
        fields.update(re.findall(r"{([a-z_.]+)[=}]", path))
    return frozenset(fields)
