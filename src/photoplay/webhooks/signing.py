"""Signatures by which a receiver tells our webhooks from anyone's, as fal signs its own.

Ed25519 over four lines: request id, user id, time, SHA-256 of the body in hex. Receivers fetch the
public key from `/.well-known/jwks.json`.
"""

from __future__ import annotations

import base64
import hashlib
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from photoplay.database import Database

KEY_NAME = "webhook-signing"


class Signer:
    """Signs with the key of an installation, which is made on first use. For all threads."""

    def __init__(self, database: Database) -> None:
        kept = database.secret(KEY_NAME, lambda: Ed25519PrivateKey.generate().private_bytes_raw())
        self._key = Ed25519PrivateKey.from_private_bytes(kept)

    def headers(self, request_id: str, user_id: str, body: bytes, *, at: float) -> dict[str, str]:
        """The four headers of a webhook with this body, sent at `at` (seconds since 1970)."""
        time = str(int(at))
        signed = "\n".join([request_id, user_id, time, hashlib.sha256(body).hexdigest()])
        return {
            "X-Fal-Webhook-Request-Id": request_id,
            "X-Fal-Webhook-User-Id": user_id,
            "X-Fal-Webhook-Timestamp": time,
            "X-Fal-Webhook-Signature": self._key.sign(signed.encode()).hex(),
        }

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The public key as a JSON Web Key Set (RFC 8037); `kid` is its thumbprint (RFC 7638)."""
        public = {"crv": "Ed25519", "kty": "OKP", "x": _base64url(self._public_bytes())}
        thumbprint = hashlib.sha256(json.dumps(public, separators=(",", ":")).encode()).digest()
        return {"keys": [{**public, "kid": _base64url(thumbprint), "alg": "EdDSA", "use": "sig"}]}

    def _public_bytes(self) -> bytes:
        return self._key.public_key().public_bytes_raw()


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
