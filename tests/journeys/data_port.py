"""Calls past the gateway, at a service's own port."""

import api
import raw_http2

# Of a message in its frame: a flag and the length.
PREFIX = 5


def service_of(method) -> str:
    return method.service.split(".")[1]


def raw_call(suite, method, certificate: str | None, message: bytes = b"", port: int = 0,
             token: str | None = None) -> api.Answer:
    """At the service's data port, or another of its kind, by mutual TLS as `certificate`."""
    tls = raw_http2.mutual_tls(
        suite.authority, certificate and suite.certificate(certificate),
        certificate and suite.key(certificate))
    port = port or suite.data_port(service_of(method))
    with raw_http2.Connection(port, tls) as connection:
        raw = connection.call(method.path, message, api.metadata_of(token, {}) if token else ())
    answer = api.Answer(api.CODE_NAMES.get(raw.code, f"reset {raw.reset}"))
    api.read_status(raw.details, answer)
    if answer.ok:
        response = api.PROTOSET.message(method.response.full_name)
        answer.body = api.as_dict(response.FromString(raw.data[PREFIX:]))
    return answer
