"""Makes the key that signs local tokens, and its public half as a JWKS, unless they are there."""

import hashlib
import json
import os
import sys
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm


def write(path: Path, content: bytes) -> None:
    new = path.with_suffix(".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(content)
    new.rename(path)


def main() -> None:
    folder = Path(sys.argv[1])
    key_file, jwks_file = folder / "token_key.pem", folder / "jwks.json"
    if not key_file.exists():
        pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        write(key_file, pem)
        jwks_file.unlink(missing_ok=True)
    if not jwks_file.exists():
        key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
        public = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
        digest = hashlib.sha256((public["x"] + public["y"]).encode()).hexdigest()
        public |= {"kid": f"local-{digest[:12]}", "alg": "ES256", "use": "sig"}
        write(jwks_file, json.dumps({"keys": [public]}, indent=2).encode() + b"\n")


if __name__ == "__main__":
    main()
