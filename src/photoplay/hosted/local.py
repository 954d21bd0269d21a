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
from photoplay.config import Settings
from photoplay.database import Database
from photoplay.dialects import fal
from photoplay.errors import DatabaseUnavailable, InvalidRequest, MediaStoreUnavailable
from photoplay.files import replacing
from photoplay.hosted.office import Office, Wanted
from photoplay.ledger.submissions import Submission
from photoplay.quotes import route_line
from photoplay.render import LocalRun, check_place, measure

PATIENCE_S = 60.0  # with a database that is away
_RETRY_S = 0.5
_STILL = "file:still"  # in the place of the still's URL, until it is uploaded

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """A clip that was bought, its submission, and what it cost: "fal / $0.84"."""

    clip: Clip
    submission: Submission
    route: str


class LocalErrand:
    """A run inside this process that also waits for the database."""

    def __init__(self, run: LocalRun) -> None:
        self.scratch = run.scratch
        self.progress = run.progress
        self.log = run.log
        self.check_cancelled = run.check_cancelled

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
        endpoint_id = f"fal-ai/kling-video/v3/{request.tier}/image-to-video"
    return catalogue.load().find(endpoint_id)


def animate(
    request: ClipRequest,
    output: Path,
    *,
    engine: str,
    settings: Settings,
    run: LocalRun,
    endpoint_id: str | None = None,
    project: str | None = None,
    again: bool = False,
    on_route: Callable[[str], None] = lambda route: None,  # noqa: ARG005
) -> Bought:
    """Buy the clip that `request` describes from `engine`, as `endpoint_id`'s, into `output`.

    `on_route` hears who makes it and for how much before anything is sent. An older file of that
    name is replaced when the new one is complete. Raises any PhotoplayError.
    """
    endpoint = endpoint_for(request, endpoint_id)
    check_place(output, "clip", others={"the still": request.start_image})
    if output.suffix.lower() != ".mp4":
        raise InvalidRequest(
            f"the clip is called {output.name!r}",
            rule="a hosted engine delivers an .mp4 file, which is kept as it is",
            fix=f"Call it {output.stem + '.mp4'!r}",
        )
    asked = fal.to_values(endpoint, request, _STILL)
    for note in asked.notes:
        run.log(note)
    errand = LocalErrand(run)
    with open_office(settings) as (office, store):
        route = route_line(office.quote(engine, endpoint, asked.values))
        on_route(route)
        wanted = Wanted(
            id=str(uuid4()),
            provider=engine,
            endpoint=endpoint,
            values=asked.values,
            media={
                ref.loc: (request.start_image, ref.limits)
                for ref in fal.media_of(endpoint, asked.values)
            },
            project=project,
            again=again,
        )
        bought = office.buy(wanted, errand, run.scratch)
        deliver(store, bought, output, run.scratch)
    clip = measure(output, engine=engine, seed=bought.seed or 0)
    return Bought(clip=clip, submission=bought, route=route)


def deliver(store: AssetStore, bought: Submission, output: Path, scratch: Path) -> None:
    """Put the clip of a submission where it is wanted, whole or not at all."""
    kept = store.local_path(bought.asset_name or "", scratch)
    with replacing(output) as part:
        shutil.copyfile(kept, part)
