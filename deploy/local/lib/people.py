"""People who call the gateway by HTTP and JSON."""

import http.client
import json
import ssl
import threading
import time
import urllib.parse
import uuid
from dataclasses import dataclass

# Refusals that say: the same call again, a little later.
PASSING = {"CONFLICT", "OVERLOADED", "DEPENDENCY_UNAVAILABLE"}
ATTEMPTS = 8
# Of the ids by which a repeated call is known.
REQUEST_IDS = uuid.UUID("2f1c6f0e-52a5-5c53-8a43-8d4f7f0c6b11")


class Refused(Exception):
    """The gateway answered a call with a refusal."""

    def __init__(self, call: str, reason: str, message: str):
        super().__init__(f"{call} was refused: {reason}: {message}")
        self.reason = reason


@dataclass(frozen=True)
class Gateway:
    """Where people call; by https, the authority of this file vouches for it."""

    url: str
    authority: str

    def connect(self) -> http.client.HTTPConnection:
        parts = urllib.parse.urlsplit(self.url)
        if parts.scheme == "http":
            return http.client.HTTPConnection(parts.netloc, timeout=30)
        trust = ssl.create_default_context(cafile=self.authority)
        return http.client.HTTPSConnection(parts.netloc, timeout=30, context=trust)


class Person:
    """Somebody with a token. Each thread has a connection of its own."""

    _own = threading.local()

    def __init__(self, gateway: Gateway, token: str, headers: dict[str, str] | None = None):
        self._gateway = gateway
        self._headers = {"authorization": f"Bearer {token}"} | (headers or {})
        # Of the last call of this person.
        self.consistency_token = ""

    def get(self, path: str, **query: str) -> dict:
        question = "?" + urllib.parse.urlencode(query) if query else ""
        return self._call("GET", f"/v1/{path}{question}", None)

    def post(self, path: str, body: dict) -> dict:
        return self._call("POST", f"/v1/{path}", body)

    def patch(self, path: str, body: dict, **query: str) -> dict:
        return self._call("PATCH", f"/v1/{path}?{urllib.parse.urlencode(query)}", body)

    def _call(self, verb: str, target: str, body: dict | None) -> dict:
        for attempt in range(1, ATTEMPTS + 1):
            response, content = self._exchange(verb, target, body)
            if response.status == 200:
                self.consistency_token = response.getheader("partnerlink-consistency-token", "")
                return content
            reason = reason_of(content)
            if reason not in PASSING or attempt == ATTEMPTS:
                raise Refused(f"{verb} {target}", reason or str(response.status),
                              content.get("message", ""))
            time.sleep(0.1 * attempt)
        raise AssertionError("the last attempt answers or raises")

    def _exchange(self, verb: str, target: str, body: dict | None):
        content = None if body is None else json.dumps(body).encode()
        headers = self._headers | ({"content-type": "application/json"} if content else {})
        connection = self._connection()
        try:
            connection.request(verb, target, body=content, headers=headers)
            response = connection.getresponse()
            return response, read(response.read())
        except (OSError, http.client.HTTPException):
            connection.close()
            raise

    def _connection(self) -> http.client.HTTPConnection:
        connections = self._own.__dict__.setdefault("connections", {})
        if self._gateway not in connections:
            connections[self._gateway] = self._gateway.connect()
        return connections[self._gateway]


def read(content: bytes) -> dict:
    """An answer's JSON; what is none is its message."""
    try:
        return json.loads(content)
    except ValueError:
        return {"message": content.decode(errors="replace")[:200]}


def reason_of(content: dict) -> str:
    return next((detail["reason"] for detail in content.get("details", [])
                 if detail.get("domain") == "partnerlink"), "")


def request_id(*what) -> str:
    """The same for the same: by it a call that is repeated changes nothing."""
    return str(uuid.uuid5(REQUEST_IDS, json.dumps(what, sort_keys=True)))
