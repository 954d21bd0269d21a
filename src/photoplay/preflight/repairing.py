"""Repairs a request: its pictures, its prompts, and the spelling of its fields.

Nothing is guessed: what only the caller can decide (another length, which of two fields) stays as
it is and is still found. Files of a repaired request are inside it, as data URIs.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from photoplay.assets.sniff import HEAD_BYTES, sniff
from photoplay.catalogue import Endpoint, Field, Role
from photoplay.dialects.fal.body import AVOID, read_body
from photoplay.direction.refusals import split_negative_tail
from photoplay.errors import BodyInvalid, InvalidImage
from photoplay.images import MIN_SIDE_PX, read_picture
from photoplay.preflight.body import Json, prompts, put
from photoplay.preflight.checking import NO_FILES, check, with_files
from photoplay.preflight.fields import NEGATIVE_PROMPT, unknown_findings
from photoplay.preflight.findings import Finding
from photoplay.preflight.pictures import Source, sources
from photoplay.preflight.retouching import Retouching, retouched
from photoplay.preflight.shortening import MOST_CHARS, shortened
from photoplay.preflight.writing import Folder

ARGUMENTS = "arguments.json"
_NO_EFFECT = "had no effect"  # in what the reader of bodies says of unknown fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """What a repair made.

    `changes` are sentences without a full stop, `left_out` sentences of prompts that had no room,
    `findings` what is still to be mended by the caller.
    """

    arguments: Json
    files: tuple[Path, ...]
    changes: tuple[str, ...]
    left_out: tuple[str, ...]
    findings: tuple[Finding, ...]


def repair(
    endpoint: Endpoint,
    values: Mapping[str, Any],
    files: Mapping[str, Path] = NO_FILES,
    *,
    folder: Path,
    choices: Retouching = Retouching(),  # noqa: B008 (frozen)
    originals: Iterable[Path] = (),
    on: date | None = None,
) -> Repaired:
    """Write a request that can be sent into `folder`: arguments.json, and the pictures in it.

    `files` as in `check`; they, and `originals` beside them, are never replaced. Raises
    InvalidRequest as `check` does, OutputUnwritable.
    """
    work = _Repair(endpoint, Folder(folder, (*files.values(), *originals)), choices)
    body = with_files(endpoint, values, files)
    body = work.pictures(body, files)
    body = work.prompts(body)
    body = work.spelling(body)
    document = json.dumps(body, indent=2, ensure_ascii=False, default=str) + "\n"
    # Half of a surrogate pair, which is no UTF-8, becomes the escape that JSON has for it.
    written = work.folder.write(ARGUMENTS, document.encode("utf-8", "backslashreplace"))
    return Repaired(
        arguments=body,
        files=(*work.files, written),
        changes=tuple(work.changes),
        left_out=tuple(work.left_out),
        findings=check(endpoint, body, on=on),
    )


class _Repair:
    """One repair, step by step; every step gives a new body."""

    def __init__(self, endpoint: Endpoint, folder: Folder, choices: Retouching) -> None:
        self.endpoint = endpoint
        self.folder = folder
        self.choices = choices
        self.files: list[Path] = []
        self.changes: list[str] = []
        self.left_out: list[str] = []

    def pictures(self, body: Json, files: Mapping[str, Path]) -> Json:
        """`body` with pictures that its fields take, each also as a file."""
        with TemporaryDirectory(prefix="photoplay-") as scratch:
            for source in list(sources(self.endpoint, body, files, Path(scratch))):
                if isinstance(source, Source):
                    body = self._picture(body, source)
        return body

    def _picture(self, body: Json, source: Source) -> Json:
        try:
            picture = read_picture(source.file)
            small = min(picture.size_px) < MIN_SIDE_PX
            made = None if small else retouched(source, picture, self.choices)
        except InvalidImage:  # it stays a finding
            return _without(body, source) if source.named else body
        if made is None:
            unchanged = source.file.read_bytes() if source.named else None
            return body if unchanged is None else put(body, source.path, _data_uri(unchanged))
        self.files.append(self.folder.write(f"{source.path}{made.suffix}", made.content))
        self.changes.append(f"{source.path}: {', '.join(made.changes)}")
        return put(body, source.path, _data_uri(made.content))

    def prompts(self, body: Json) -> Json:
        """`body` with prompts that are not too long, where whole sentences can be left out."""
        for place in prompts(self.endpoint, body):
            cap = place.field.max_length
            if cap is None or not cap < len(place.text) <= MOST_CHARS:
                continue
            body, text = self._without_tail(body, place.field, place.text)
            found = shortened(text, cap - self._room_for_negative(body, cap))
            if found is None:
                continue
            body = put(body, place.path, found.text)
            self.left_out += found.left_out
            lengths = f"{len(place.text):,} to {len(found.text):,} characters"
            self.changes.append(f"{place.path}: shortened from {lengths}")
        return body

    def _without_tail(self, body: Json, field: Field, text: str) -> tuple[Json, str]:
        """What a long prompt says to avoid goes into the field for it, before it is shortened."""
        negative = self.endpoint.find(Role.NEGATIVE_PROMPT)
        wanted, avoided = split_negative_tail(text)
        given = None if negative is None else body.get(negative.name) or ""
        if field is not self.endpoint.find(Role.PROMPT) or negative is None:
            return body, text
        if not wanted.strip() or not avoided.strip() or not isinstance(given, str):
            return body, text
        joined = ", ".join(each for each in (given.strip(), avoided.strip()) if each)
        self.changes.append(f"{field.name}: what it says to avoid was moved to {negative.name}")
        return body | {negative.name: joined}, wanted

    def _room_for_negative(self, body: Json, cap: int) -> int:
        """Characters of the line that is added where the prompt itself says what to avoid."""
        negative = body.get(NEGATIVE_PROMPT)
        if not self.endpoint.negative_in_prompt or not isinstance(negative, str):
            return 0
        room = len(f"\n{AVOID} {negative}")
        return room if room <= cap // 2 else 0

    def spelling(self, body: Json) -> Json:
        """`body` in the endpoint's own spelling, if that is all that is wrong with it."""
        try:
            read = read_body(self.endpoint, body)
        except BodyInvalid:
            return body
        defaults = {field.name: field.default for field in self.endpoint.fields}
        own = {
            name: value
            for name, value in read.values.items()
            if name in body or value != defaults[name]
        }
        self.changes += [each for each in read.rewrites if not self._is_told(each)]
        self.changes += self._dropped(body, own)
        return own

    def _is_told(self, note: str) -> bool:
        """Whether it is about the endpoint, or about fields that `_dropped` names one by one."""
        return note.startswith(self.endpoint.id) or _NO_EFFECT in note

    def _dropped(self, body: Json, own: Json) -> Iterator[str]:
        field = self.endpoint.find(Role.PROMPT)
        name = "" if field is None else field.name
        for each in unknown_findings(self.endpoint, self.endpoint.fields, body):
            moved = each.field == NEGATIVE_PROMPT and own.get(name) != body.get(name)
            if not moved:
                yield f"{each.field} was left out"


def _without(body: Json, source: Source) -> Json:
    """`body` without the place that a file was to take, if it is one of its own fields."""
    return {name: value for name, value in body.items() if name != source.path}


def _data_uri(content: bytes) -> str:
    kind = sniff(content[:HEAD_BYTES]).content_type
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
