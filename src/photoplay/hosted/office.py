"""Where clips are bought in this process: providers, their lines, the books and the shelf."""

from __future__ import annotations

import math
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import ROUND_UP, Decimal
from pathlib import Path

from photoplay.assets.sniff import HEAD_BYTES, sniff
from photoplay.assets.store import AssetStore
from photoplay.catalogue import Endpoint, FileLimits, load
from photoplay.config import Settings
from photoplay.database import Database
from photoplay.dialects.provider import Dialect, Json, Loc, MediaFile
from photoplay.errors import InvalidRequest, PriceUnknown, ProviderFailed
from photoplay.hosted import credentials
from photoplay.hosted.announcing import Announcements
from photoplay.hosted.buyer import Buyer
from photoplay.hosted.deal import Shelf
from photoplay.hosted.engine import REPLAY
from photoplay.hosted.flows import Errand
from photoplay.hosted.providers import check_settings, open_dialect, options_of
from photoplay.hosted.purchase import Purchase, canonical
from photoplay.hosted.recordings import Recordings, open_recordings
from photoplay.hosted.timing import Timing
from photoplay.hosted.wire import Downloaded, Wire
from photoplay.ledger.submissions import Submission, Submissions
from photoplay.preflight import Severity, check
from photoplay.quotes import Quote, built_in
from photoplay.quotes.providers import quote_at

