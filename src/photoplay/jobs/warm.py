"""Imported by the fork server before it forks: all that renders, in a process of one thread.

A fork copies the calling thread only, so a lock that another one held would stay locked for ever.
OpenBLAS makes its threads when it is loaded, hence the variable; OpenCV and FFmpeg make theirs in
the child. An engine that cannot be imported is not missed here: the render that asks for it says
what is wrong with it.
"""

from __future__ import annotations

import os
from contextlib import suppress

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from importlib.metadata import entry_points

import photoplay.render  # noqa: F401
from photoplay.engine import GROUP

for _entry in entry_points(group=GROUP):
    with suppress(Exception):
        _entry.load()
