"""The settings of one deployment, read from a TOML file and checked."""

import ipaddress
import re
import tomllib
from dataclasses import dataclass, fields
from urllib.parse import urlsplit


class SettingsError(Exception):
    """The settings cannot be used; the text names the setting and says why."""


@dataclass(frozen=True)
class Gateway:
    """Where the gateway listens. With a certificate it speaks TLS, without one plaintext."""

    address: str
    port: int
    admin_port: int
    admin_address: str = "127.0.0.1"
    # Serves `GET /metrics` and nothing else of the admin page, to every address; 0: no such port.
    metrics_port: int = 0
    # Proxies in front of the gateway whose x-forwarded-for is believed.
    trusted_hops: int = 0
    certificate_file: str = ""
    key_file: str = ""


@dataclass(frozen=True)
class UpstreamTls:
    """The gateway's certificate, SAN spiffe://partnerlink/gateway, and the services' authority."""

    certificate_file: str
    key_file: str
    ca_file: str


@dataclass(frozen=True)
class Jwt:
    """Who signs tokens: exactly one of jwks_file (never re-read) and jwks_uri (rotates)."""

    issuer: str
    audience: str = "partnerlink"
    jwks_file: str = ""
    jwks_uri: str = ""
    jwks_ca_file: str = "/etc/ssl/certs/ca-certificates.crt"


@dataclass(frozen=True)
class Limits:
    """Coarse limits of one gateway; the services have finer ones."""

    calls_per_second: int = 5000
    account_calls_per_second: int = 600
    connections: int = 5000
    body_bytes: int = 1048576
    response_bytes: int = 16777216


@dataclass(frozen=True)
class Cors:
    """Origins of web pages that may call; none: no page may."""

    allow_origins: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """One deployment. `upstreams` maps a service to its `host:port`."""

    gateway: Gateway
    upstream_tls: UpstreamTls
    jwt: Jwt
    upstreams: dict[str, tuple[str, int]]
    limits: Limits
    cors: Cors


def read(path: str) -> Settings:
    """Reads and checks the file at `path`; raises SettingsError."""
    try:
        with open(path, "rb") as file:
            document = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    unknown = document.keys() - {field.name for field in fields(Settings)}
    if unknown:
        raise SettingsError(f"unknown table [{sorted(unknown)[0]}]")
    settings = Settings(
        gateway=_table(Gateway, "gateway", document),
        upstream_tls=_table(UpstreamTls, "upstream_tls", document),
        jwt=_table(Jwt, "jwt", document),
        upstreams=_upstreams(document.get("upstreams", {})),
        limits=_table(Limits, "limits", document),
        cors=_table(Cors, "cors", document),
    )
    _check(settings)
    return settings


def is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _table(kind, name: str, document: dict):
    values = dict(document.get(name, {}))
    for field in fields(kind):
        if field.name not in values:
            continue
        value = values[field.name]
        if isinstance(value, list):
            values[field.name] = value = tuple(value)
        expected = tuple if field.name == "allow_origins" else field.type
        if type(value) is not expected:
            raise SettingsError(f"{name}.{field.name} has the wrong type")
    try:
        return kind(**values)
    except TypeError as error:
        why = str(error).removeprefix(f"{kind.__name__}.__init__() ")
        raise SettingsError(f"[{name}]: {why}") from None


def _upstreams(table: dict) -> dict[str, tuple[str, int]]:
    upstreams = {}
    for name, value in table.items():
        host, _, port = str(value).rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65536:
            raise SettingsError(f"upstreams.{name} must be host:port")
        upstreams[name] = (host.strip("[]"), int(port))
    return upstreams


def _check(settings: Settings) -> None:
    gateway, jwt, limits = settings.gateway, settings.jwt, settings.limits
    for name in ("port", "admin_port"):
        if not 0 < getattr(gateway, name) < 65536:
            raise SettingsError(f"gateway.{name} must be 1 to 65535")
    if not 0 <= gateway.metrics_port < 65536:
        raise SettingsError("gateway.metrics_port must be 0 to 65535")
    for name in ("address", "admin_address"):
        if not is_ip(getattr(gateway, name)):
            raise SettingsError(f"gateway.{name} must be an IP address")
    if bool(gateway.certificate_file) != bool(gateway.key_file):
        raise SettingsError("gateway.certificate_file and gateway.key_file go together")
    files = [gateway.certificate_file, gateway.key_file, jwt.jwks_file, jwt.jwks_ca_file]
    files += [getattr(settings.upstream_tls, field.name) for field in fields(UpstreamTls)]
    for file in filter(None, files):
        if not file.startswith("/"):
            raise SettingsError(f"{file}: file names must be absolute")
    if not jwt.issuer or not jwt.audience:
        raise SettingsError("jwt.issuer and jwt.audience must not be empty")
    if bool(jwt.jwks_file) == bool(jwt.jwks_uri):
        raise SettingsError("give exactly one of jwt.jwks_file and jwt.jwks_uri")
    if jwt.jwks_uri and not (
        urlsplit(jwt.jwks_uri).scheme in ("http", "https") and urlsplit(jwt.jwks_uri).hostname
    ):
        raise SettingsError("jwt.jwks_uri must be an http or https address")
    for field in fields(Limits):
        if getattr(limits, field.name) < 1:
            raise SettingsError(f"limits.{field.name} must be positive")
    for origin in settings.cors.allow_origins:
        if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d+)?", str(origin)):
            raise SettingsError(f"cors.allow_origins: {origin} is no origin")
