"""One gRPC call over HTTP/2 by hand: any header, any bytes, over plaintext or mutual TLS."""

import base64
import socket
import ssl
import struct
from dataclasses import dataclass
from pathlib import Path

import h2.config
import h2.connection
import h2.events

GOAWAY = 7
NO_ERROR = bytes(4)


@dataclass
class RawAnswer:
    """What came back; `reset` where the stream was cut."""

    headers: dict[str, str]
    data: bytes
    reset: int | None

    @property
    def code(self) -> int | None:
        return int(self.headers["grpc-status"]) if "grpc-status" in self.headers else None

    @property
    def details(self) -> bytes:
        encoded = self.headers.get("grpc-status-details-bin", "")
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4))


def mutual_tls(authority: Path, certificate: Path | None, key: Path | None) -> ssl.SSLContext:
    """A peer's side; without a certificate a stranger's. Names are not checked here."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(authority)
    if certificate:
        context.load_cert_chain(certificate, key)
    context.set_alpn_protocols(["h2"])
    return context


class Connection:
    """One connection, one call at a time."""

    def __init__(self, port: int, tls: ssl.SSLContext | None = None, timeout: float = 15):
        plain = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.socket = tls.wrap_socket(plain) if tls else plain
        settings = h2.config.H2Configuration(
            client_side=True, header_encoding="utf-8", validate_outbound_headers=False,
            normalize_outbound_headers=False)
        self._buffer = b""
        self._h2 = h2.connection.H2Connection(settings)
        self._h2.initiate_connection()
        self._flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def call(self, path: str, message: bytes, headers: list[tuple[str, str]] = (),
             authority: str = "127.0.0.1", reserved: bytes | None = None) -> RawAnswer:
        """A unary call; `reserved` replaces the whole framed body."""
        answer = RawAnswer({}, b"", None)
        stream, ended = self._ask(path, message, headers, authority, reserved, answer)
        while not ended:
            ended = self._receive(stream, answer)
        return answer

    def ask(self, path: str, message: bytes, headers: list[tuple[str, str]]) -> None:
        """A unary call whose answer nobody reads."""
        self._ask(path, message, headers, "127.0.0.1", None, RawAnswer({}, b"", None))

    def cut(self) -> None:
        """Resets the connection: what was on its way to here is lost."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def _ask(self, path: str, message: bytes, headers: list[tuple[str, str]], authority: str,
             reserved: bytes | None, answer: RawAnswer) -> tuple[int, bool]:
        stream = self._h2.get_next_available_stream_id()
        self._h2.send_headers(stream, [
            (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", authority),
            ("content-type", "application/grpc"), ("te", "trailers"), *headers])
        body = struct.pack(">BI", 0, len(message)) + message if reserved is None else reserved
        return stream, self._send(stream, body, answer)

    def _send(self, stream: int, body: bytes, answer: RawAnswer) -> bool:
        while body:
            room = min(self._h2.local_flow_control_window(stream),
                       self._h2.max_outbound_frame_size, len(body))
            if room == 0:
                if self._receive(stream, answer):
                    return True
                continue
            self._h2.send_data(stream, body[:room])
            body = body[room:]
            self._flush()
        self._h2.end_stream(stream)
        self._flush()
        return False

    def _receive(self, stream: int, answer: RawAnswer) -> bool:
        received = self.socket.recv(65536)
        if not received:
            answer.reset = -1
            return True
        ended = False
        for event in self._events(received):
            if isinstance(event, (h2.events.ResponseReceived, h2.events.TrailersReceived)):
                answer.headers |= dict(event.headers)
            elif isinstance(event, h2.events.DataReceived):
                answer.data += event.data
                self._h2.acknowledge_received_data(event.flow_controlled_length, stream)
            elif isinstance(event, (h2.events.StreamReset, h2.events.ConnectionTerminated)):
                answer.reset, ended = int(event.error_code), True
            elif isinstance(event, h2.events.StreamEnded):
                ended = True
        self._flush()
        return ended

    def _events(self, received: bytes):
        """Of the frames that are whole, but for a polite GOAWAY: h2 would take it for the end of the
        calls in flight too."""
        self._buffer += received
        while len(self._buffer) >= 9:
            end = 9 + int.from_bytes(self._buffer[:3], "big")
            if len(self._buffer) < end:
                return
            frame, self._buffer = self._buffer[:end], self._buffer[end:]
            if frame[3] != GOAWAY or frame[13:17] != NO_ERROR:
                yield from self._h2.receive_data(frame)

    def _flush(self) -> None:
        self.socket.sendall(self._h2.data_to_send())
