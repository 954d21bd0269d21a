"""Compiles the built-in engine's kernel when the package is built, also for editable installs.

The compiler comes with the build requirements (`ziglang`, a C compiler in a wheel), so a bare
machine needs none, and every machine compiles with the same one. The kernel calls nothing outside
itself: a build runs with any C library of its system.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = "src/photoplay/engines/parallax/kernel"
FLAGS = (
    *("-std=c11", "-O3", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror"),
    *("-shared", "-nostdlib", "-fvisibility=hidden", "-fno-stack-check", "-fno-sanitize=all"),
)
# What NumPy asks of an x86 processor, too, and what those since 2013 have.
LEVELS = {"native": "x86_64_v2", "x86_64_v3": "x86_64_v3"}


class KernelBuildHook(BuildHookInterface[Any]):
    """Puts `film-*.kernel` beside `film.c` and into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Compile, once for each level of instructions."""
        if self.target_name != "wheel":
            return
        folder = Path(self.root, FOLDER)
        is_x86 = platform.machine().lower() in {"x86_64", "amd64"}
        for name, processor in LEVELS.items() if is_x86 else [("native", "baseline")]:
            compile_kernel(folder / "film.c", folder / f"film-{name}.kernel", processor)
        build_data["artifacts"].append(f"/{FOLDER}/*.kernel")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{_platform_tag()}"


def compile_kernel(source: Path, target: Path, processor: str) -> None:
    """Compile `source` for a processor, as zig names it; `target` appears whole or not at all."""
    with tempfile.TemporaryDirectory() as scratch:
        built = Path(scratch, target.name)
        caches = {f"ZIG_{scope}_CACHE_DIR": scratch for scope in ("LOCAL", "GLOBAL")}
        command = [sys.executable, "-m", "ziglang", "cc", *FLAGS, f"-mcpu={processor}"]
        if sys.platform != "win32":
            command.append("-fPIC")
        command += [str(source), "-o", str(built)]
        subprocess.run(command, check=True, env=os.environ | caches)
        part = target.with_suffix(".part")
        part.write_bytes(built.read_bytes())
        part.replace(target)


def _platform_tag() -> str:
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")
