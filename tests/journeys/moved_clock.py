"""Another process of a service, whose time of day is not the database's."""

import datetime
import json
from glob import glob
from pathlib import Path

import tokens
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from extra import Extra

# Of the Debian package libfaketime; whatever asks how long something takes is left alone.
LIBRARY = "/usr/lib/*/faketime/libfaketimeMT.so.1"


class MovedService:
    """A service that believes it is `seconds` later, and how it is called: with tokens and
    certificates that are good by its clock. Its peers' may not be: it does without them."""

    def __init__(self, suite, service: str, seconds: int, folder: Path):
        self.seconds = seconds
        self._suite, self._folder = suite, folder
        certify(suite, ["gateway", service], folder)
        library, = glob(LIBRARY)
        environment = {"LD_PRELOAD": library, "FAKETIME": f"{seconds:+d}",
                       "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        self._process = Extra(
            suite, service, environment=environment, tls_ca_file=f"{self.authority}",
            tls_certificate_file=f"{self.certificate(service)}", tls_key_file=f"{self.key(service)}")

    # As of a suite, for calls at its data port.

    @property
    def authority(self) -> Path:
        return self.certificate("authority")

    def certificate(self, name: str) -> Path:
        return self._folder / f"{name}.crt"

    def key(self, name: str) -> Path:
        return self._suite.key(name)

    def data_port(self, service: str) -> int:
        return self._process.data_port()

    def token(self, account: str, roles: list[str], **claims) -> str:
        """Made now, as its clock says it."""
        now = int(tokens.claims(account, roles)["iat"]) + self.seconds
        return tokens.sign(self._suite.folder, account, roles, **{"iat": now, "exp": now + 600} | claims)

    def clock(self) -> datetime.datetime:
        """What it last believed the time to be."""
        last = json.loads(self._process.log.read_text().splitlines()[-1])
        return datetime.datetime.fromisoformat(last["time"])

    def end(self) -> None:
        self._process.end()


def certify(suite, names: list[str], folder: Path) -> None:
    """Certificates of the copy's own keys and authority that were good yesterday already."""
    key = read_key(suite.folder / "secrets/authority.key")
    authority = read_certificate(suite.authority)
    write(folder / "authority.crt", dated(authority, authority).sign(key, hashes.SHA256()))
    for name in names:
        write(folder / f"{name}.crt",
              dated(read_certificate(suite.certificate(name)), authority).sign(key, hashes.SHA256()))


def dated(certificate: x509.Certificate, authority: x509.Certificate) -> x509.CertificateBuilder:
    """The same certificate, a day longer."""
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder(
        authority.subject, certificate.subject, certificate.public_key(),
        x509.random_serial_number(), now - datetime.timedelta(days=1), now + datetime.timedelta(days=1))
    for extension in certificate.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    return builder


def read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    return serialization.load_pem_private_key(path.read_bytes(), None)


def read_certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def write(path: Path, certificate: x509.Certificate) -> None:
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
