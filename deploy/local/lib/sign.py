"""Signs tokens; see the command `token`."""

import argparse
import json
import re
import sys
import time
from pathlib import Path

import jwt

SECONDS = {"s": 1, "m": 60, "h": 3600}


def duration(text: str) -> int:
    match = re.fullmatch(r"(-?\d+)([smh])", text)
    if not match:
        raise argparse.ArgumentTypeError("a whole number with s, m or h, such as 10m")
    return int(match[1]) * SECONDS[match[2]]


class Signer:
    """Signs with the key in the folder `secrets` of a copy."""

    def __init__(self, secrets: Path):
        self.kid = json.loads((secrets / "jwks.json").read_text())["keys"][0]["kid"]
        self._key = (secrets / "token_key.pem").read_text()

    def sign(self, issuer: str, account: str, roles: list[str], *, sub: str | None = None,
             ttl: int = duration("10m"), audience: str = "partnerlink", kid: str | None = None,
             **claims) -> str:
        now = int(time.time())
        claims |= {
            "iss": issuer,
            "aud": audience,
            "sub": sub or account.rpartition("/")[2] + "-person",
            "iat": now,
            "exp": now + ttl,
            "account": account,
            "roles": roles,
        }
        return jwt.encode(claims, self._key, algorithm="ES256", headers={"kid": kid or self.kid})


def main() -> None:
    signer = Signer(Path(sys.argv[1]))
    parser = argparse.ArgumentParser(prog="token", allow_abbrev=False)
    parser.add_argument("--account", required=True)
    parser.add_argument("--roles", default="")
    parser.add_argument("--sub")
    parser.add_argument("--ttl", type=duration, default=duration("10m"))
    parser.add_argument("--email")
    parser.add_argument("--email_verified", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--aud", default="partnerlink")
    parser.add_argument("--iss", default=sys.argv[2])
    parser.add_argument("--kid", default=signer.kid)
    options = parser.parse_args(sys.argv[3:])

    mail = {}
    if options.email:
        mail = {"email": options.email, "email_verified": options.email_verified}
    roles = [role for role in options.roles.split(",") if role]
    print(signer.sign(options.iss, options.account, roles, sub=options.sub, ttl=options.ttl,
                      audience=options.aud, kid=options.kid, **mail))


if __name__ == "__main__":
    main()
