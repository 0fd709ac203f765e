"""The stream to the gateway: chunks out, what became of each back, in order."""

import queue
from pathlib import Path
from urllib.parse import urlsplit

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

# A gateway that has gone without a word is found out.
OPTIONS = [("grpc.keepalive_time_ms", 30000), ("grpc.keepalive_timeout_ms", 10000),
           ("grpc.initial_reconnect_backoff_ms", 200), ("grpc.max_reconnect_backoff_ms", 2000)]


class Refused(Exception):
    """The stream has ended; the text says why, in one line."""

    def __init__(self, text: str, reason: str, is_passing: bool):
        super().__init__(text)
        self.reason = reason
        # Whether it may go well when it is tried again.
        self.is_passing = is_passing


class Messages:
    """Messages by their names, as a protoset describes them."""

    def __init__(self, protoset: Path):
        files = descriptor_pb2.FileDescriptorSet.FromString(protoset.read_bytes())
        self.pool = descriptor_pool.DescriptorPool()
        for file in files.file:
            self.pool.Add(file)

    def named(self, name: str):
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name))

    def of_method(self, service: str, method: str) -> tuple:
        """The classes of its requests and answers."""
        found = self.pool.FindServiceByName(service).methods_by_name[method]
        return (message_factory.GetMessageClass(found.input_type),
                message_factory.GetMessageClass(found.output_type))

    def fill(self, message, fields: dict):
        return json_format.ParseDict(fields, message, descriptor_pool=self.pool)

    def reason_and_detail(self, status) -> tuple[str, str]:
        """Of a google.rpc.Status: the reason, and for people its text with every violation."""
        reason, parts = "", [status.message]
        for detail in status.details:
            name = detail.type_url.rpartition("/")[2]
            if name == "google.rpc.ErrorInfo":
                reason = self.named(name).FromString(detail.value).reason
            elif name == "google.rpc.BadRequest":
                violations = self.named(name).FromString(detail.value).field_violations
                parts = [f"{each.field} {each.description}" for each in violations]
        return reason, "; ".join(parts)


def connect(url: str, authority: Path | None) -> grpc.Channel:
    """`http://host:port` in plain text, `https://…` by TLS, with an authority other than the usual
    ones where a file names it."""
    parts = urlsplit(url if "//" in url else f"http://{url}")
    address = f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
    if parts.scheme == "https":
        roots = authority.read_bytes() if authority else None
        return grpc.secure_channel(address, grpc.ssl_channel_credentials(roots), OPTIONS)
    return grpc.insecure_channel(address, OPTIONS)


class Stream:
    """One call of a method that answers each message with one."""

    def __init__(self, channel: grpc.Channel, messages: Messages, service: str, method: str,
                 metadata: list[tuple[str, str]], may_get_another_token: bool):
        self._messages = messages
        self._may_get_another_token = may_get_another_token
        self._queue: queue.SimpleQueue = queue.SimpleQueue()
        request, answer = messages.of_method(service, method)
        call = channel.stream_stream(f"/{service}/{method}", request.SerializeToString,
                                     answer.FromString)
        self._call = call(iter(self._queue.get, None), metadata=metadata)

    def send(self, message) -> None:
        self._queue.put(message)

    def receive(self):
        """The next answer."""
        try:
            return next(self._call)
        except StopIteration:
            raise Refused("the gateway has ended the stream", "", True) from None
        except grpc.RpcError as error:
            raise self._refusal(error) from None

    def close(self) -> None:
        self._queue.put(None)
        self._call.cancel()

    def _refusal(self, error: grpc.RpcError) -> Refused:
        trailers = dict(error.trailing_metadata() or ())
        status = self._messages.named("google.rpc.Status").FromString(
            trailers.get("grpc-status-details-bin", b""))
        reason, detail = self._messages.reason_and_detail(status)
        code = error.code()
        is_passing = code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.ABORTED,
                              grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.DEADLINE_EXCEEDED,
                              grpc.StatusCode.INTERNAL, grpc.StatusCode.CANCELLED)
        if reason == "MESSAGE_TOO_LARGE":
            is_passing = False
        # It is looked at with each message, and a file may hold the next one.
        is_passing = is_passing or reason == "TOKEN_EXPIRED" and self._may_get_another_token
        text = " ".join((detail or error.details() or "no more is known").split())
        return Refused(f"{reason or code.name}: {text}", reason, is_passing)
