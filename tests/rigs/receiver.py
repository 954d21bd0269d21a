"""Someone's server that is called by webhooks, and checks them as fal's documentation says."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


@dataclass(frozen=True)
class Call:
    """A request that a receiver got; header names in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def request_id(self) -> str:
        return str(json.loads(self.body)["request_id"])


@dataclass
class Receiver:
    """Someone's server. `answer` gives the status of each call; it may take its time."""

    url: str
    answer: Callable[[Call], int]
    calls: list[Call] = field(default_factory=list)
    ended: int = 0

    def got(self, count: int) -> Callable[[], bool]:
        return lambda: self.ended >= count


@contextmanager
def receiving(answer: Callable[[Call], int] = lambda call: 200) -> Iterator[Receiver]:  # noqa: ARG005
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): text for name, text in self.headers.items()}
            call = Call(self.path, headers, content)
            receiver.calls.append(call)
            status = receiver.answer(call)
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"{receiver.url}/elsewhere")
            self.end_headers()
            receiver.ended += 1

        def log_message(self, *arguments: object) -> None: ...

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *arguments: object) -> None: ...  # a caller that hung up

    with Quiet(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(f"http://127.0.0.1:{server.server_port}", answer)
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


def verified(call: Call, jwks: dict[str, Any], now: float) -> bool:
    """As https://fal.ai/docs/documentation/model-apis/inference/webhooks says, line by line."""
    stamp = call.headers["x-fal-webhook-timestamp"]
    if abs(now - int(stamp)) > 300:
        return False
    lines = [
        call.headers["x-fal-webhook-request-id"],
        call.headers["x-fal-webhook-user-id"],
        stamp,
        hashlib.sha256(call.body).hexdigest(),
    ]
    signature = bytes.fromhex(call.headers["x-fal-webhook-signature"])
    for key in jwks["keys"]:
        assert key["kty"] == "OKP"
        assert key["crv"] == "Ed25519"
        public = base64.urlsafe_b64decode(key["x"] + "=" * (-len(key["x"]) % 4))
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, "\n".join(lines).encode())
        except InvalidSignature:
            continue
        return True
    return False
