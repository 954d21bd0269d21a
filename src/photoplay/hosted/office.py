"""Where clips are bought in this process: providers, their lines, the books and the shelf."""

from __future__ import annotations

import math
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from photoplay.assets.guard import check_url
from photoplay.assets.sniff import HEAD_BYTES, sniff
from photoplay.assets.store import AssetStore
from photoplay.catalogue import Endpoint, FileLimits, load
from photoplay.config import Settings
from photoplay.database import Database
from photoplay.dialects import fal
from photoplay.dialects.provider import Dialect, Json, Loc, MediaFile
from photoplay.errors import InvalidMedia, InvalidRequest, PriceUnknown, ProviderFailed
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
from photoplay.images import upright_size
from photoplay.ledger.budgets import Budgets
from photoplay.ledger.entries import Spend
from photoplay.ledger.refusals import budget_missing
from photoplay.ledger.submissions import State, Submission, Submissions
from photoplay.preflight import Severity, check
from photoplay.quotes import Quote, built_in
from photoplay.quotes.providers import quote_at

_AT_HAND = "data:,"  # in the place of the URL of a file that is here
CLIP_NAME = "out.mp4"  # as it is offered for download


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
        self._budgets = Budgets(database)
        self.announcements = Announcements(settings, database, self.books)
        self._wires: dict[str, tuple[Dialect, Wire]] = {}
        self._opening = threading.Lock()

    def close(self) -> None:
        """Hang up on all providers."""
        for _, wire in self._wires.values():
            wire.close()

    def check_payable(
        self,
        provider: str,
        endpoint: Endpoint,
        values: Json,
        *,
        key_id: str | None = None,
        project: str | None = None,
    ) -> None:
        """Raise PriceUnknown or BudgetMissing if such a clip cannot be bought at all.

        Whether there is room in the budget shows when it is bought: it may cost nothing by then.
        """
        if provider == REPLAY:
            return
        price_usd = self._price_usd(provider, endpoint, values)
        spend = Spend(
            submission_id="",
            key_id=key_id,
            project=project,
            provider=provider,
            endpoint=endpoint.id,
            usd=price_usd,
        )
        if price_usd and not self._budgets.covers(spend):
            raise budget_missing(provider, price_usd)

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
        urls = {ref.loc: ref.url for ref in fal.media_of(wanted.endpoint, wanted.values)}
        files = {loc: _media_file(loc, *at, urls[loc]) for loc, at in wanted.media.items()}
        _check(wanted, files)
        purchase = Purchase(
            id=wanted.id,
            provider=wanted.provider,
            endpoint=wanted.endpoint,
            values=wanted.values,
            files=files,
            request=canonical(wanted.values, {loc: file.path for loc, file in files.items()}),
            quoted_usd=self._price_usd(wanted.provider, wanted.endpoint, wanted.values),
            job_id=wanted.job_id,
            key_id=wanted.key_id,
            project=wanted.project,
            again=wanted.again,
            webhook_url=self.announcements.url_for(wanted.provider, wanted.id),
        )
        buyer = self._buyer(dialect, wire, expires_after_s=wanted.expires_after_s)
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
        if self._settings.recordings is None or bought.request is None:
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

    def advance(
        self, row: Submission, errand: Errand, into: Path, *, timeout_s: float | None = None
    ) -> Submission:
        """Take a submission further, whoever began it, as `Buyer.advance` does."""
        dialect, wire = self._line(row.provider)
        return self._buyer(dialect, wire, timeout_s=timeout_s).advance(row, errand, into)

    def adopt(self, row: Submission, provider_id: str) -> None:
        """Take a person's word that the provider has it, under that id. Raises InvalidRequest."""
        dialect = open_dialect(self._settings, row.provider)
        ticket = dialect.ticket(provider_id, load().find(row.endpoint))
        if not self.books.accept(row.id, ticket.provider_id, ticket.data):
            raise _settled(self.books.get(row.id))

    def give_up(self, row: Submission, charged_usd: Decimal | None) -> None:
        """Take a person's word that there will be no clip, and what it cost all the same.

        None: it was never accepted. Raises InvalidRequest for one that is still on its way.
        """
        open_states = {State.UNKNOWN} if charged_usd is None else {State.UNKNOWN, State.ACCEPTED}
        if row.state not in open_states:
            raise _settled(row)
        self.books.fail(row.id, given_up(row), charged_usd=charged_usd)

    def _buyer(
        self,
        dialect: Dialect,
        wire: Wire,
        *,
        expires_after_s: float | None = None,
        timeout_s: float | None = None,
    ) -> Buyer:
        def keep(clip: Downloaded) -> str:
            wish_s = math.inf if expires_after_s is None else expires_after_s
            kept = self._store.put_file(clip.path, file_name=CLIP_NAME, expires_after_s=wish_s)
            return kept.name

        shelf = Shelf(keep=keep, is_kept=lambda name: self._store.find(name) is not None)
        return Buyer(
            dialect,
            wire,
            self.books,
            shelf,
            timeout_s=timeout_s or self._settings.provider_timeout_s,
            timing=self._timing,
        )

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

    def _price_usd(self, provider: str, endpoint: Endpoint, values: Json) -> Decimal:
        quoted = self.quote(provider, endpoint, values)
        if quoted.reserved_usd is None:
            raise PriceUnknown(
                f"{provider} publishes no price for {endpoint.id} that is known here",
                rule="only what has a price can be held to a budget",
                fix=f"Set usd_per_second of providers.{provider} to what it charges you",
            )
        return quoted.reserved_usd


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


def _media_file(loc: Loc, path: Path, limits: FileLimits, url: str) -> MediaFile:
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
        url=url if _is_public(url) else None,
    )


def _is_public(url: str) -> bool:
    """Whether a provider may fetch a file there, as far as the address alone says."""
    try:
        check_url(url, allow_private=False)
    except InvalidMedia:
        return False
    return True


def _check(wanted: Wanted, files: Mapping[Loc, MediaFile]) -> None:
    """Raise InvalidRequest for the first thing that the endpoint would refuse, once paid or not."""
    values = fal.with_media(wanted.values, dict.fromkeys(files, _AT_HAND))
    pictures = {
        ".".join(map(str, loc[1:])): file.path
        for loc, file in files.items()
        if file.limits.kind == "image"
    }
    for finding in check(wanted.endpoint, values, pictures):
        if finding.severity is Severity.ERROR:
            is_named = finding.given.startswith(finding.field)
            raise InvalidRequest(
                finding.given if is_named else f"{finding.field}: {finding.given}",
                rule=finding.rule,
                fix=finding.fix,
            )
