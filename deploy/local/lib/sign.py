"""Signs a token; see the command `token`."""

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


def main() -> None:
    folder, issuer = Path(sys.argv[1]), sys.argv[2]
    jwks = json.loads((folder / "jwks.json").read_text())
    parser = argparse.ArgumentParser(prog="token", allow_abbrev=False)
    parser.add_argument("--account", required=True)
    parser.add_argument("--roles", default="")
    parser.add_argument("--sub")
    parser.add_argument("--ttl", type=duration, default=duration("10m"))
    parser.add_argument("--email")
    parser.add_argument("--email_verified", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--aud", default="partnerlink")
    parser.add_argument("--iss", default=issuer)
    parser.add_argument("--kid", default=jwks["keys"][0]["kid"])
    options = parser.parse_args(sys.argv[3:])

    now = int(time.time())
    claims = {
        "iss": options.iss,
        "aud": options.aud,
        "sub": options.sub or options.account.rpartition("/")[2] + "-person",
        "iat": now,
        "exp": now + options.ttl,
        "account": options.account,
        "roles": [role for role in options.roles.split(",") if role],
    }
    if options.email:
        claims |= {"email": options.email, "email_verified": options.email_verified}
    key = (folder / "token_key.pem").read_text()
    print(jwt.encode(claims, key, algorithm="ES256", headers={"kid": options.kid}))


if __name__ == "__main__":
    main()
