"""A real issuer of OpenID Connect tokens: it answers HTTP on this machine and signs with keys made here."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

AUDIENCE = "matcher"

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def ed_key() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


def _jwk(key: PrivateKey) -> dict[str, Any]:
    match key:
        case rsa.RSAPrivateKey():
            return RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        case ec.EllipticCurvePrivateKey():
            return ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
        case _:
            return OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)


class Issuer:
    """Private keys by id, and the public ones as a JWKS; counts how often it was asked for them."""

    def __init__(self) -> None:
        self.keys: dict[str, tuple[PrivateKey, str]] = {}
        self.asked = 0
        self.down = False
        self.named: str | None = None
        issuer = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if issuer.down:
                    self.send_error(500)
                    return
                body = json.dumps(issuer.answer(self.path)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/realms/park"

    def answer(self, path: str) -> dict[str, Any]:
        if path.endswith("/.well-known/openid-configuration"):
            return {"issuer": self.named or self.url, "jwks_uri": f"{self.url}/certs"}
        self.asked += 1
        return {
            "keys": [
                {**_jwk(key), "kid": name, "alg": algorithm, "use": "sig"}
                for name, (key, algorithm) in self.keys.items()
            ]
        }

    def claims(self, **changed: Any) -> dict[str, Any]:
        """What a good token says; a claim changed to None is left out."""
        now = int(time.time())
        said = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "8a1f-0001",
            "preferred_username": "示例赵明",
            "iat": now,
            "exp": now + 300,
            "matcher_role": "operator",
            "matcher_parks": ["jia"],
        }
        return {name: value for name, value in (said | changed).items() if value is not None}

    def token(self, kid: str = "rsa-1", **changed: Any) -> str:
        """A token signed with one of the issuer's keys."""
        key, algorithm = self.keys[kid]
        return jwt.encode(self.claims(**changed), key, algorithm=algorithm, headers={"kid": kid})


@contextmanager
def issuing() -> Iterator[Issuer]:
    """An issuer with an RSA key, until the block ends."""
    issuer = Issuer()
    issuer.keys["rsa-1"] = (rsa_key(), "RS256")
    thread = threading.Thread(target=issuer.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield issuer
    finally:
        issuer.server.shutdown()
        thread.join()
        issuer.server.server_close()
