"""fal's own JavaScript client on Node, unmodified, in both ways in which it can be pointed here."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.rigs.node import JS, node_env
from tests.rigs.photoplay import Server

SCRIPT = JS / "client.test.mjs"
CLAIMS = re.findall(r'^test\("(.+)",', SCRIPT.read_text("utf-8"), re.MULTILINE)

SLOW = "sleep=300"


@pytest.mark.parametrize("by", ["proxy", "middleware"])
def test_the_javascript_client_does_all_it_can_do(
    by: str, photoplay_server: Server, node: Path, still: Path
) -> None:
    """The claims are the names of the tests in the script; each must have run."""
    done = subprocess.run(
        [node, "--test", "--test-reporter=tap", SCRIPT.name],
        cwd=JS,
        env=node_env(
            PHOTOPLAY_SERVER=photoplay_server.url,
            PHOTOPLAY_BY=by,
            PHOTOPLAY_STILL=str(still),
            PHOTOPLAY_SLOW=SLOW,
            FAL_KEY=photoplay_server.key,
        ),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr + photoplay_server.troubles()
    passed = re.findall(r"^ok \d+ - (.+)$", done.stdout, re.MULTILINE)
    assert sorted(passed) == sorted(CLAIMS)
