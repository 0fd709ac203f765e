"""Tokens as the identity provider of a local copy makes them, and as a forger would."""

import base64
import functools
import hmac
import json
import time
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

ISSUER = "https://identity.partnerlink.example"
# Everything that was ever signed here: none of it may be found where secrets must not be.
ISSUED: set[str] = set()


@functools.cache
def _key(folder: Path) -> tuple[str, str]:
    secrets = folder / "secrets"
    kid = json.loads((secrets / "jwks.json").read_text())["keys"][0]["kid"]
    return (secrets / "token_key.pem").read_text(), kid


def claims(account: str, roles: list[str], /, **changes) -> dict:
    """What a token says; a change to None leaves the claim out."""
    now = int(time.time())
    made = {
        "iss": ISSUER, "aud": "partnerlink", "sub": account.rpartition("/")[2] + "-person",
        "iat": now, "exp": now + 600, "account": account, "roles": roles,
    } | changes
    return {name: value for name, value in made.items() if value is not None}


def sign(folder: Path, account: str, roles: list[str], /, *, kid: str | None = None,
         **changes) -> str:
    """A token of the copy in `folder`."""
    key, own_kid = _key(folder)
    token = jwt.encode(claims(account, roles, **changes), key, algorithm="ES256",
                       headers={"kid": kid or own_kid})
    ISSUED.add(token)
    return token


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def bad_tokens(folder: Path, account: str, roles: list[str]) -> dict[str, tuple[str, str]]:
    """Tokens that must be refused, by what is wrong with them, each with the reason."""
    key, kid = _key(folder)
    now = int(time.time())
    other = ec.generate_private_key(ec.SECP256R1())
    good = sign(folder, account, roles)
    head, body, signature = good.split(".")

    def signed(reason: str = "TOKEN_INVALID", **changes) -> tuple[str, str]:
        return sign(folder, account, roles, **changes), reason

    def encoded(header: dict, payload: dict) -> str:
        return ".".join(base64url(json.dumps(part).encode()) for part in (header, payload))

    def hs256(secret: dict) -> str:
        """By hand: the library refuses to sign with a public key."""
        text = encoded({"alg": "HS256", "kid": kid}, claims(account, roles))
        made = hmac.digest(json.dumps(secret).encode(), text.encode(), "sha256")
        return f"{text}.{base64url(made)}"

    escalated = encoded({"alg": "ES256", "kid": kid}, claims("operators", ["operator"]))
    public = json.loads((folder / "secrets/jwks.json").read_text())["keys"][0]
    return {
        "expired": signed("TOKEN_EXPIRED", iat=now - 900, exp=now - 120),
        "other key": (jwt.encode(claims(account, roles), other, algorithm="ES256",
                                 headers={"kid": kid}), "TOKEN_INVALID"),
        "unknown kid": signed(kid="nobody"),
        "wrong audience": signed(aud="billing"),
        "wrong issuer": signed(iss="https://elsewhere.example"),
        "no expiry": signed(exp=None),
        "lives too long": signed(exp=now + 3600),
        "altered payload": (f"{escalated}.{signature}", "TOKEN_INVALID"),
        "no signature": (f"{head}.{body}.", "TOKEN_INVALID"),
        "alg none": (encoded({"alg": "none"}, claims(account, roles)) + ".", "TOKEN_INVALID"),
        "HS256 with the public key": (hs256(public), "TOKEN_INVALID"),
        "not a token": ("partners.contoso.admin", "TOKEN_INVALID"),
        "no account": signed(account=None),
        "unknown family": signed(account="vendors/contoso"),
        "role of another family": signed(roles=["operator"] if account != "operators"
                                         else ["billing_admin"]),
    }