CLIP_NAME = "out.mp4"  # as it is offered for download
_MILLIONTH = Decimal("0.000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A clip that somebody wants from a provider. `media` are the files that its values point at.

    `id` names the purchase: wanting the same id again goes on with it. `expires_after_s` is how
    long the clip is kept, None for good: it was paid for.
    """

    id: str
    provider: str
    endpoint: Endpoint
    values: Json
    media: Mapping[Loc, tuple[Path, FileLimits]]
    job_id: str | None = None
    key_id: str | None = None
    project: str | None = None
    again: bool = False
    expires_after_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A clip that is kept as an asset; without `submission` it was replayed."""

    asset_name: str
    provider: str
    seed: int | None
    submission: Submission | None = None


class Office:
    """Buys clips. For all threads; close it at the end. Raises SettingInvalid."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        store: AssetStore,
        *,
        timing: Timing = Timing(),  # noqa: B008 (frozen)
        tls: ssl.SSLContext | None = None,
    ) -> None:
        check_settings(settings)
        self._settings = settings
        self._store = store
        self._timing = timing
        self._tls = tls
        self.books = Submissions(database)
        self.announcements = Announcements(settings, database, self.books)
        self._wires: dict[str, tuple[Dialect, Wire]] = {}
        self._opening = threading.Lock()

    def close(self) -> None:
        """Hang up on all providers."""
        for _, wire in self._wires.values():
            wire.close()

    def check(self, provider: str, endpoint: Endpoint, values: Json) -> None:
        """Raise FeatureNotSupported for what that provider has no words for."""
        if provider == REPLAY:
            endpoint.check_offered()
            return
        open_dialect(self._settings, provider).check(endpoint, values)

    def quote(self, provider: str, endpoint: Endpoint, values: Json) -> Quote:
        """What it would cost there."""
        if provider == REPLAY:
            return replace(built_in(), provider=REPLAY)
        return quote_at(provider, endpoint, values, options=options_of(self._settings, provider))

    def buy(self, wanted: Wanted, errand: Errand, into: Path) -> Delivery:
        """The clip, bought now or before, or replayed. `into` is a folder for files.

        Raises what `Buyer.buy` does, InvalidRequest for what the endpoint would refuse,
        FeatureNotSupported for what the provider has no words for, PriceUnknown, NotFound for what
        was never recorded.
        """
        if wanted.provider == REPLAY:
            return self._replay(wanted, errand)
        dialect, wire = self._line(wanted.provider)
        dialect.check(wanted.endpoint, wanted.values)
        files = {loc: _media_file(loc, *given) for loc, given in wanted.media.items()}
        _check(wanted, files)
        purchase = Purchase(
            id=wanted.id,
            provider=wanted.provider,
            endpoint=wanted.endpoint,
            values=wanted.values,
            files=files,
            request=canonical(wanted.values, {loc: file.path for loc, file in files.items()}),
            quoted_usd=self._price_usd(wanted),
            job_id=wanted.job_id,
            key_id=wanted.key_id,
            project=wanted.project,
            again=wanted.again,
            webhook_url=self.announcements.url_for(wanted.provider, wanted.id),
        )
        buyer = self._buyer(dialect, wire, wanted.expires_after_s)
        bought = buyer.buy(purchase, errand, into)
        self._record(bought, errand, into)
        return Delivery(
            asset_name=bought.asset_name or "",
            provider=bought.provider,
            seed=bought.seed,
            submission=bought,
        )

    def _replay(self, wanted: Wanted, errand: Errand) -> Delivery:
        errand.log("replay / free.")
        recordings = open_recordings(self._settings.recordings)
        paths = {loc: path for loc, (path, _) in wanted.media.items()}
        found = recordings.find(wanted.endpoint.id, canonical(wanted.values, paths))
        kept = errand.persist(
            lambda: self._store.put_file(
                found.clip, file_name=CLIP_NAME, expires_after_s=wanted.expires_after_s
            )
        )
        return Delivery(asset_name=kept.name, provider=found.provider, seed=found.seed)

    def _record(self, bought: Submission, errand: Errand, into: Path) -> None:
        """Keep a bought clip for replay, if this installation wants that."""
        if self._settings.recordings is None:
            return
        name = bought.asset_name or ""
        clip = errand.persist(lambda: self._store.local_path(name, into))
        Recordings(self._settings.recordings).record(
            clip,
            endpoint=bought.endpoint,
            request=bought.request,
            provider=bought.provider,
            seed=bought.seed,
        )

    def collect(self, row: Submission, errand: Errand, into: Path) -> Submission:
        """Bring the clip of an accepted submission, whoever began it. Raises as `buy` does."""
        return self._buyer(*self._line(row.provider), None).collect(row, errand, into)

    def adopt(self, row: Submission, provider_id: str) -> None:
        """Take a person's word that the provider has it, under that id. Raises InvalidRequest."""
        dialect = open_dialect(self._settings, row.provider)
        ticket = dialect.ticket(provider_id, load().find(row.endpoint))
        if not self.books.accept(row.id, ticket.provider_id, ticket.data):
            raise _settled(self.books.get(row.id))

    def give_up(self, row: Submission, charged_usd: Decimal) -> None:
        """Take a person's word that there will be no clip. Raises InvalidRequest."""
        if row.state.has_ended:
            raise _settled(row)
        self.books.fail(row.id, given_up(row), charged_usd=charged_usd)

    def _buyer(self, dialect: Dialect, wire: Wire, expires_after_s: float | None) -> Buyer:
        def keep(clip: Downloaded) -> str:
            wish_s = math.inf if expires_after_s is None else expires_after_s
            kept = self._store.put_file(clip.path, file_name=CLIP_NAME, expires_after_s=wish_s)
            return kept.name

        shelf = Shelf(keep=keep, is_kept=lambda name: self._store.find(name) is not None)
        timeout_s = self._settings.provider_timeout_s
        return Buyer(dialect, wire, self.books, shelf, timeout_s=timeout_s, timing=self._timing)

    def _line(self, provider: str) -> tuple[Dialect, Wire]:
        """The dialect of a provider and the line to it, opened on first use."""
        with self._opening:
            found = self._wires.get(provider)
            if found is None:
                dialect = open_dialect(self._settings, provider)
                wire = Wire(
                    dialect,
                    credentials.find(dialect).values,
                    timing=self._timing,
                    own_url=options_of(self._settings, provider).url,
                    allow_private=self._settings.private_providers,
                    tls=self._tls,
                )
                found = self._wires[provider] = dialect, wire
            return found

    def _price_usd(self, wanted: Wanted) -> Decimal:
        quoted = self.quote(wanted.provider, wanted.endpoint, wanted.values)
        if quoted.usd is None:
            raise PriceUnknown(
                f"{wanted.provider} publishes no price for {wanted.endpoint.id} that is known here",
                rule="only what has a price can be held to a budget",
                fix=f"Set usd_per_second of providers.{wanted.provider} to what it charges you",
            )
        return quoted.usd.quantize(_MILLIONTH, ROUND_UP)


def given_up(row: Submission) -> ProviderFailed:
    """Why a submission that a person closed has no clip."""
    return ProviderFailed(
        f"submission {row.id} to {row.provider} was given up",
        rule="a person said that there will be no clip",
        fix="Send the request again",
    )


def _settled(row: Submission) -> InvalidRequest:
    return InvalidRequest(
        f"submission {row.id} is {row.state}",
        rule="only what was sent and has no known outcome can be settled",
        fix=f"See photoplay submissions show {row.id[:8]}",
    )


def _media_file(loc: Loc, path: Path, limits: FileLimits) -> MediaFile:
    from photoplay.images import upright_size

    with path.open("rb") as file:
        kind = sniff(file.read(HEAD_BYTES))
    size_px = None
    if limits.kind == "image":
        with suppress(InvalidRequest):  # the check that follows says it better
            size_px = upright_size(path)
    return MediaFile(
        loc=loc,
        path=path,
        content_type=kind.content_type,
        bytes=path.stat().st_size,
        limits=limits,
        size_px=size_px,
    )


def _check(wanted: Wanted, files: Mapping[Loc, MediaFile]) -> None:
    """Raise InvalidRequest for the first thing that the endpoint would refuse, once paid or not."""
    pictures = {
        ".".join(map(str, loc[1:])): file.path
        for loc, file in files.items()
        if file.limits.kind == "image"
    }
    for finding in check(wanted.endpoint, wanted.values, pictures):
        if finding.severity is Severity.ERROR:
            raise InvalidRequest(
                f"{finding.field}: {finding.given}" if finding.field else finding.given,
                rule=finding.rule,
                fix=finding.fix,
            )
