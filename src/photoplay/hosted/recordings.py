"""Bought clips as files that can be replayed: for tests and CI that run offline and for nothing.

A recording is two files named by the canonical request: the clip, and a JSON document that says
what it is a clip of. They are plain enough to be kept beside the tests that use them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from photoplay.dialects.provider import Json
from photoplay.errors import InvalidRequest, NotFound, SettingInvalid
from photoplay.files import replacing
from photoplay.hosted.purchase import fingerprint, sha256_of

_MOST_BYTES = 1024**2  # of a document
_MOST_SHOWN = 3  # differing fields that an error names


@dataclass(frozen=True, slots=True)
class Recording:
    """A recorded clip. `request` is canonical: files are named by their SHA-256."""

    clip: Path
    endpoint: str
    request: Json
    provider: str
    seed: int | None


class Recordings:
    """A folder of recordings. It is made when something is recorded."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def record(
        self, clip: Path, *, endpoint: str, request: Json, provider: str, seed: int | None
    ) -> Path:
        """Keep a clip for replay; the path of its document. Raises OutputUnwritable."""
        name = fingerprint(endpoint, request)
        document = {
            "endpoint": endpoint,
            "request": request,
            "provider": provider,
            "seed": seed,
            "sha256": sha256_of(clip),
        }
        path = self._folder / f"{name}.json"
        self._folder.mkdir(parents=True, exist_ok=True)
        with replacing(self._clip(name)) as part:
            shutil.copyfile(clip, part)
        with replacing(path) as part:
            part.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")
        return path

    def find(self, endpoint: str, request: Json) -> Recording:
        """The recording of that request. Raises NotFound, InvalidRequest for a damaged one."""
        name = fingerprint(endpoint, request)
        path = self._folder / f"{name}.json"
        if not path.exists():
            raise self._missing(endpoint, request)
        document = _read(path)
        clip = self._clip(name)
        if not clip.exists() or sha256_of(clip) != document.get("sha256"):
            raise InvalidRequest(
                f"{clip} is not the clip that was recorded",
                rule="a recording is its two files as they were written",
                fix="Restore it, or record it again",
            )
        seed, provider = document.get("seed"), str(document.get("provider"))
        return Recording(clip, endpoint, request, provider, seed if _is_whole(seed) else None)

    def _clip(self, name: str) -> Path:
        return self._folder / f"{name}.mp4"

    def _missing(self, endpoint: str, request: Json) -> NotFound:
        nearest = min(self._differences(endpoint, request), key=len, default=None)
        if nearest is None:
            known = "nothing of this endpoint is"
        else:
            shown = ", ".join(nearest[:_MOST_SHOWN])
            more = f" and {len(nearest) - _MOST_SHOWN} more" if len(nearest) > _MOST_SHOWN else ""
            known = f"the nearest differs in {shown}{more}"
        return NotFound(
            f"no recording in {self._folder} is of this request to {endpoint}; {known}",
            rule="only what was recorded is replayed, and for the very same request",
            fix="Send it once to a hosted engine with PHOTOPLAY_RECORDINGS set",
        )

    def _differences(self, endpoint: str, request: Json) -> Iterator[list[str]]:
        """Fields in which each recording of that endpoint differs."""
        for path in sorted(self._folder.glob("*.json")):
            document = _read(path)
            other = document.get("request")
            if document.get("endpoint") == endpoint and isinstance(other, Mapping):
                yield sorted(
                    name for name in {*request, *other} if request.get(name) != other.get(name)
                )


def open_recordings(folder: Path | None) -> Recordings:
    """The recordings of that folder. Raises SettingInvalid without one."""
    if folder is None:
        raise SettingInvalid(
            "the setting recordings is not set",
            rule="the engine replay gives back clips of a folder",
            fix="Set PHOTOPLAY_RECORDINGS to the folder that they were recorded in",
        )
    return Recordings(folder)


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size <= _MOST_BYTES:
            document = json.loads(path.read_text("utf-8"))
            if isinstance(document, dict):
                return document
    except (OSError, ValueError, RecursionError):
        pass
    raise InvalidRequest(
        f"{path} cannot be read as the document of a recording",
        rule="it is a small JSON object",
        fix="Restore it, or record it again",
    )


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
