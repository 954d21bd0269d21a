"""What both designs of Kling's API have in common: files, acceptance, waiting, webhooks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from photoplay.catalogue import Endpoint
from photoplay.dialects.kling import tasks
from photoplay.dialects.kling.errors import Envelope, failure, not_bought, says_nothing
from photoplay.dialects.kling.tasks import Task
from photoplay.dialects.kling.wishes import Wish, read_wish
from photoplay.dialects.provider import (
    Call,
    Flow,
    Inline,
    Json,
    MediaFile,
    Order,
    Output,
    Reply,
    Ticket,
    Wait,
)
from photoplay.errors import FeatureNotSupported

DEFAULT_URL = "https://api-singapore.klingai.com"  # outside China
_CHINA = "api-beijing.klingai.com"  # accounts there have yuan
_IMAGES = {"image/jpeg", "image/png"}
# There is no limit on queries; a clip takes a minute or more.
_FIRST_GAP_S, _LONGEST_GAP_S, _SLOWER = 3.0, 10.0, 1.25
_MESSAGES = {"waiting": "queued at Kling", "running": "made at Kling"}


class Platform(ABC):
    """A design of the API. `model` is asked for instead of the endpoint's own, if it is given."""

    def __init__(self, url: str = DEFAULT_URL, model: str = "") -> None:
        self._url = (url or DEFAULT_URL).rstrip("/")
        self._model = model
        self._is_usd = _CHINA not in self._url

    @property
    def provider(self) -> str:
        """The word that users pick it by."""
        return "kling"

    def check(self, endpoint: Endpoint, values: Mapping[str, Any]) -> None:
        """Raise FeatureNotSupported for what this design has no words for, naming who has."""
        self._request(read_wish(endpoint, values))

    def upload(self, file: MediaFile) -> Flow[str | Inline]:
        """What stands for a file: Kling has no uploads, so images go inside the request.

        Videos must lie where Kling can fetch them. Raises FeatureNotSupported.
        """
        yield from ()
        if file.limits.kind == "image":
            return self._image(file)
        if file.url is None:
            raise _unreadable(
                file, "is only here", "Kling fetches videos from public URLs", "Give it as one"
            )
        return file.url

    def submit(self, order: Order) -> Call:
        """The call that buys the clip."""
        path, body = self._request(read_wish(order.endpoint, order.values))
        self._add_options(body, order)
        return Call(method="POST", url=f"{self._url}{path}", json=body)

    def accepted(self, reply: Reply) -> Ticket:
        """What the reply to `submit` gave, by the rules of `Dialect.accepted`."""
        found = Envelope.of(reply)
        if reply.is_ok and found is not None and found.code == 0:
            task = self._task(found.data)
            if task is not None:
                return Ticket(provider_id=task.id)
        raise not_bought(reply)

    def watch(self, ticket: Ticket) -> Flow[Output]:
        """Wait for the clip, by the rules of `Dialect.watch`."""
        gap_s = _FIRST_GAP_S
        while True:
            task, ticket = yield from self._look(ticket)
            if task.state == "failed":
                raise failure(task.message, task.charged_usd)
            if task.state == "done":
                if not task.url:
                    raise says_nothing("Kling says that the clip is done, and not where it is")
                return task.output()
            yield Wait(seconds=gap_s, message=_MESSAGES[task.state])
            gap_s = min(gap_s * _SLOWER, _LONGEST_GAP_S)

    def cancel(self, ticket: Ticket) -> Call | None:  # noqa: ARG002
        """None: a task of Kling's runs to its end."""
        return None

    def announced(self, body: Json) -> Ticket | None:
        """The ticket in the body of a webhook of either design; None if there is none in it."""
        task = tasks.new_task(body) or tasks.old_task(body, is_usd=self._is_usd)
        has_state = isinstance(body, dict) and ("status" in body or "task_status" in body)
        return Ticket(provider_id=task.id) if task is not None and has_state else None

    def _get(self, path: str) -> Call:
        return Call(method="GET", url=f"{self._url}{path}")

    @abstractmethod
    def _request(self, wish: Wish) -> tuple[str, Json]:
        """The path and the body that ask for a wish. Raises FeatureNotSupported."""

    @abstractmethod
    def _add_options(self, body: Json, order: Order) -> None:
        """Put our key and the webhook into a body."""

    @abstractmethod
    def _image(self, file: MediaFile) -> str | Inline:
        """What stands for an image."""

    @abstractmethod
    def _task(self, item: Any) -> Task | None:
        """The task in a reply's data, None if there is none."""

    @abstractmethod
    def _look(self, ticket: Ticket) -> Flow[tuple[Task, Ticket]]:
        """Ask for a task once; the ticket knows what was learned of where it is.

        Raises ProviderBusy or ProviderUnavailable.
        """


def checked_image(file: MediaFile) -> MediaFile:
    """`file`, if Kling reads images of its kind. Raises FeatureNotSupported."""
    if file.content_type in _IMAGES:
        return file
    raise _unreadable(
        file, f"is {file.content_type}", "Kling's own API takes JPEG and PNG", "Convert it"
    )


def quoted(part: str) -> str:
    """`part` as one piece of a URL, whatever is in it."""
    return quote(part, safe="")


def _unreadable(file: MediaFile, what: str, rule: str, fix: str) -> FeatureNotSupported:
    name = ".".join(map(str, file.loc[1:]))
    return FeatureNotSupported(
        f"{name} {what}", rule=rule, fix=f"{fix}, or take provider fal, which can"
    )
