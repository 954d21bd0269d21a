"""What the driver of hosted engines and the wire language of a provider say to each other.

A `Dialect` is pure: it makes `Call`s and reads `Reply`s, and never touches the network, a clock or
a file's content. A `Flow` is a generator of calls and pauses, as in httpx's `auth_flow`: the driver
sends each `Call` and hands back its `Reply`. So a dialect is tested with recorded replies alone,
and the rules that keep money safe stand in one place, the driver.

Only the `Call` of `submit` costs money. It is sent once; everything else may be sent again.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias, TypeVar

from photoplay.catalogue import Endpoint, FileLimits

Json = dict[str, Any]
Loc = tuple[str | int, ...]  # leads from "body" to a field, as in error bodies
Credentials = Mapping[str, str]  # by the name of the environment variable that would hold each


@dataclass(frozen=True, slots=True, kw_only=True)
class Inline:
    """A file's content inside a `Call`'s JSON: the driver puts it there as it sends.

    `form` is "data-uri", or "base64" for the bare characters.
    """

    path: Path
    content_type: str
    form: Literal["data-uri", "base64"] = "data-uri"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One HTTP request. At most one of `json`, `form` and `content` is its body.

    `form` is sent as multipart/form-data, with `files` as its file parts; `content` is a file whose
    bytes are the body. `authorized` calls carry what `Dialect.authorize` gives: never one to a
    host that the provider only named, such as where an upload goes.
    """

    method: str
    url: str
    json: Any = None
    form: Mapping[str, str] | None = None
    files: Mapping[str, Path] = field(default_factory=dict)
    content: Path | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    authorized: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to a `Call`. `json` is None where the body is none; header names are lower case.

    `text` is the beginning of the body as text, for messages.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    text: str = ""

    @property
    def is_ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A pause before the next look, and how far the clip is. `fraction` None: not known."""

    seconds: float
    fraction: float | None = None
    message: str = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFile:
    """A file of a request, here on disk, checked against the endpoint's limits.

    `url` is where it came from, if anyone may fetch it there: for providers without uploads.
    """

    loc: Loc
    path: Path  # its suffix is that of its content
    content_type: str
    bytes: int
    limits: FileLimits
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One clip to be bought.

    `key` is ours, and unique: a provider that takes a key of the caller's gets it. `values` are
    those of the endpoint's schema, each URL of a file replaced by what `upload` returned for it;
    `files` are the same files here. `webhook_url`, if any, is to be called when the clip is done.
    """

    key: str
    endpoint: Endpoint
    values: Json
    files: Mapping[Loc, MediaFile] = field(default_factory=dict)
    webhook_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a provider gave for an accepted order. It is kept: all later calls are made from it.

    `data` is JSON: what else than the id must be known to ask for the clip.
    """

    provider_id: str
    data: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A finished clip: the `Call` that downloads it, and what was said about it.

    `charged_usd` is what the provider says it charged, None if it says nothing. `bytes` is the size
    it says the file has. `seed` is the one it used.
    """

    download: Call
    charged_usd: Decimal | None = None
    bytes: int | None = None
    seed: int | None = None


T_co = TypeVar("T_co", covariant=True)
Flow: TypeAlias = Generator[Call | Wait, Reply, T_co]


class Dialect(Protocol):
    """The wire language of a provider. One instance serves many orders at the same time.

    Errors: where a reply says why it is none, the methods raise what is under `ProviderError` in
    the tree of `errors`, or `ContentRefused`, with the provider's own message kept in `given`.
    """

    @property
    def provider(self) -> str:
        """The word that users pick it by."""

    @property
    def secrets(self) -> tuple[tuple[str, ...], ...]:
        """Sets of names of environment variables, any one of which is enough to be let in.

        An empty set among them: it may be used without.
        """

    def check(self, endpoint: Endpoint, values: Mapping[str, Any]) -> None:
        """Raise FeatureNotSupported for what this provider has no words for, naming who has.

        `values` are those of the endpoint's schema, before any file is fetched.
        """

    def authorize(self, credentials: Credentials, now_s: float) -> Mapping[str, str]:
        """The headers of authorized calls; `now_s` is seconds since 1970."""

    def upload(self, file: MediaFile) -> Flow[str | Inline]:
        """Bring a file to where the provider reads it; what stands for it in the request."""

    def submit(self, order: Order) -> Call:
        """The call that buys the clip."""

    def accepted(self, reply: Reply) -> Ticket:
        """What the reply to `submit` gave.

        Raises OutcomeUnclear unless the reply proves that nothing was accepted; then what proves
        it: ProviderBusy if the same may be sent again later, ContentRefused, ProviderRefused,
        ProviderKeyRefused.
        """

    def find(self, key: str) -> Flow[Ticket | None] | None:
        """Look for the order with our key; None as a flow's result: surely not accepted.

        None instead of a flow: this provider cannot be asked.
        """

    def watch(self, ticket: Ticket) -> Flow[Output]:
        """Wait for the clip.

        Raises ContentRefused or ProviderFailed if there will be none, Cancelled if it was stopped
        there, ProviderBusy or ProviderUnavailable for a reply that says nothing about the clip: the
        driver then begins again with a new flow.
        """

    def cancel(self, ticket: Ticket) -> Call | None:
        """The call that stops it, None if there is none. `watch` tells what came of it."""

    def announced(self, body: Json) -> Ticket | None:
        """The ticket in the body of a webhook of this provider; None if there is none in it."""
