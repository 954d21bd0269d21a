"""What the tests of buying stand on: a provider, books, and an errand that can be cancelled."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from photoplay import catalogue
from photoplay.catalogue import Role
from photoplay.database import Database
from photoplay.dialects.provider import MediaFile
from photoplay.errors import Cancelled
from photoplay.hosted.buyer import Buyer
from photoplay.hosted.deal import Shelf
from photoplay.hosted.purchase import Purchase
from photoplay.hosted.timing import Timing
from photoplay.hosted.wire import Downloaded, Wire
from photoplay.ledger.budgets import Budgets
from photoplay.ledger.scope import Period
from photoplay.ledger.submissions import Submissions
from tests.rigs.providers.acme import KEY, AcmeDialect, AcmeServer
from tests.rigs.providers.base import Fault

T = TypeVar("T")
V3 = catalogue.load().find("fal-ai/kling-video/v3/pro/image-to-video")
PRICE_USD = Decimal("0.84")
QUICK = Timing(
    connect_timeout_s=2,
    submit_timeout_s=1,
    download_timeout_s=5,
    grace_s=0.2,
    unclear_s=0.3,
    first_gap_s=0.01,
    last_gap_s=0.1,
    cancel_s=1,
    look_s=0.01,
)


class Errand:
    """Keeps what it is told."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.notes: list[str] = []
        self.seen: list[tuple[float, str]] = []
        self.cancelled = threading.Event()

    def progress(self, fraction: float, message: str) -> None:
        self.seen.append((fraction, message))

    def log(self, message: str) -> None:
        self.notes.append(message)

    def check_cancelled(self) -> None:
        if self.cancelled.is_set():
            raise Cancelled

    def persist(self, call: Callable[[], T], /) -> T:
        return call()


class Counter:
    """Where the tests buy: one provider, one set of books, one shelf."""

    def __init__(
        self,
        database: Database,
        server: AcmeServer,
        folder: Path,
        *,
        finds: bool = True,
        timeout_s: float = 20,
    ) -> None:
        self.database = database
        self.books = Submissions(database)
        self.server = server
        self.folder = folder
        self.kept: dict[str, bytes] = {}
        dialect = AcmeDialect(server.url, finds=finds)
        self.wire = Wire(dialect, {"ACME_KEY": KEY}, timing=QUICK, own_url=server.url)
        shelf = Shelf(keep=self._keep, is_kept=self.kept.__contains__)
        self.buyer = Buyer(dialect, self.wire, self.books, shelf, timeout_s=timeout_s, timing=QUICK)

    def _keep(self, clip: Downloaded) -> str:
        name = f"{clip.sha256[:8]}.mp4"
        self.kept[name] = clip.path.read_bytes()
        return name

    def errand(self) -> Errand:
        folder = self.folder / str(uuid.uuid4())
        folder.mkdir()
        return Errand(folder)

    def buy(self, purchase: Purchase, errand: Errand | None = None) -> Any:
        errand = errand or self.errand()
        return self.buyer.buy(purchase, errand, errand.scratch)


def open_budget(database: Database, usd: str = "100") -> None:
    Budgets(database).set(Decimal(usd), Period.DAY)


def purchase(
    folder: Path, *, job: bool = True, prompt: str = "slow push in", **given: Any
) -> Purchase:
    """A clip of a still; the same prompt is the same purchase."""
    still = folder / "still.jpg"
    still.write_bytes(b"a picture")
    loc = ("body", "start_image_url")
    field = V3.find(Role.START_IMAGE)
    assert field is not None
    assert field.media is not None
    file = MediaFile(
        loc=loc, path=still, content_type="image/jpeg", bytes=9, limits=field.media, size_px=(9, 9)
    )
    own_id = str(uuid.uuid4())
    values = {"prompt": prompt, "start_image_url": "https://example.org/still.jpg"}
    known: dict[str, Any] = {
        "id": own_id,
        "provider": "acme",
        "endpoint": V3,
        "values": values,
        "files": {loc: file},
        "request": values,
        "quoted_usd": PRICE_USD,
        "job_id": own_id if job else None,
    }
    return Purchase(**(known | given))


def once(step: str, fault: Fault) -> Callable[[str], Fault | None]:
    """That fault at the first such step, and then no more."""
    left = [fault]
    return lambda at: left.pop() if at == step and left else None
