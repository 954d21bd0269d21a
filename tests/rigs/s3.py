"""An S3-compatible server from an npm package: s3rver, which no one here wrote."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.rigs.node import MODULES, NODE, node_env
from tests.rigs.processes import Child

_LISTENS = re.compile(r"listening on ([\d.]+):(\d+)")


@dataclass(frozen=True)
class S3Server:
    """A running server with one empty bucket. It knows a single account."""

    endpoint: str
    bucket: str = "photoplay-test"
    key: str = "S3RVER"
    secret: str = "S3RVER"
    region: str = "us-east-1"

    def settings(self) -> dict[str, str]:
        """Settings of an installation that keeps its media there."""
        return {
            "bucket": f"s3://{self.bucket}",
            "bucket_endpoint": self.endpoint,
            "bucket_region": self.region,
            "bucket_key": self.key,
            "bucket_secret": self.secret,
        }


@contextmanager
def running_s3_server() -> Iterator[S3Server]:
    """A server with a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="s3-") as folder:
        home = Path(folder)
        script = MODULES / "s3rver" / "bin" / "s3rver.js"
        command = [str(NODE), str(script), "--directory", str(home / "data")]
        command += ["--address", "127.0.0.1", "--port", "0", "--no-vhost-buckets"]
        command += ["--configure-bucket", S3Server.bucket]
        # Its copy of the AWS library says that it is old; that is not news to a test.
        child = Child(command, home / "log", env=node_env(NODE_NO_WARNINGS="1"))
        try:
            child.wait_until(lambda: bool(_LISTENS.search(child.said())), "the S3 server listens")
            listens = _LISTENS.search(child.said())
            assert listens is not None
            yield S3Server(f"http://{listens[1]}:{listens[2]}")
        finally:
            child.stop()
