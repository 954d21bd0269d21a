"""Buys a clip without a server: for the command line and for Python.

The same books as the server's are used, so that a budget holds for both, and what one has bought
the other need not buy again.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from photoplay import catalogue
from photoplay.assets.store import AssetStore, open_store
from photoplay.catalogue import Endpoint
from photoplay.clip import Clip, ClipRequest
from photoplay.config import Settings, settings
from photoplay.database import Database
from photoplay.dialects import fal
from photoplay.engine import load_engine
from photoplay.errors import (
    DatabaseUnavailable,
    FeatureNotSupported,
    InvalidRequest,
    MediaStoreUnavailable,
)
from photoplay.files import replacing
from photoplay.hosted.office import Office, Wanted
from photoplay.ledger.submissions import Submission
from photoplay.render import LocalRun, check_place, measure, sources_of

PATIENCE_S = 60.0  # with a database that is away
_RETRY_S = 0.5
# In the place of URLs, until the files are uploaded.
_STILL, _END, _VIDEO = "file:still", "file:end", "file:video"

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """A clip with the submission that it was bought by, if it was; `is_new`: just now."""

    clip: Clip
    submission: Submission | None
    is_new: bool


class LocalErrand:
    """A run inside this process that also waits for the database."""

    def __init__(
        self,
        run: LocalRun,
        on_log: Callable[[str], None] = lambda message: None,  # noqa: ARG005
    ) -> None:
        self.scratch = run.scratch
        self.progress = run.progress
        self.check_cancelled = run.check_cancelled
        self._run = run
        self._on_log = on_log

    def log(self, message: str) -> None:
        """Keep a sentence for the user, and say it now."""
        self._run.log(message)
        self._on_log(message)

    def persist(self, call: Callable[[], T], /) -> T:
        """Have the database or the store do something, if need be for a minute."""
        give_up_s = time.monotonic() + PATIENCE_S
        while True:
            try:
                return call()
            except (DatabaseUnavailable, MediaStoreUnavailable):
                if time.monotonic() > give_up_s:
                    raise
                time.sleep(_RETRY_S)


@contextmanager
def open_office(settings: Settings) -> Iterator[tuple[Office, AssetStore]]:
    """Where this installation buys, during the block."""
    with closing(Database.open(settings.database_url)) as database:
        store = open_store(settings, database)
        with closing(Office(settings, database, store)) as office:
            yield office, store


def endpoint_for(request: ClipRequest, endpoint_id: str | None) -> Endpoint:
    """The endpoint of that id, or Kling's newest of the request's tier."""
    if endpoint_id is None:
        kind = "image-to-video" if request.motion is None else "motion-control"
        endpoint_id = f"fal-ai/kling-video/v3/{request.tier}/{kind}"
    return catalogue.load().find(endpoint_id)


def animate(
    request: ClipRequest,
    output: Path,
    *,
    engine: str,
    run: LocalRun,
    endpoint_id: str | None = None,
    project: str | None = None,
    again: bool = False,
    on_log: Callable[[str], None] = lambda message: None,  # noqa: ARG005
) -> Bought:
    """Buy the clip that `request` describes from `engine`, as `endpoint_id`'s, into `output`.

    `on_log` hears at once what is to be said: before anything is sent, who makes it and for how
    much. An older file of that name is replaced when the new one is complete. Raises any
    PhotoplayError.
    """
    endpoint = endpoint_for(request, endpoint_id)
    _check_deliverable(request, engine, output)
    motion = None if request.motion is None else request.motion.video
    files = {_STILL: request.start_image, _END: request.end_image, _VIDEO: motion}
    asked = fal.to_values(
        endpoint,
        request,
        _STILL,
        end_url=_END if request.end_image else None,
        motion_url=_VIDEO if motion else None,
    )
    errand = LocalErrand(run, on_log)
    for note in asked.notes:
        errand.log(note)
    with open_office(settings()) as (office, store):
        wanted = Wanted(
            id=str(uuid4()),
            provider=engine,
            endpoint=endpoint,
            values=asked.values,
            media={
                ref.loc: (path, ref.limits)
                for ref in fal.media_of(endpoint, asked.values)
                if (path := files.get(ref.url)) is not None
            },
            project=project,
            again=again,
        )
        delivery = office.buy(wanted, errand, run.scratch)
        deliver(store, delivery.asset_name, output, run.scratch)
    clip = measure(output, engine=engine, seed=delivery.seed or 0)
    is_new = delivery.submission is not None and delivery.submission.id == wanted.id
    return Bought(clip=clip, submission=delivery.submission, is_new=is_new)


def _check_deliverable(request: ClipRequest, engine: str, output: Path) -> None:
    """Raise PhotoplayError if `engine` makes no clip of that tier, or none for that file."""
    check_place(output, "clip", others=sources_of(request))
    if output.suffix.lower() != ".mp4":
        raise InvalidRequest(
            f"the clip is called {output.name!r}",
            rule="a hosted engine delivers an .mp4 file, which is kept as it is",
            fix=f"Call it {output.stem + '.mp4'!r}",
        )
    if request.tier not in load_engine(engine).capabilities.tiers:
        raise FeatureNotSupported(
            f"{engine} was asked for the {request.tier} tier",
            rule="it makes the others",
            fix="Use another tier, or another engine: see photoplay engines",
        )


def check_plain(engine: str, codec: str | None, stems: Path | None) -> None:
    """Raise FeatureNotSupported for what is made of a clip only where it is rendered."""
    given = {"stems were": stems is not None, f"codec {codec} was": codec not in (None, "h264")}
    for what, is_given in given.items():
        if is_given:
            raise FeatureNotSupported(
                f"{what} asked of {engine}",
                rule="a hosted engine delivers one .mp4 file, which is kept as it is",
                fix="Leave it out, or render with the engine parallax",
            )


def deliver(store: AssetStore, asset_name: str, output: Path, scratch: Path) -> None:
    """Put a clip where it is wanted, whole or not at all."""
    kept = store.local_path(asset_name, scratch)
    with replacing(output) as part:
        shutil.copyfile(kept, part)
