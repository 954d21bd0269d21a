"""A process that buys one clip, as it would anywhere, and kills itself where it is told to.

The real office, books, wire and store are used; what is here only stands around them. Imported
ahead of time by the process that all buyers are forked from, so that a buyer costs little.
"""

from __future__ import annotations

import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

from photoplay import catalogue
from photoplay.assets.folder import Folder
from photoplay.assets.store import Asset, AssetStore
from photoplay.catalogue import Role
from photoplay.config import Settings
from photoplay.database import Database
from photoplay.dialects.provider import Call, Dialect, Flow, Output, Reply, Ticket, Wait
from photoplay.errors import PhotoplayError
from photoplay.hosted import office as offices
from photoplay.hosted.office import Office, Wanted
from photoplay.hosted.providers import names, open_dialect
from photoplay.hosted.timing import Timing
from photoplay.hosted.wire import Downloaded, Wire
from photoplay.ledger.submissions import Submission, Submissions
from tests.rigs.faults.adapters import ADAPTERS
from tests.rigs.faults.plans import CLOCK, Kill

TIMING = Timing(
    connect_timeout_s=3,
    submit_timeout_s=0.8,
    download_timeout_s=5,
    grace_s=0.8,
    unclear_s=0.4,
    first_gap_s=0.02,
    last_gap_s=0.2,
    cancel_s=1,
    look_s=0.01,
)
LOOK_GAP_S = 0.01  # between two looks at a clip being made
ENDED = "ended"  # what a buyer says that was not killed
V3 = catalogue.load().find("fal-ai/kling-video/v3/pro/image-to-video")
_STILL = V3.find(Role.START_IMAGE)

T = TypeVar("T")

for _name in names():  # each is loaded on first use: here once, not in every buyer
    open_dialect(Settings(), _name)


@dataclass(frozen=True, kw_only=True)
class Spec:
    """What a buyer needs to know."""

    home: Path
    adapter: str
    server_url: str
    id: str
    prompt: str
    still: Path
    timeout_s: float
    database: str = ""  # SQLite, if nothing else is said
    has_job: bool = True
    public_url: str = ""
    kill: Kill | None = None


def buy(spec: Spec, says: Connection) -> None:
    """The whole life of a buyer, which says at its end that it has got there."""
    try:
        with ADAPTERS[spec.adapter].keyed():
            _buy(spec)
    except PhotoplayError:  # there is no clip, or none yet: the books know
        says.send(ENDED)
    except BaseException:
        says.send(traceback.format_exc())
    else:
        says.send(ENDED)


def _buy(spec: Spec) -> None:
    adapter = ADAPTERS[spec.adapter]
    settings = Settings(
        data=spec.home,
        database=spec.database,
        providers={adapter.provider: adapter.options(spec.server_url)},
        private_providers=True,
        public_url=spec.public_url,
        provider_timeout_s=spec.timeout_s,
    )
    death = _Death(spec.kill)
    vars(offices).update(open_dialect=_hasty, Wire=partial(_Wire, death))
    with closing(Database.open(settings.database_url)) as database:
        store = _Store(death, Folder(settings.data / "media"), database, settings)
        with closing(Office(settings, database, store, timing=TIMING)) as office:
            office.books = _Books(death, database)
            scratch = spec.home / f"scratch-{os.getpid()}"
            scratch.mkdir(exist_ok=True)
            office.buy(wanted(spec), _Errand(scratch), scratch)


def wanted(spec: Spec) -> Wanted:
    """What a buyer asks its office for: three seconds of a still."""
    assert _STILL is not None
    assert _STILL.media is not None
    loc = ("body", _STILL.name)
    body = {"prompt": spec.prompt, _STILL.name: "https://example.org/still.png", "duration": "3"}
    return Wanted(
        id=spec.id,
        provider=ADAPTERS[spec.adapter].provider,
        endpoint=V3,
        values=V3.validate(body),
        media={loc: (spec.still, _STILL.media)},
        job_id=spec.id if spec.has_job else None,
    )


class _Errand:
    """A purchase that nobody watches or cancels."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch

    def progress(self, fraction: float, message: str) -> None: ...

    def log(self, message: str) -> None: ...

    def check_cancelled(self) -> None: ...

    def persist(self, call: Callable[[], T], /) -> T:
        return call()


class _Death:
    """Kills this process where the kill says."""

    def __init__(self, kill: Kill | None) -> None:
        self._kill = kill
        self._calls = 0
        if kill is not None and kill.point == CLOCK:
            _die_after(kill.delay_s)

    @contextmanager
    def around(self, point: str) -> Iterator[None]:
        """The block is a call of that point."""
        kill = self._kill
        if kill is None or kill.point != point:
            yield
            return
        self._calls += 1
        is_it = self._calls == kill.nth
        if is_it and kill.when == "before":
            _die()
        timer = _die_after(kill.delay_s) if is_it and kill.when == "during" else None
        try:
            yield
        finally:
            if timer is not None:
                timer.cancel()
        if is_it and kill.when == "after":
            _die()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(10)


def _die_after(delay_s: float) -> threading.Timer:
    timer = threading.Timer(delay_s, _die)
    timer.daemon = True
    timer.start()
    return timer


class _Books(Submissions):
    def __init__(self, death: _Death, database: Database) -> None:
        super().__init__(database)
        self._death = death

    def begin(self, *args: Any, **given: Any) -> Submission:
        with self._death.around("begin"):
            return super().begin(*args, **given)

    def claim(self, submission_id: str, account: str) -> Submission | None:
        with self._death.around("claim"):
            return super().claim(submission_id, account)

    def unclaim(self, row: Submission) -> bool:
        with self._death.around("unclaim"):
            return super().unclaim(row)

    def accept(self, *args: Any) -> bool:
        with self._death.around("accept"):
            return super().accept(*args)

    def park(self, *args: Any) -> bool:
        with self._death.around("park"):
            return super().park(*args)

    def done(self, *args: Any, **given: Any) -> bool:
        with self._death.around("done"):
            return super().done(*args, **given)

    def fail(self, *args: Any, **given: Any) -> bool:
        with self._death.around("fail"):
            return super().fail(*args, **given)


class _Store(AssetStore):
    def __init__(self, death: _Death, *args: Any) -> None:
        super().__init__(*args)
        self._death = death

    def put_file(self, path: Path, **given: Any) -> Asset:
        with self._death.around("keep"):
            return super().put_file(path, **given)


class _Wire(Wire):
    def __init__(self, death: _Death, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self._death = death

    def send(self, call: Call, *, paid: bool = False) -> Reply:
        point = "send" if paid else "look" if call.method == "GET" else "upload"
        with self._death.around(point):
            return super().send(call, paid=paid)

    def download(self, *args: Any, **given: Any) -> Downloaded:
        with self._death.around("download"):
            return super().download(*args, **given)


class _Hasty:
    """A dialect that hardly waits between looks."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect

    def __getattr__(self, name: str) -> Any:
        return getattr(self._dialect, name)

    def watch(self, ticket: Ticket) -> Flow[Output]:
        flow = self._dialect.watch(ticket)
        step = next(flow)
        while True:
            try:
                if isinstance(step, Wait):
                    yield replace(step, seconds=min(step.seconds, LOOK_GAP_S))
                    step = next(flow)
                else:
                    step = flow.send((yield step))
            except StopIteration as end:
                output: Output = end.value
                return output


def _hasty(settings: Settings, name: str) -> Any:
    return _Hasty(open_dialect(settings, name))
